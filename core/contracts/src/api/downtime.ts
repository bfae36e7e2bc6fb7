import { createRoute, z } from "@hono/zod-openapi";

import { lossCategories, reasonCodeLengthMax } from "../states/downtime.ts";
import { iso8601Schema } from "../units/index.ts";
import {
  deviceText,
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  note,
  problemResponses,
  requiredText,
  rowsOf,
} from "./problem.ts";
import { exportOfAll, importOf } from "./tables.ts";

const newReasonFields = {
  /** Short and unique: what files and other systems call it. */
  code: requiredText(40),
  name: requiredText(100),
  category: z.enum(lossCategories),
  /** Only active ones can be given; what was given stays. */
  isActive: z.boolean().default(true),
};
export const newDowntimeReasonSchema = z.object(newReasonFields).openapi("NewDowntimeReason");
export type NewDowntimeReason = z.infer<typeof newDowntimeReasonSchema>;

export const downtimeReasonSchema = newDowntimeReasonSchema
  .extend({
    reasonId: z.uuid(),
    isActive: z.boolean(),
    /** One that every company has, as it came; screens show its name in the reader's language. */
    isStandard: z.boolean(),
    /** Send it as If-Match; 0: a standard one that nobody changed. */
    version: z.number().int().nonnegative(),
  })
  .openapi("DowntimeReason");
export type DowntimeReason = z.infer<typeof downtimeReasonSchema>;

const reasons = { path: "/api/downtime-reasons", tags: ["downtime"] } as const;

export const listDowntimeReasons = createRoute({
  method: "get",
  ...reasons,
  tags: [...reasons.tags],
  responses: {
    200: json(rowsOf(downtimeReasonSchema), "By category and code, ≤ 312"),
    ...problemResponses,
  },
});

/** @throws downtime_reason.code_taken · downtime_reason.too_many */
export const createDowntimeReason = createRoute({
  method: "post",
  ...reasons,
  tags: [...reasons.tags],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(newDowntimeReasonSchema, "The reason") },
  },
  responses: { 201: json(downtimeReasonSchema, "As made"), ...problemResponses },
});

/** Changes what the past is called too: stops name the reason, not its words. @throws downtime_reason.unknown · downtime_reason.code_taken */
export const changeDowntimeReason = createRoute({
  method: "put",
  path: "/api/downtime-reasons/{reasonId}",
  tags: [...reasons.tags],
  request: {
    params: z.object({ reasonId: z.uuid().toLowerCase() }),
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(newDowntimeReasonSchema, "The reason as it is to be") },
  },
  responses: { 200: json(downtimeReasonSchema, "As changed"), ...problemResponses },
});

export const exportDowntimeReasons = exportOfAll(reasons);
/** A code that is known is changed, another is made. */
export const importDowntimeReasons = importOf(reasons);

const machineCode = deviceText(reasonCodeLengthMax).pipe(
  z.string().trim().min(1, "must not be empty"),
);

export const machineReasonCodeSchema = z
  .object({
    /** What the machine sends in the metric of role `state.reason`, as text. */
    code: z.string(),
    /** Null: on every machine that has no line of its own for the code. */
    workUnitId: z.uuid().nullable(),
    workUnitName: z.string().nullable(),
    reasonId: z.uuid(),
    reasonCode: z.string(),
  })
  .openapi("MachineReasonCode");
export type MachineReasonCode = z.infer<typeof machineReasonCodeSchema>;

const codes = { path: "/api/machine-reason-codes", tags: ["downtime"] } as const;

export const listMachineReasonCodes = createRoute({
  method: "get",
  ...codes,
  tags: [...codes.tags],
  responses: {
    200: json(rowsOf(machineReasonCodeSchema), "By code, ≤ 2,000"),
    ...problemResponses,
  },
});

/**
 * Says what a code means; `reasonId` null: nothing any more. Past stops with the code are told anew.
 * @throws downtime_reason.unknown · work_unit.unknown · machine_reason_code.too_many
 */
export const setMachineReasonCode = createRoute({
  method: "put",
  ...codes,
  tags: [...codes.tags],
  request: {
    body: {
      required: true,
      ...json(
        z.object({
          code: machineCode,
          workUnitId: z.uuid().toLowerCase().nullable(),
          reasonId: z.uuid().toLowerCase().nullable(),
        }),
        "The code and what it means",
      ),
    },
  },
  responses: {
    200: json(rowsOf(machineReasonCodeSchema), "All codes, as they are now"),
    ...problemResponses,
  },
});

export const exportMachineReasonCodes = exportOfAll(codes);
/** A code that is known (on that machine, or on all) gets the row's meaning. */
export const importMachineReasonCodes = importOf(codes);

/** The row of a file: the machine and the reason by their names. */
export const machineReasonCodeRowSchema = z.object({
  code: machineCode,
  workUnitName: requiredText(100).optional(),
  reasonCode: requiredText(40),
});

export const stopSchema = z
  .object({
    workUnitId: z.uuid(),
    workUnitName: z.string(),
    from: iso8601Schema,
    /** Null: the machine is still down. */
    to: iso8601Schema.nullable(),
    /** What the machine said; null: nothing. Kept whether it has a meaning or not. */
    machineCode: z.string().nullable(),
    /** Null: nobody knows yet, neither a person nor the list of machine codes. */
    reason: downtimeReasonSchema.nullable(),
    /** A person's word wins over the machine's. */
    source: z.enum(["person", "machine"]).nullable(),
    note: z.string(),
    givenBy: z.string().nullable(),
    givenTime: iso8601Schema.nullable(),
    /** Of what a person said; 0: nothing. Send it when giving a reason. */
    version: z.number().int().nonnegative(),
  })
  .openapi("Stop");
export type Stop = z.infer<typeof stopSchema>;

const ofMachine = {
  params: z.object({ workUnitId: z.uuid().toLowerCase() }),
};

/** Stops that touch the window of at most 31 days. @throws work_unit.unknown · request.window_not_valid */
export const listStops = createRoute({
  method: "get",
  path: "/api/work-units/{workUnitId}/stops",
  tags: ["downtime"],
  request: { ...ofMachine, query: z.object({ from: iso8601Schema, to: iso8601Schema }) },
  responses: {
    200: json(
      z.object({
        rows: z.array(stopSchema),
        /** There were more than 500: ask for a shorter window to see the older ones. */
        isCut: z.boolean(),
      }),
      "Newest first, ≤ 500",
    ),
    ...problemResponses,
  },
});

/**
 * Says, or corrects, why the machine was down.
 * @throws stop.unknown · downtime_reason.unknown · downtime_reason.not_active · record.changed_meanwhile
 */
export const giveDowntimeReason = createRoute({
  method: "post",
  path: "/api/work-units/{workUnitId}/stops/reason",
  tags: ["downtime"],
  request: {
    ...ofMachine,
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          /** Any moment of the stop; its begin as listed is one. */
          from: iso8601Schema,
          reasonId: z.uuid().toLowerCase(),
          note: note(500).default(""),
          /** As listed. */
          version: z.number().int().nonnegative(),
        }),
        "Which stop, and why it was",
      ),
    },
  },
  responses: { 200: json(stopSchema, "The stop with it"), ...problemResponses },
});
