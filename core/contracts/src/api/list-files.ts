import { listBalances, listLocations, listLots, listMoves } from "./inventory.ts";
import { listItems } from "./items.ts";
import { listMetrics } from "./master-data.ts";
import { pageQuerySchema } from "./problem.ts";
import { exportOf, importOf } from "./tables.ts";
import { listWorkOrders } from "./work-orders.ts";

/** One row per operation of the item's routing; an item without one has one row. */
export const exportItems = exportOf(listItems);
export const importItems = importOf(listItems);

export const exportWorkOrders = exportOf(listWorkOrders);
/** Makes drafts. */
export const importWorkOrders = importOf(listWorkOrders);

const workCenters = {
  path: "/api/work-centers",
  tags: ["equipment"],
  request: { query: pageQuerySchema },
} as const;
export const exportWorkCenters = exportOf(workCenters);
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
