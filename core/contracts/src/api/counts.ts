import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema, quantitySchema } from "../units/index.ts";
import { idempotencyHeaderSchema, json, note, problemResponses, rowsOf } from "./problem.ts";
import { workOrderSchema } from "./work-orders.ts";

/** `no_operation`: nothing was ordered · `order_closed`: it came too late · `dismissed`: a person said so. */
export const unassignedReasons = ["no_operation", "order_closed", "dismissed"] as const;

export const unassignedCountSchema = z
  .object({
    workUnitId: z.uuid(),
    workUnitName: z.string(),
    workCenterId: z.uuid(),
    reason: z.enum(unassignedReasons),
    good: quantitySchema,
    scrap: quantitySchema,
    /** Whole minutes of source time, [from, to). */
    from: iso8601Schema,
    to: iso8601Schema,
  })
  .openapi("UnassignedCount");
export type UnassignedCount = z.infer<typeof unassignedCountSchema>;

/** Pieces that a machine counted and no operation could take, by machine, reason and hour. */
export const listUnassignedCounts = createRoute({
  method: "get",
  path: "/api/unassigned-counts",
  tags: ["work orders"],
  request: { query: z.object({ reason: z.enum(unassignedReasons).optional() }) },
  responses: {
    200: json(rowsOf(unassignedCountSchema), "Newest first, ≤ 500"),
    ...problemResponses,
  },
});

const stretch = {
  workUnitId: z.uuid().toLowerCase(),
  /** Whole minutes, as listed. */
  from: iso8601Schema,
  to: iso8601Schema,
};

/** Gives all of a stretch to one operation. @throws unassigned_count.none · operation.not_open */
export const assignCounts = createRoute({
  method: "post",
  path: "/api/unassigned-counts/assignment",
  tags: ["work orders"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          ...stretch,
          workOrderId: z.uuid().toLowerCase(),
          step: z.number().int().positive(),
        }),
        "Which pieces, and whose they are",
      ),
    },
  },
  responses: { 200: json(workOrderSchema, "The order with them"), ...problemResponses },
});

/** Says that they are nobody's (a trial run): they stay counted and leave the list of open ones. */
export const dismissCounts = createRoute({
  method: "post",
  path: "/api/unassigned-counts/dismissal",
  tags: ["work orders"],
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(z.object({ ...stretch, note: note(500).pipe(z.string().min(1)) }), "Which, and why"),
    },
  },
  responses: {
    200: json(z.object({ good: quantitySchema, scrap: quantitySchema }), "Dismissed"),
    ...problemResponses,
  },
});

/** A signed difference; the operation never falls below 0. @throws operation.correction_too_large */
export const correctProgress = createRoute({
  method: "post",
  path: "/api/work-orders/{workOrderId}/operations/{step}/correction",
  tags: ["work orders"],
  request: {
    params: z.object({
      workOrderId: z.uuid(),
      step: z.coerce.number().int().positive(),
    }),
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          good: quantitySchema.default("0" as never),
          scrap: quantitySchema.default("0" as never),
          reason: note(500).pipe(z.string().min(1, "say why")),
        }),
        "What is to be added (or, below 0, taken away)",
      ),
    },
  },
  responses: { 200: json(workOrderSchema, "The order after it"), ...problemResponses },
});
