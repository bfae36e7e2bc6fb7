import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeMetricRetention,
  getOeeReport,
  listMetricRetentions,
} from "@millwright/contracts/api";

import { createApi, type Requests } from "../../platform/http/api.ts";
import { versionAsked } from "../../platform/http/if-match.ts";
import { callerOf, guarded } from "../../platform/http/permission.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Equipment } from "../equipment/index.ts";
import type { IdentityModule } from "../identity/index.ts";
import { changeRetention } from "./change-retention.ts";
import { composeReport, readScene, sumScene } from "./oee/read-oee.ts";
import { loadArchivedBefore } from "./store/archive-files.ts";
import { loadRetentions } from "./store/metric-retentions.ts";

export type AnalyticsDeps = {
  platform: Platform;
  requests: Requests;
  identity: IdentityModule;
  equipment: Equipment;
  engineering: Engineering;
  /** Where the archive's files are; null: this process has no archive. */
  folder: string | null;
};

export function analyticsRoutes(deps: AnalyticsDeps): OpenAPIHono {
  const { platform, requests, folder } = deps;
  return createApi()
    .openapi(
      guarded(getOeeReport, { objectType: "machine", action: "read", on: "any" }),
      async (c) => {
        const asked = c.req.valid("query");
        const { tenantId } = callerOf(c);
        const now = platform.clock.now();
        const settings = await platform.settings.of(tenantId);
        const scene = await requests.transaction(c, (tx) => readScene(tx, { ...deps, now }, asked));
        const { url } = (await platform.db.homeOf(tenantId)).db;
        // Outside of the transaction: the child has a connection of its own.
        const where = { databaseUrl: url, tenantId, folder, signal: c.req.raw.signal };
        const folded = await sumScene(scene, where);
        const noDataRangePercent = settings["oee.no_data_range_percent"];
        return c.json(
          composeReport(scene, folded, { by: asked.by, noDataRangePercent, asOf: now }),
          200,
        );
      },
    )
    .openapi(guarded(listMetricRetentions, ofSettings("read")), async (c) => {
      const list = await requests.transaction(c, async (tx, { tenantId }) => ({
        rows: await loadRetentions(tx),
        defaultRawDays: (await platform.settings.of(tenantId))["retention.raw_days"],
        archivedBefore: await loadArchivedBefore(tx),
      }));
      return c.json(list, 200);
    })
    .openapi(guarded(changeMetricRetention, ofSettings("change")), async (c) => {
      const { metricId } = c.req.valid("param");
      const { rawDays } = c.req.valid("json");
      const version = versionAsked(c);
      const now = platform.clock.now();
      const changed = await requests.transaction(c, (tx, { actor }) =>
        changeRetention(tx, { metricId, rawDays, version, now, by: actor }),
      );
      return c.json(changed, 200);
    });
}

function ofSettings(action: "read" | "change") {
  return { objectType: "setting", action, on: "any" } as const;
}
