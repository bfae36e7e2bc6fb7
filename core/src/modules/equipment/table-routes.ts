import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  exportMetrics,
  exportWorkCenters,
  importWorkCenters,
  type Metric,
  requiredText,
} from "@millwright/contracts/api";
import { z } from "zod";

import { createApi } from "../../platform/http/api.ts";
import { guarded } from "../../platform/http/permission.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import { cell } from "../../platform/tables/cells.ts";
import { columnsOf } from "../../platform/tables/column.ts";
import { wholeList } from "../../platform/tables/export-rows.ts";
import type { TableFiles } from "../../platform/tables/table-files.ts";
import type { IdentityModule } from "../identity/index.ts";
import { createWorkCenter } from "./create-work-center.ts";
import { readWorkCenters } from "./queries.ts";
import { addressOf, readMetricPage } from "./readings.ts";

type Deps = { platform: Platform; files: TableFiles; identity: IdentityModule };

/** Work centers and metrics as files. */
export function equipmentTableRoutes({ platform, files, identity }: Deps): OpenAPIHono {
  return createApi()
    .openapi(
      guarded(exportWorkCenters, { objectType: "equipment", action: "read", on: "any" }),
      (c) =>
        files.exportList(c, {
          name: "work-centers",
          format: c.req.valid("query").format,
          list: wholeList(workCenterColumns, async (tx) =>
            (await readWorkCenters(tx)).map(({ areaName, name, workCenterId, workUnits }) => ({
              areaName,
              name,
              isManual: workUnits.length === 0,
              workCenterId,
            })),
          ),
        }),
    )
    .openapi(
      guarded(importWorkCenters, { objectType: "equipment", action: "change", on: "any" }),
      (c) =>
        files.importList(c, {
          isDryRun: c.req.valid("query").dryRun,
          list: {
            schema: workCenterRowSchema,
            passedOver: ["workCenterId"],
            rowsMax: workCentersMax,
            make: async (tx, rows, { problems }) => {
              const deps = { identity, newId: () => newId(platform) };
              for (const { line, value } of rows) {
                try {
                  await createWorkCenter(tx, deps, value);
                } catch (error) {
                  problems.addRefusal(line, error);
                }
              }
            },
          },
        }),
    )
    .openapi(guarded(exportMetrics, { objectType: "equipment", action: "read", on: "any" }), (c) =>
      files.exportList(c, {
        name: "metrics",
        format: c.req.valid("query").format,
        list: {
          columns: columnsOf<Metric>({
            groupId: "text",
            edgeNodeId: "text",
            deviceId: "text",
            name: "text",
            unit: "text",
            role: "text",
            value: "text",
            quality: "text",
            sourceTime: "instant",
            isNumeric: "boolean",
            metricId: "text",
          }),
          readPage: readMetricPage,
          keyOf: addressOf,
          show: (metrics) => metrics,
        },
      }),
    );
}

const workCenterColumns = columnsOf<WorkCenterRow>({
  areaName: "text",
  name: "text",
  isManual: "boolean",
  workCenterId: "text",
});

type WorkCenterRow = { areaName: string; name: string; isManual: boolean; workCenterId: string };

const workCenterRowSchema = z.object({
  areaName: requiredText(100),
  name: requiredText(100),
  isManual: cell.boolean().default(false),
});

// Each is made like a single one, three statements; the largest plants have some hundreds.
const workCentersMax = 2_000;
