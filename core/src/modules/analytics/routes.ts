import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeMetricRetention,
  getDowntimeReport,
  getOeeReport,
  listDowntimeStops,
  listMetricRetentions,
} from "@millwright/contracts/api";

import type { Context } from "hono";

import { createApi, type Requests } from "../../platform/http/api.ts";
import { versionAsked } from "../../platform/http/if-match.ts";
import { callerOf, guarded } from "../../platform/http/permission.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Equipment } from "../equipment/index.ts";
import type { IdentityModule } from "../identity/index.ts";
import { changeRetention } from "./change-retention.ts";
import {
  composeDowntime,
  composeStops,
  type DowntimeAsked,
  readDowntimeScene,
  sumDowntime,
} from "./downtime/read-downtime.ts";
import { composeReport, readScene, sumScene } from "./oee/read-oee.ts";
import type { ReportPlace } from "./run-report.ts";
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
  const placeOf = async (c: Context): Promise<ReportPlace> => {
    const { tenantId } = callerOf(c);
    const { url } = (await platform.db.homeOf(tenantId)).db;
    return { databaseUrl: url, tenantId, folder, signal: c.req.raw.signal };
  };
  const sceneOf = (c: Context, asked: DowntimeAsked) =>
    requests.transaction(c, (tx) =>
      readDowntimeScene(tx, { ...deps, now: platform.clock.now() }, asked),
    );
  return createApi()
    .openapi(guarded(getOeeReport, ofMachines), async (c) => {
      const asked = c.req.valid("query");
      const { tenantId } = callerOf(c);
      const now = platform.clock.now();
      const settings = await platform.settings.of(tenantId);
      const scene = await requests.transaction(c, (tx) => readScene(tx, { ...deps, now }, asked));
      // Outside of the transaction: the child has a connection of its own.
      const folded = await sumScene(scene, await placeOf(c));
      const noDataRangePercent = settings["oee.no_data_range_percent"];
      return c.json(
        composeReport(scene, folded, { by: asked.by, noDataRangePercent, asOf: now }),
        200,
      );
    })
    .openapi(guarded(getDowntimeReport, ofMachines), async (c) => {
      const scene = await sceneOf(c, c.req.valid("query"));
      return c.json(composeDowntime(scene, await sumDowntime(scene, null, await placeOf(c))), 200);
    })
    .openapi(guarded(listDowntimeStops, ofMachines), async (c) => {
      const { reason: key = null, order, limit, ...asked } = c.req.valid("query");
      const scene = await sceneOf(c, asked);
      const list = { key, order, limit };
      return c.json(composeStops(scene, await sumDowntime(scene, list, await placeOf(c))), 200);
    })
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

const ofMachines = { objectType: "machine", action: "read", on: "any" } as const;

function ofSettings(action: "read" | "change") {
  return { objectType: "setting", action, on: "any" } as const;
}
