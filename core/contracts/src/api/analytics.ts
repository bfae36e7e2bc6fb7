import { createRoute, z } from "@hono/zod-openapi";

import { daySchema, iso8601Schema, quantitySchema } from "../units/index.ts";
import { downtimeReasonSchema, stopSchema } from "./downtime.ts";
import { oeeSchema } from "./plant.ts";
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

export const oeeGroupings = ["day", "shift", "machine"] as const;

/** One production day, one shift of a day, or one machine over the whole range. */
export const oeeRowSchema = z
  .object({
    /** Production day; null when the row is a machine or the total. */
    day: daySchema.nullable(),
    /** Null: outside of any shift, a machine without a calendar, or the row is of no shift. */
    shift: z.string().nullable(),
    /** By shift: what lies outside of the shifts of its calendar, in which only running is shown. */
    isOutsideShifts: z.boolean(),
    workUnitId: z.uuid().nullable(),
    workUnitName: z.string().nullable(),
    /** All pieces, also those of unplanned running. */
    good: quantitySchema,
    scrap: quantitySchema,
    oee: oeeSchema,
  })
  .openapi("OeeRow");
export type OeeRow = z.infer<typeof oeeRowSchema>;

export const downtimeSchema = z
  .object({
    workUnitId: z.uuid(),
    workUnitName: z.string(),
    /** Milliseconds of planned operation time in state `down`, and how many stops they were. */
    downMs: z.number(),
    stops: z.number().int(),
  })
  .openapi("Downtime");
export type Downtime = z.infer<typeof downtimeSchema>;

export const oeeReportSchema = z
  .object({
    timeZone: z.string(),
    by: z.enum(oeeGroupings),
    asOf: iso8601Schema,
    /** How many days of the range were read from the archive. */
    archivedDays: z.number().int(),
    rows: z.array(oeeRowSchema),
    /** The same range as one. */
    total: oeeRowSchema,
    /** By production day, ascending, whatever the rows are by. */
    trend: z.array(oeeRowSchema),
    /** Machines that were down, longest first. */
    downtimes: z.array(downtimeSchema),
  })
  .openapi("OeeReport");
export type OeeReport = z.infer<typeof oeeReportSchema>;

const downtimeRange = z.object({
  /** First and last production day, both included, at most 366 of them. */
  from: daySchema,
  to: daySchema,
  /** Of one machine; left out: of all. */
  workUnitId: z.uuid().toLowerCase().optional(),
});

export const reasonDowntimeSchema = z
  .object({
    /** The id of the reason, `code:` with a machine's code that has no meaning yet, or `none`. */
    key: z.string(),
    /** Null: nobody knows it. */
    reason: downtimeReasonSchema.nullable(),
    /** What the machine said, where it has no meaning. */
    machineCode: z.string().nullable(),
    /** Milliseconds of planned operation time in state `down`, and how many stops they were. */
    downMs: z.number(),
    stops: z.number().int(),
  })
  .openapi("ReasonDowntime");
export type ReasonDowntime = z.infer<typeof reasonDowntimeSchema>;

export const downtimeReportSchema = z
  .object({
    timeZone: z.string(),
    asOf: iso8601Schema,
    /** How many days were read from the archive. */
    archivedDays: z.number().int(),
    /** The downtime of OEE: the sum of the reasons, and that of the machines. */
    downMs: z.number(),
    stops: z.number().int(),
    /** Longest first. */
    byReason: z.array(reasonDowntimeSchema),
    byMachine: z.array(downtimeSchema),
  })
  .openapi("DowntimeReport");
export type DowntimeReport = z.infer<typeof downtimeReportSchema>;

/** @throws analytics.range_not_valid · analytics.busy · work_unit.unknown */
export const getDowntimeReport = createRoute({
  method: "get",
  path: "/api/analytics/downtime",
  tags: ["analytics"],
  request: { query: downtimeRange },
  responses: {
    200: json(
      downtimeReportSchema,
      "Downtime in planned operation time by reason and by machine, from the database and the archive as one",
    ),
    ...problemResponses,
  },
});

export const downtimeStopSchema = stopSchema
  .extend({
    /** What of it lies in planned operation time of the range, ms. */
    downMs: z.number(),
  })
  .openapi("DowntimeStop");
export type DowntimeStop = z.infer<typeof downtimeStopSchema>;

/**
 * The stops behind a bar, or those nobody explained. `to` null: it had not ended a day after the range.
 * @throws analytics.range_not_valid · analytics.busy · work_unit.unknown
 */
export const listDowntimeStops = createRoute({
  method: "get",
  path: "/api/analytics/downtime/stops",
  tags: ["analytics"],
  request: {
    query: downtimeRange.extend({
      /** A `key` of the report, or `missing`: all without a reason of the list; left out: all. */
      reason: z.string().max(210).optional(),
      order: z.enum(["longest", "newest"]).default("longest"),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: json(
      rowsOf(downtimeStopSchema).extend({
        /** Of all of them, also those that are not listed. */
        downMs: z.number(),
        stops: z.number().int(),
      }),
      "The first of them, and the sums of all",
    ),
    ...problemResponses,
  },
});

/** @throws analytics.range_not_valid · analytics.busy */
export const getOeeReport = createRoute({
  method: "get",
  path: "/api/analytics/oee",
  tags: ["analytics"],
  request: {
    query: z.object({
      /** First and last production day, both included, at most 366 of them. */
      from: daySchema,
      to: daySchema,
      by: z.enum(oeeGroupings).default("day"),
    }),
  },
  responses: {
    200: json(oeeReportSchema, "OEE of all machines, from the database and the archive as one"),
    ...problemResponses,
  },
});
