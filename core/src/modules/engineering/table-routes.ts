import type { OpenAPIHono } from "@hono/zod-openapi";
import { exportItems, importItems as importItemsRoute } from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { Equipment } from "../equipment/index.ts";
import { importItems } from "./import-items.ts";
import { itemColumns, itemColumnsPassedOver, itemRowSchema } from "./items-table.ts";
import { readItemPage } from "./queries.ts";

type Deps = { platform: Platform; files: TableFiles; equipment: Equipment };

/** Items as files; registered before the routes that take an id in the same place. */
export function engineeringTableRoutes({ platform, files, equipment }: Deps): OpenAPIHono {
  return createApi()
    .openapi(guarded(exportItems, { objectType: "item", action: "read", on: "any" }), (c) => {
      const { format, search, kind } = c.req.valid("query");
      return files.exportList(c, {
        name: "items",
        format,
        list: {
          columns: itemColumns,
          readPage: (tx, { after, limit }) =>
            readItemPage(tx, { after: after?.[0] ?? null, search, kind, limit }),
          keyOf: (item) => [item.number],
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
          rowsMax: itemRowsMax,
          make: (tx, rows, { problems }) =>
            importItems(tx, { equipment, newId: () => newId(platform) }, rows, problems),
        },
      }),
    );
}

// 16 MiB hold about as many; the statements take them as two JSON values of 20 MB.
const itemRowsMax = 100_000;
