import { listAudit } from "./audit.ts";
import { listUnassignedCounts } from "./counts.ts";
import { listChanges } from "./engineering-changes.ts";
import { listGauges, listProposals } from "./gauges.ts";
import { listBalances, listLocations, listLots, listMoves } from "./inventory.ts";
import { listItems } from "./items.ts";
import { listMetrics } from "./master-data.ts";
import { listDepartments, listUsers } from "./people.ts";
import {
  listActionMessages,
  listPlannedOrders,
  listPlans,
  listPurchaseProposals,
} from "./planning.ts";
import { exportOf, exportOfAll, exportOfPart, importOf } from "./tables.ts";
import { listCounts, listReservations, listTransfers } from "./warehouse.ts";
import { listWorkOrders } from "./work-orders.ts";

/** One row per operation of the item's routing; an item without one has one row. */
export const exportItems = exportOf(listItems);
export const importItems = importOf(listItems);

/** One row per revision that a change approves. */
export const exportChanges = exportOf(listChanges);
/** Makes drafts; rows of one `number` are one change, which gets a number of its own. */
export const importChanges = importOf(listChanges);

export const exportWorkOrders = exportOf(listWorkOrders);
/** Makes drafts. */
export const importWorkOrders = importOf(listWorkOrders);

/** Machines count them: nothing to import. */
export const exportUnassignedCounts = exportOf(listUnassignedCounts);

const workCenters = { path: "/api/work-centers", tags: ["equipment"] } as const;
export const exportWorkCenters = exportOfAll(workCenters);
export const importWorkCenters = importOf(workCenters);

/** What machines tell of themselves: nothing to import. */
export const exportMetrics = exportOf(listMetrics);

export const exportLocations = exportOf(listLocations);
export const importLocations = importOf(listLocations);

/** Lots come into being by moves: import those. */
export const exportLots = exportOf(listLots);

/** Balances are the sum of moves: import those. */
export const exportBalances = exportOf(listBalances);

export const exportMoves = exportOf(listMoves);
/** At most 1,000, which is what one posting takes. */
export const importMoves = importOf(listMoves);

/** Made for an order, one by one. */
export const exportReservations = exportOf(listReservations);

/** One row per item of a transfer. */
export const exportTransfers = exportOf(listTransfers);
/** Makes drafts; rows of one `number` are one transfer, which gets a number of its own. */
export const importTransfers = importOf(listTransfers);

/** One row per line that was found or that the books know; an open count has one row. */
export const exportCounts = exportOf(listCounts);
/** Opens a count of each bin; what lies there is for the people who count. */
export const importCounts = importOf(listCounts);

export const exportGauges = exportOf(listGauges);
export const exportProposals = exportOf(listProposals);

export const exportPlans = exportOf(listPlans);
export const exportPlannedOrders = exportOfPart(listPlannedOrders);
export const exportActionMessages = exportOfPart(listActionMessages);
export const exportPurchaseProposals = exportOfAll(listPurchaseProposals);

/** Nobody writes it but the system. */
export const exportAudit = exportOf(listAudit);

/** An invitation is a link for one person: those are not made by the hundred. */
export const exportUsers = exportOf(listUsers);
export const exportDepartments = exportOfAll(listDepartments);
