import { createRoute, z } from "@hono/zod-openapi";

import { operationStateSchema, workOrderStateSchema, workOrderSorts } from "../states/index.ts";
import { iso8601Schema, quantitySchema } from "../units/index.ts";
import { historyEventSchema } from "./plant.ts";
import {
  idempotencyHeaderSchema,
  json,
  note,
  pageOf,
  pageQuerySchema,
  problemResponses,
  sortedBy,
  requiredText,
  text,
} from "./problem.ts";

export const workOrderSummarySchema = z
  .object({
    workOrderId: z.uuid(),
    number: z.string(),
    itemId: z.uuid(),
    itemNumber: z.string(),
    itemName: z.string(),
    uom: z.string(),
    quantity: quantitySchema,
    /** Good and scrap of the last operation: what the order has finished. */
    good: quantitySchema,
    scrap: quantitySchema,
    state: workOrderStateSchema,
    dueDate: iso8601Schema.nullable(),
    version: z.number().int(),
    /** Step and name of the operation that runs or is ready, null when none is. */
    currentStep: z.number().int().nullable(),
    currentOperationName: z.string().nullable(),
  })
  .openapi("WorkOrderSummary");
export type WorkOrderSummary = z.infer<typeof workOrderSummarySchema>;

export const operationSchema = z
  .object({
    step: z.number().int(),
    name: z.string(),
    workCenterId: z.uuid(),
    workCenterName: z.string(),
    /** The work unit it started on; null before, and on a manual work center. */
    workUnitId: z.uuid().nullable(),
    state: operationStateSchema,
    good: quantitySchema,
    scrap: quantitySchema,
    runMsPerUnit: z.number(),
    setupMs: z.number(),
    startedTime: iso8601Schema.nullable(),
    doneTime: iso8601Schema.nullable(),
  })
  .openapi("Operation");
export type Operation = z.infer<typeof operationSchema>;

export const workOrderSchema = workOrderSummarySchema
  .extend({
    operations: z.array(operationSchema),
    /** Command → allowed now, or the reason why not, so that a button can say it. */
    commands: z.record(
      z.string(),
      z.object({ isAllowed: z.boolean(), reason: z.string().nullable() }),
    ),
  })
  .openapi("WorkOrder");
export type WorkOrder = z.infer<typeof workOrderSchema>;

export const draftWorkOrderSchema = z
  .object({
    itemId: z.uuid(),
    quantity: quantitySchema,
    dueDate: iso8601Schema.nullable().default(null),
    /** Left out: the next number of the sequence. */
    number: requiredText(40).optional(),
  })
  .openapi("DraftWorkOrder");

const orderParams = z.object({ workOrderId: z.uuid() });
const stepParams = orderParams.extend({ step: z.coerce.number().int().positive() });
const order = { 200: json(workOrderSchema, "The order after the command"), ...problemResponses };

export const listWorkOrders = createRoute({
  method: "get",
  path: "/api/work-orders",
  tags: ["work orders"],
  request: {
    query: pageQuerySchema.extend({
      ...sortedBy(workOrderSorts),
      state: workOrderStateSchema.optional(),
      search: text(100).optional(),
    }),
  },
  responses: { 200: json(pageOf(workOrderSummarySchema), "Newest first"), ...problemResponses },
});

export const draftWorkOrder = createRoute({
  method: "post",
  path: "/api/work-orders",
  tags: ["work orders"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(draftWorkOrderSchema, "What to make") },
  },
  responses: { 201: json(workOrderSchema, "Drafted"), ...problemResponses },
});

export const getWorkOrder = createRoute({
  method: "get",
  path: "/api/work-orders/{workOrderId}",
  tags: ["work orders"],
  request: { params: orderParams },
  responses: { 200: json(workOrderSchema, "The order"), ...problemResponses },
});

export const getWorkOrderEvents = createRoute({
  method: "get",
  path: "/api/work-orders/{workOrderId}/events",
  tags: ["work orders"],
  request: { params: orderParams, query: pageQuerySchema },
  responses: { 200: json(pageOf(historyEventSchema), "Newest first"), ...problemResponses },
});

/** One route for the seven commands of `workOrderCommands`; the body carries a reason where asked. */
export const commandWorkOrder = createRoute({
  method: "post",
  path: "/api/work-orders/{workOrderId}/{command}",
  tags: ["work orders"],
  request: {
    params: orderParams.extend({
      command: z.enum(["firm", "release", "hold", "resume", "complete", "cancel", "close"]),
    }),
    headers: idempotencyHeaderSchema,
    body: {
      required: false,
      ...json(z.object({ reason: note(500).default("") }), "Why (hold and cancel)"),
    },
  },
  responses: order,
});

/** A person reports pieces, at a bench without a counter. */
export const reportProgress = createRoute({
  method: "post",
  path: "/api/work-orders/{workOrderId}/operations/{step}/progress",
  tags: ["work orders"],
  request: {
    params: stepParams,
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({ good: quantitySchema, scrap: quantitySchema }),
        "Pieces since the last report",
      ),
    },
  },
  responses: order,
});
