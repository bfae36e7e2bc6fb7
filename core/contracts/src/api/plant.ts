import { createRoute, z } from "@hono/zod-openapi";

import { machineStateSchema } from "../states/index.ts";
import { iso8601Schema, quantitySchema } from "../units/index.ts";
import { json, pageOf, pageQuerySchema, problemResponses } from "./problem.ts";

/** A ratio as a number, as a range when `no_data` is above 5 % of the time, or null for n/a. */
export const ratioSchema = z
  .object({ low: z.number(), high: z.number() })
  .nullable()
  .openapi("Ratio", { description: "low = high when exact; null = n/a (denominator is 0)" });
export type Ratio = z.infer<typeof ratioSchema>;

export const oeeSchema = z
  .object({
    availability: ratioSchema,
    effectiveness: ratioSchema,
    quality: ratioSchema,
    oee: ratioSchema,
    /** PBT: planned operation time (POT) less planned stops, in ms. */
    plannedBusyMs: z.number(),
    /**
     * POT in ms by state: working time of the work center's calendar so far, or all time where it has none.
     */
    stateMs: z.partialRecord(machineStateSchema, z.number()),
    /** Outside of POT (before and after shifts, in breaks, on holidays): in no ratio. */
    unplanned: z.object({
      /** Milliseconds in state producing. */
      runningMs: z.number(),
      good: quantitySchema,
      scrap: quantitySchema,
    }),
    /** Version of the time model (state → time element, and whether calendars count) the figures were computed with. */
    timeModelVersion: z.number().int(),
  })
  .openapi("Oee");
export type Oee = z.infer<typeof oeeSchema>;

export const currentOperationSchema = z.object({
  workOrderId: z.uuid(),
  workOrderNumber: z.string(),
  step: z.number().int(),
  operationName: z.string(),
  itemNumber: z.string(),
  itemName: z.string(),
  /** Unit of quantity, good and scrap. */
  uom: z.string(),
  quantity: quantitySchema,
  good: quantitySchema,
  scrap: quantitySchema,
});

export const tileSchema = z
  .object({
    workCenterId: z.uuid(),
    workCenterName: z.string(),
    areaName: z.string(),
    /** Null for a work center without a machine (a manual bench). */
    workUnitId: z.uuid().nullable(),
    state: machineStateSchema,
    stateSince: iso8601Schema.nullable(),
    current: currentOperationSchema.nullable(),
    todayGood: quantitySchema,
    todayScrap: quantitySchema,
    oee: oeeSchema.nullable(),
    /** Newest successful reading of any of its metrics; null when there has been none. */
    dataTime: iso8601Schema.nullable(),
    /** Level and weight readings: silo and scale tiles show these instead of pieces. */
    gauges: z.array(
      z.object({
        metricId: z.string(),
        name: z.string(),
        role: z.enum(["level", "weight"]),
        value: z.number().nullable(),
        unit: z.string(),
        sourceTime: iso8601Schema.nullable(),
      }),
    ),
  })
  .openapi("Tile");
export type Tile = z.infer<typeof tileSchema>;

export const plantSchema = z
  .object({
    siteName: z.string(),
    timeZone: z.string(),
    productionDay: z.object({ from: iso8601Schema, to: iso8601Schema }),
    asOf: iso8601Schema,
    tiles: z.array(tileSchema),
  })
  .openapi("Plant");
export type Plant = z.infer<typeof plantSchema>;

export const getPlant = createRoute({
  method: "get",
  path: "/api/plant",
  tags: ["plant"],
  responses: { 200: json(plantSchema, "One tile per work center"), ...problemResponses },
});

export const metricSchema = z
  .object({
    metricId: z.string(),
    /** Sparkplug address: group/edge node/device and metric name. */
    groupId: z.string(),
    edgeNodeId: z.string(),
    deviceId: z.string().nullable(),
    name: z.string(),
    unit: z.string(),
    role: z.string().nullable(),
    value: z.union([z.number(), z.string(), z.boolean()]).nullable(),
    quality: z.enum(["good", "bad", "stale", "uncertain_time"]),
    sourceTime: iso8601Schema.nullable(),
    /** True when it is a number over time, so that a trend makes sense. */
    isNumeric: z.boolean(),
  })
  .openapi("Metric");
export type Metric = z.infer<typeof metricSchema>;

export const machineSchema = z
  .object({
    workUnitId: z.uuid(),
    name: z.string(),
    tile: tileSchema,
    metrics: z.array(metricSchema),
  })
  .openapi("Machine");
export type Machine = z.infer<typeof machineSchema>;

const workUnitParams = z.object({ workUnitId: z.uuid() });
const windowQuery = z.object({ from: iso8601Schema, to: iso8601Schema });

export const getMachine = createRoute({
  method: "get",
  path: "/api/work-units/{workUnitId}",
  tags: ["plant"],
  request: { params: workUnitParams },
  responses: { 200: json(machineSchema, "The machine now"), ...problemResponses },
});

export const stateIntervalSchema = z
  .object({
    state: machineStateSchema,
    from: iso8601Schema,
    /** Null: still going on. */
    to: iso8601Schema.nullable(),
  })
  .openapi("StateInterval");

export const getMachineStates = createRoute({
  method: "get",
  path: "/api/work-units/{workUnitId}/states",
  tags: ["plant"],
  request: { params: workUnitParams, query: windowQuery },
  responses: {
    200: json(
      z.object({ intervals: z.array(stateIntervalSchema) }),
      "Gapless intervals, ascending; time before the first reading is no_data",
    ),
    ...problemResponses,
  },
});

export const trendSchema = z
  .object({
    metricId: z.string(),
    name: z.string(),
    unit: z.string(),
    /** What the values are averages of: readings as they came, or roll-ups by minute or hour. */
    resolution: z.enum(["raw", "1m", "1h"]),
    /** Epoch milliseconds and values, same length, ascending; null marks a hole (no data). */
    times: z.array(z.number()),
    values: z.array(z.number().nullable()),
  })
  .openapi("Trend");
export type Trend = z.infer<typeof trendSchema>;

export const getMachineTrends = createRoute({
  method: "get",
  path: "/api/work-units/{workUnitId}/trends",
  tags: ["plant"],
  request: {
    params: workUnitParams,
    query: windowQuery.extend({
      /** Metric ids, comma separated, at most 8. */
      metrics: z.string().max(400),
      /** Points wanted per series. */
      points: z.coerce.number().int().min(10).max(2000).default(600),
    }),
  },
  responses: {
    200: json(
      z.object({ series: z.array(trendSchema) }),
      "One series per metric, at most one point more than asked for",
    ),
    ...problemResponses,
  },
});

export const historyEventSchema = z
  .object({
    position: z.string(),
    type: z.string(),
    recordedTime: iso8601Schema,
    actor: z.object({ kind: z.string(), id: z.string() }),
    payload: z.record(z.string(), z.unknown()),
  })
  .openapi("HistoryEvent");
export type HistoryEvent = z.infer<typeof historyEventSchema>;

export const getMachineEvents = createRoute({
  method: "get",
  path: "/api/work-units/{workUnitId}/events",
  tags: ["plant"],
  request: { params: workUnitParams, query: pageQuerySchema },
  responses: { 200: json(pageOf(historyEventSchema), "Newest first"), ...problemResponses },
});
