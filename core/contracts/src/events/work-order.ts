import { z } from "zod";

import {
  iso8601Schema,
  itemIdSchema,
  quantitySchema,
  workCenterIdSchema,
  workOrderIdSchema,
  workUnitIdSchema,
} from "../units/index.ts";

export const workOrderDraftedV1 = z.object({
  workOrderId: workOrderIdSchema,
  number: z.string(),
  itemId: itemIdSchema,
  quantity: quantitySchema,
  dueDate: iso8601Schema.nullable(),
  operations: z
    .array(
      z.object({
        /** Routing step: 10, 20, 30 … unique in the order. */
        step: z.number().int().positive(),
        name: z.string(),
        workCenterId: workCenterIdSchema,
        /** Planned run time per item in ms (PRI of ISO 22400-2). */
        runMsPerUnit: z.number().positive(),
        setupMs: z.number().nonnegative(),
      }),
    )
    .min(1)
    .max(200),
});

export const workOrderFirmedV1 = z.object({ workOrderId: workOrderIdSchema });
export const workOrderReleasedV1 = z.object({ workOrderId: workOrderIdSchema });
export const workOrderStartedV1 = z.object({
  workOrderId: workOrderIdSchema,
  sourceTime: iso8601Schema,
});
export const workOrderHeldV1 = z.object({
  workOrderId: workOrderIdSchema,
  reason: z.string(),
});
export const workOrderResumedV1 = z.object({ workOrderId: workOrderIdSchema });
export const workOrderCompletedV1 = z.object({
  workOrderId: workOrderIdSchema,
  good: quantitySchema,
  scrap: quantitySchema,
});
export const workOrderClosedV1 = z.object({ workOrderId: workOrderIdSchema });
export const workOrderCancelledV1 = z.object({
  workOrderId: workOrderIdSchema,
  reason: z.string(),
});

const operationRef = { workOrderId: workOrderIdSchema, step: z.number().int().positive() };

/** The operation may start on this work unit; it is the one that its next counts belong to. */
export const operationReadiedV1 = z.object({ ...operationRef });
export const operationStartedV1 = z.object({
  ...operationRef,
  /** Null on a manual bench: a person reports. */
  workUnitId: workUnitIdSchema.nullable(),
  sourceTime: iso8601Schema,
});
export const operationPausedV1 = z.object({ ...operationRef, sourceTime: iso8601Schema });
export const operationResumedV1 = z.object({ ...operationRef, sourceTime: iso8601Schema });

/** Pieces since the last report; at most one per operation and second. */
export const operationProgressReportedV1 = z.object({
  ...operationRef,
  workUnitId: workUnitIdSchema.nullable(),
  good: quantitySchema,
  scrap: quantitySchema,
  sourceTime: iso8601Schema,
});

/** A signed correction: counts moved in time, or came after the order was completed. */
export const operationProgressCorrectedV1 = z.object({
  ...operationRef,
  good: quantitySchema,
  scrap: quantitySchema,
  reason: z.string(),
});
export const operationDoneV1 = z.object({ ...operationRef, sourceTime: iso8601Schema });

export const downtimeOpenedV1 = z.object({
  workUnitId: workUnitIdSchema,
  sourceTime: iso8601Schema,
});
export const downtimeClosedV1 = z.object({
  workUnitId: workUnitIdSchema,
  sourceFrom: iso8601Schema,
  sourceTo: iso8601Schema,
});

/** A person said, or corrected, why a machine was down; code and reason are those of the list then. */
export const downtimeReasonGivenV1 = z.object({
  workUnitId: workUnitIdSchema,
  sourceFrom: iso8601Schema,
  /** Null: the machine was still down. */
  sourceTo: iso8601Schema.nullable(),
  reasonId: z.uuid(),
  code: z.string(),
  reason: z.string(),
  note: z.string(),
  /** What it said before; null: nothing. */
  before: z.object({ reasonId: z.uuid(), note: z.string() }).nullable(),
});
