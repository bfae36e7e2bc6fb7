import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  type Demand,
  exportDemands,
  importDemands as importDemandsRoute,
} from "@millwright/contracts/api";

import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import { columnsOf } from "../../platform/tables/column.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { Engineering } from "../engineering/index.ts";
import { readDemandPage } from "./demands.ts";
import { demandRowSchema, importDemands } from "./import-demands.ts";

type Deps = { platform: Platform; files: TableFiles; engineering: Engineering };

/** Demands as files. */
export function planningTableRoutes({ platform, files, engineering }: Deps): OpenAPIHono {
  return createApi()
    .openapi(guarded(exportDemands, { objectType: "demand", action: "read", on: "any" }), (c) => {
      const { format, search } = c.req.valid("query");
      return files.exportList(c, {
        name: "demands",
        format,
        list: {
          columns,
          readPage: (tx, { after, limit }) => readDemandPage(tx, { after, search, limit }),
          keyOf: ({ dueDay, demandId }) => [dueDay, demandId],
          show: (demands) => demands,
        },
      });
    })
    .openapi(
      guarded(importDemandsRoute, { objectType: "demand", action: "change", on: "any" }),
      (c) =>
        files.importList(c, {
          isDryRun: c.req.valid("query").dryRun,
          list: {
            schema: demandRowSchema,
            passedOver: columns.map(({ field }) => field).filter((field) => !imported.has(field)),
            rowsMax: demandsMax,
            make: (tx, rows, { problems }) =>
              importDemands(tx, { engineering, newId: () => newId(platform) }, rows, problems),
          },
        }),
    );
}

const columns = columnsOf<Demand>({
  kind: "text",
  itemNumber: "text",
  itemName: "text",
  quantity: "decimal",
  uom: "text",
  dueDay: "text",
  reference: "text",
  demandId: "text",
});
const imported = new Set(Object.keys(demandRowSchema.shape));

// One insert as a set.
const demandsMax = 20_000;
