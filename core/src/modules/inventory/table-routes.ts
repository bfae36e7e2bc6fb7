import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  exportBalances,
  exportLocations,
  exportLots,
  exportMoves,
  importLocations as importLocationsRoute,
  importMoves as importMovesRoute,
  type Location,
  type Lot,
  movesPerPostingMax,
  type StockBalance,
  type StockMove,
} from "@millwright/contracts/api";

import { orderOf } from "../../platform/db/list-order.ts";
import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import { columnsOf, columnsPassedOver } from "../../platform/tables/column.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { Engineering } from "../engineering/index.ts";
import { importLocations, locationRowSchema } from "./import-locations.ts";
import { importMoves, moveRowSchema } from "./import-moves.ts";
import {
  balanceList,
  lotList,
  readBalancePage,
  readLocationPage,
  readLotPage,
  readMovePage,
} from "./queries.ts";
import { readLocationCodes } from "./store/location-codes.ts";
import { warehouseTableRoutes } from "./warehouse-table-routes.ts";

type Deps = { platform: Platform; files: TableFiles; engineering: Engineering };

/** What inventory lists, as files. Lots and balances come of moves: those are imported. */
export function inventoryTableRoutes(deps: Deps): OpenAPIHono {
  return createApi()
    .route("/", masterDataFiles(deps))
    .route("/", stockFiles(deps))
    .route("/", warehouseTableRoutes(deps));
}

function masterDataFiles({ platform, files }: Deps) {
  return createApi()
    .openapi(
      guarded(exportLocations, { objectType: "location", action: "read", on: "any" }),
      (c) => {
        const { format, kind, parentId } = c.req.valid("query");
        return files.exportList(c, {
          name: "locations",
          format,
          list: {
            columns: columnsOf<Location & { parentCode: string | null }>({
              code: "text",
              name: "text",
              kind: "text",
              parentCode: "text",
              allowsNegative: "boolean",
              locationId: "text",
            }),
            readPage: (tx, { after, limit }) =>
              readLocationPage(tx, { after: after?.[0] ?? null, limit, kind, parentId }),
            keyOf: ({ code }) => [code],
            show: async (locations, tx) => {
              const parentIds = locations.flatMap((location) => location.parentId ?? []);
              const codes = await readLocationCodes(tx, parentIds);
              return locations.map((location) => ({
                ...location,
                parentCode: codes.get(location.parentId ?? "") ?? null,
              }));
            },
          },
        });
      },
    )
    .openapi(
      guarded(importLocationsRoute, { objectType: "location", action: "create", on: "any" }),
      (c) =>
        files.importList(c, {
          isDryRun: c.req.valid("query").dryRun,
          list: {
            schema: locationRowSchema,
            passedOver: ["locationId"],
            rowsMax: locationsMax,
            make: (tx, rows, { problems }) =>
              importLocations(tx, { newId: () => newId(platform) }, rows, problems),
          },
        }),
    )
    .openapi(guarded(exportLots, { objectType: "lot", action: "read", on: "any" }), (c) => {
      const { format, sort, itemId, status, search } = c.req.valid("query");
      const order = orderOf(lotList, sort);
      const now = platform.clock.now();
      return files.exportList(c, {
        name: "lots",
        format,
        list: {
          columns: columnsOf<Lot>({
            number: "text",
            itemNumber: "text",
            status: "text",
            expiresTime: "instant",
            isExpired: "boolean",
            lotId: "text",
            itemId: "text",
          }),
          readPage: (tx, page) => readLotPage(tx, { order, itemId, status, search, now, ...page }),
          keyOf: order.keyOf,
          show: (lots) => lots,
        },
      });
    });
}

function stockFiles({ platform, files, engineering }: Deps) {
  return createApi()
    .openapi(guarded(exportBalances, { objectType: "stock", action: "read", on: "any" }), (c) => {
      const { format, sort, itemId, locationId, lotId } = c.req.valid("query");
      const order = orderOf(balanceList, sort);
      const now = platform.clock.now();
      return files.exportList(c, {
        name: "balances",
        format,
        list: {
          columns: columnsOf<StockBalance>({
            itemNumber: "text",
            uom: "text",
            locationCode: "text",
            locationKind: "text",
            lotNumber: "text",
            lotStatus: "text",
            lotExpiresTime: "instant",
            quantity: "decimal",
            reserved: "decimal",
            available: "decimal",
          }),
          readPage: (tx, page) =>
            readBalancePage(tx, { order, itemId, locationId, lotId, now, ...page }),
          keyOf: order.keyOf,
          show: (balances) => balances,
        },
      });
    })
    .openapi(guarded(exportMoves, { objectType: "stock", action: "read", on: "any" }), (c) => {
      const { format, itemId, locationId, lotId } = c.req.valid("query");
      return files.exportList(c, {
        name: "moves",
        format,
        list: {
          columns: moveColumns,
          readPage: (tx, { after, limit }) =>
            readMovePage(tx, { before: after?.[0] ?? null, limit, itemId, locationId, lotId }),
          keyOf: ({ position }) => [position],
          show: (moves) => moves,
        },
      });
    })
    .openapi(guarded(importMovesRoute, { objectType: "stock", action: "move", on: "any" }), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: moveRowSchema,
          passedOver: columnsPassedOver(moveColumns, moveRowSchema),
          rowsMax: movesPerPostingMax,
          make: (tx, rows, { problems, caller }) => {
            const deps = { engineering, newId: () => newId(platform) };
            const by = { actor: caller.actor, now: platform.clock.now() };
            return importMoves(tx, deps, rows, { problems, by });
          },
        },
      }),
    );
}

const moveColumns = columnsOf<StockMove>({
  movedTime: "instant",
  itemNumber: "text",
  quantity: "decimal",
  uom: "text",
  lotNumber: "text",
  fromCode: "text",
  toCode: "text",
  reason: "text",
  reference: "text",
  recordedTime: "instant",
  moveId: "text",
});

// Each is made like a single one, two statements: about five seconds for so many.
const locationsMax = 5_000;
