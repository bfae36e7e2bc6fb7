import type { OpenAPIHono } from "@hono/zod-openapi";
import { changeMetricRetention, listMetricRetentions } from "@millwright/contracts/api";

import { createApi, type Requests } from "../../platform/http/api.ts";
import { versionAsked } from "../../platform/http/if-match.ts";
import { guarded } from "../../platform/http/permission.ts";
import type { Platform } from "../../platform/platform.ts";
import { changeRetention } from "./change-retention.ts";
import { loadArchivedBefore } from "./store/archive-files.ts";
import { loadRetentions } from "./store/metric-retentions.ts";

export type AnalyticsDeps = { platform: Platform; requests: Requests };

export function analyticsRoutes({ platform, requests }: AnalyticsDeps): OpenAPIHono {
  return createApi()
    .openapi(guarded(listMetricRetentions, settings("read")), async (c) => {
      const list = await requests.transaction(c, async (tx, { tenantId }) => ({
        rows: await loadRetentions(tx),
        defaultRawDays: (await platform.settings.of(tenantId))["retention.raw_days"],
        archivedBefore: await loadArchivedBefore(tx),
      }));
      return c.json(list, 200);
    })
    .openapi(guarded(changeMetricRetention, settings("change")), async (c) => {
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

function settings(action: "read" | "change") {
  return { objectType: "setting", action, on: "any" } as const;
}
