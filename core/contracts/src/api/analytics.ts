import { createRoute, z } from "@hono/zod-openapi";

import { daySchema } from "../units/index.ts";
import { ifMatchHeaderSchema, json, problemResponses, rowsOf } from "./problem.ts";

export const metricRetentionSchema = z
  .object({
    metricId: z.string(),
    /** Raw readings are kept this many days; null: as long as the setting retention.raw_days says. */
    rawDays: z.number().int().nullable(),
    /** 0: it has none of its own. Send it as If-Match. */
    version: z.number().int().nonnegative(),
  })
  .openapi("MetricRetention");
export type MetricRetention = z.infer<typeof metricRetentionSchema>;

export const listMetricRetentions = createRoute({
  method: "get",
  path: "/api/metric-retentions",
  tags: ["analytics"],
  responses: {
    200: json(
      rowsOf(metricRetentionSchema).extend({
        defaultRawDays: z.number().int(),
        /** All days before it (UTC) are archived, as far as they have readings; null: none is. */
        archivedBefore: daySchema.nullable(),
      }),
      "Metrics with a retention of their own, ≤ 10,000",
    ),
    ...problemResponses,
  },
});

/** @throws metric.unknown · metric.retention_too_short */
export const changeMetricRetention = createRoute({
  method: "put",
  path: "/api/metric-retentions/{metricId}",
  tags: ["analytics"],
  request: {
    params: z.object({ metricId: z.string().regex(/^\d{1,18}$/, "is a number") }),
    headers: ifMatchHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({ rawDays: z.number().int().min(1).max(4000).nullable() }),
        "How long; null: as long as the default says",
      ),
    },
  },
  responses: { 200: json(metricRetentionSchema, "As changed"), ...problemResponses },
});
