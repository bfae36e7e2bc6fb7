import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  type BomLineRow,
  type EngineeringChange,
  exportBomLines,
  exportChanges,
  exportItems,
  importBomLines as importBomLinesRoute,
  importChanges as importChangesRoute,
  importItems as importItemsRoute,
  listBomLines,
} from "@millwright/contracts/api";

import { orderOf } from "../../platform/db/list-order.ts";
import { createApi, type Requests } from "../../platform/http/api.ts";
import { cursorPart, pageOf, readCursor } from "../../platform/http/paging.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import { columnsOf, columnsPassedOver } from "../../platform/tables/column.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { Equipment } from "../equipment/index.ts";
import {
  bomLineColumns,
  bomLineColumnsPassedOver,
  bomLineRowToImportSchema,
  readBomLinePage,
} from "./bom-lines-table.ts";
import { readChangePage } from "./engineering-change.ts";
import { importBomLines } from "./import-bom-lines.ts";
import { changeRowSchema, importChanges } from "./import-changes.ts";
import { importItems } from "./import-items.ts";
import { itemColumns, itemColumnsPassedOver, itemRowSchema } from "./items-table.ts";
import { itemList, readItemPage } from "./queries.ts";

type Deps = {
  platform: Platform;
  requests: Requests;
  files: TableFiles;
  equipment: Equipment;
};

/** Items, BOM lines and engineering changes as files; registered before the routes that take an id in the same place. */
export function engineeringTableRoutes(deps: Deps): OpenAPIHono {
  return createApi()
    .route("/", itemFiles(deps))
    .route("/", bomLineFiles(deps))
    .route("/", changeFiles(deps));
}

function bomLineFiles({ platform, requests, files }: Deps) {
  const read = { objectType: "bom", action: "read", on: "any" } as const;
  const draft = { objectType: "bom", action: "draft", on: "any" } as const;
  return createApi()
    .openapi(guarded(listBomLines, read), async (c) => {
      const { cursor, limit, product, state } = c.req.valid("query");
      const { text, position } = cursorPart;
      const after = readCursor(cursor, [text, text, position]);
      const rows = await requests.transaction(c, (tx) =>
        readBomLinePage(tx, { after, product, state, limit }),
      );
      return c.json(pageOf(rows, { limit, keyOf: lineKey, show: (row) => row }), 200);
    })
    .openapi(guarded(exportBomLines, read), (c) => {
      const { format, product, state } = c.req.valid("query");
      return files.exportList(c, {
        name: "bom-lines",
        format,
        list: {
          columns: bomLineColumns,
          readPage: (tx, place) => readBomLinePage(tx, { ...place, product, state }),
          keyOf: lineKey,
          show: (rows) => [...rows],
        },
      });
    })
    .openapi(guarded(importBomLinesRoute, draft), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: bomLineRowToImportSchema,
          passedOver: bomLineColumnsPassedOver,
          rowsMax: rowsMax,
          make: (tx, rows, { problems, caller, tell }) =>
            importBomLines(tx, { newId: () => newId(platform), by: caller.actor }, rows, {
              problems,
              tell,
            }),
        },
      }),
    );
}

function lineKey({ productNumber, revision, position }: BomLineRow): string[] {
  return [productNumber, revision, String(position)];
}

function itemFiles({ platform, files, equipment }: Deps) {
  return createApi()
    .openapi(guarded(exportItems, { objectType: "item", action: "read", on: "any" }), (c) => {
      const { format, sort, search, kind } = c.req.valid("query");
      const order = orderOf(itemList, sort);
      return files.exportList(c, {
        name: "items",
        format,
        list: {
          columns: itemColumns,
          readPage: (tx, page) => readItemPage(tx, { order, search, kind, ...page }),
          keyOf: order.keyOf,
          show: async (items, tx) => {
            const centers = await equipment.workCenters(tx);
            const places = new Map(centers.map((center) => [center.workCenterId, center]));
            return items.flatMap((item) =>
              (item.operations.length === 0 ? [null] : item.operations).map((operation) => ({
                item,
                operation,
                places,
              })),
            );
          },
        },
      });
    })
    .openapi(guarded(importItemsRoute, { objectType: "item", action: "create", on: "any" }), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: itemRowSchema,
          passedOver: itemColumnsPassedOver,
          rowsMax: rowsMax,
          make: (tx, rows, { problems }) =>
            importItems(tx, { equipment, newId: () => newId(platform) }, rows, problems),
        },
      }),
    );
}

function changeFiles({ platform, files }: Deps) {
  return createApi()
    .openapi(guarded(exportChanges, mayChange("read")), (c) => {
      const { format, state } = c.req.valid("query");
      return files.exportList(c, {
        name: "engineering-changes",
        format,
        list: {
          columns: changeColumns,
          readPage: (tx, { after, limit }) =>
            readChangePage(tx, { before: after?.[0] ?? null, state, limit }),
          keyOf: ({ changeId }) => [changeId],
          show: (changes) =>
            changes.flatMap(({ boms, ...change }) => boms.map((bom) => ({ ...change, ...bom }))),
        },
      });
    })
    .openapi(guarded(importChangesRoute, mayChange("draft")), (c) =>
      files.importList(c, {
        isDryRun: c.req.valid("query").dryRun,
        list: {
          schema: changeRowSchema,
          passedOver: columnsPassedOver(changeColumns, changeRowSchema),
          rowsMax: changeRowsMax,
          make: (tx, rows, { problems, caller }) =>
            importChanges(tx, { newId: () => newId(platform) }, rows, { problems, by: caller }),
        },
      }),
    );
}

function mayChange(action: "read" | "draft") {
  return { objectType: "engineering_change", action, on: "any" } as const;
}

const changeColumns = columnsOf<
  Omit<EngineeringChange, "boms"> & EngineeringChange["boms"][number]
>({
  number: "text",
  title: "text",
  reason: "text",
  state: "text",
  effectiveDay: "text",
  itemNumber: "text",
  itemName: "text",
  revision: "text",
  createdBy: "text",
  createdTime: "instant",
  decidedBy: "text",
  changeId: "text",
});

// Each change is drafted like a single one, about six statements and one more per revision.
const changeRowsMax = 1_000;

// 16 MiB hold about as many; the statements take them as two JSON values of 20 MB.
const rowsMax = 100_000;
