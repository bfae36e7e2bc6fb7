import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  type CycleCount,
  exportCounts,
  exportGauges,
  exportProposals,
  exportReservations,
  exportTransfers,
  importCounts as importCountsRoute,
  importTransfers as importTransfersRoute,
  type ReservationOnTheWire,
  type StockGauge,
  type StockProposal,
  type Transfer,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import { columnsOf, columnsPassedOver } from "../../platform/tables/column.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { Engineering } from "../engineering/index.ts";
import { equipment } from "../equipment/index.ts";
import { readCountPage } from "./count-stock.ts";
import { readProposalPage } from "./decide-proposal.ts";
import { countRowSchema, importCounts } from "./import-counts.ts";
import { importTransfers, transferRowSchema } from "./import-transfers.ts";
import { readGaugePage } from "./keep-gauge.ts";
import { readReservationPage } from "./reservation-queries.ts";
import { may } from "./routes.ts";
import { readTransferPage } from "./transfer-stock.ts";

type Deps = { platform: Platform; files: TableFiles; engineering: Engineering };

/** Warehouse work as files: transfers and counts, reservations, gauges and what those propose. */
export function warehouseTableRoutes(deps: Deps): OpenAPIHono {
  return createApi()
    .route("/", transferFiles(deps))
    .route("/", countFiles(deps))
    .route("/", reservationFiles(deps))
    .route("/", gaugeFiles(deps));
}

function transferFiles({ platform, files, engineering }: Deps) {
  return createApi()
    .openapi(guarded(exportTransfers, may("transfer", "read")), (c) => {
      const { format, state } = c.req.valid("query");
      return files.exportList(c, {
        name: "transfers",
        format,
        list: {
          columns: transferColumns,
          readPage: (tx, { after, limit }) =>
            readTransferPage(tx, { before: after?.[0] ?? null, state, limit }),
          keyOf: ({ transferId }) => [transferId],
          show: (transfers) =>
            transfers.flatMap(({ lines, ...transfer }) =>
              lines.map((line) => ({ ...transfer, ...line })),
            ),
        },
      });
    })
    .openapi(guarded(importTransfersRoute, may("transfer", "draft")), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: transferRowSchema,
          passedOver: columnsPassedOver(transferColumns, transferRowSchema),
          rowsMax: documentRowsMax,
          make: (tx, rows, { problems, caller }) => {
            const deps = { engineering, newId: () => newId(platform) };
            const by = { actor: caller.actor, now: platform.clock.now() };
            return importTransfers(tx, deps, rows, { problems, by });
          },
        },
      }),
    );
}

function countFiles({ platform, files }: Deps) {
  return createApi()
    .openapi(guarded(exportCounts, may("cycle_count", "read")), (c) => {
      const { format, state } = c.req.valid("query");
      return files.exportList(c, {
        name: "cycle-counts",
        format,
        list: {
          columns: countColumns,
          readPage: (tx, { after, limit }) =>
            readCountPage(tx, { before: after?.[0] ?? null, state, limit }),
          keyOf: ({ countId }) => [countId],
          show: (counts) =>
            counts.flatMap(({ lines, ...count }) =>
              (lines.length === 0 ? [nothingFound] : lines).map((line) => ({ ...count, ...line })),
            ),
        },
      });
    })
    .openapi(guarded(importCountsRoute, may("cycle_count", "open")), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: countRowSchema,
          passedOver: columnsPassedOver(countColumns, countRowSchema),
          rowsMax: documentRowsMax,
          make: (tx, rows, { problems, caller }) => {
            const by = { actor: caller.actor, now: platform.clock.now() };
            return importCounts(tx, { newId: () => newId(platform) }, rows, { problems, by });
          },
        },
      }),
    );
}

function reservationFiles({ files }: Deps) {
  return createApi().openapi(guarded(exportReservations, may("stock", "read")), (c) => {
    const { format, ...filter } = c.req.valid("query");
    return files.exportList(c, {
      name: "reservations",
      format,
      list: {
        columns: columnsOf<ReservationOnTheWire>({
          itemNumber: "text",
          quantity: "decimal",
          consumed: "decimal",
          uom: "text",
          locationCode: "text",
          lotNumber: "text",
          state: "text",
          reference: "text",
          createdTime: "instant",
          reservationId: "text",
        }),
        readPage: (tx, { after, limit }) =>
          readReservationPage(tx, { ...filter, before: after?.[0] ?? null, limit }),
        keyOf: ({ reservationId }) => [reservationId],
        show: (reservations) => reservations,
      },
    });
  });
}

function gaugeFiles({ platform, files }: Deps) {
  return createApi()
    .openapi(guarded(exportGauges, may("stock", "read")), (c) => {
      const now = platform.clock.now();
      return files.exportList(c, {
        name: "gauges",
        format: c.req.valid("query").format,
        list: {
          columns: gaugeColumns,
          readPage: (tx, { after, limit }) =>
            readGaugePage(tx, equipment, { after: after?.[0] ?? "", limit, now }),
          keyOf: ({ locationCode }) => [locationCode],
          show: (gauges) => gauges,
        },
      });
    })
    .openapi(guarded(exportProposals, may("stock", "read")), (c) => {
      const { format, state, gaugeId } = c.req.valid("query");
      return files.exportList(c, {
        name: "stock-proposals",
        format,
        list: {
          columns: proposalColumns,
          readPage: (tx, { after, limit }) =>
            readProposalPage(tx, { before: after?.[0] ?? null, state, gaugeId, limit }),
          keyOf: ({ proposalId }) => [proposalId],
          show: (proposals) => proposals,
        },
      });
    });
}

const transferColumns = columnsOf<Omit<Transfer, "lines"> & Transfer["lines"][number]>({
  number: "text",
  state: "text",
  fromCode: "text",
  toCode: "text",
  shipDay: "text",
  dueDay: "text",
  itemNumber: "text",
  quantity: "decimal",
  itemUom: "text",
  shipped: "decimal",
  received: "decimal",
  lost: "decimal",
  note: "text",
  createdTime: "instant",
  transferId: "text",
});

const countColumns = columnsOf<Omit<CycleCount, "lines"> & (CountLine | typeof nothingFound)>({
  number: "text",
  locationCode: "text",
  state: "text",
  countedBy: "text",
  itemNumber: "text",
  lotNumber: "text",
  counted: "decimal",
  expected: "decimal",
  difference: "decimal",
  uom: "text",
  createdTime: "instant",
  countedTime: "instant",
  countId: "text",
});

type CountLine = CycleCount["lines"][number];
const nothingFound = {
  itemNumber: null,
  lotNumber: null,
  counted: null,
  expected: null,
  difference: null,
  uom: null,
};

const gaugeColumns = columnsOf<StockGauge>({
  locationCode: "text",
  itemNumber: "text",
  workUnitName: "text",
  role: "text",
  finding: "text",
  measured: "decimal",
  expected: "decimal",
  uom: "text",
  sourceTime: "instant",
  factor: "decimal",
  tolerance: "decimal",
  refillBelow: "decimal",
  refillTo: "decimal",
  autoConfirmUpTo: "decimal",
  isRefillAutomatic: "boolean",
  isActive: "boolean",
  gaugeId: "text",
});

const proposalColumns = columnsOf<StockProposal>({
  kind: "text",
  state: "text",
  locationCode: "text",
  itemNumber: "text",
  expected: "decimal",
  measured: "decimal",
  difference: "decimal",
  uom: "text",
  sourceTime: "instant",
  reason: "text",
  decidedBy: "text",
  decidedTime: "instant",
  createdTime: "instant",
  proposalId: "text",
});

// Each document is made like a single one, about six statements: some seconds for so many.
const documentRowsMax = 2_000;
