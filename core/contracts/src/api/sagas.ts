import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
} from "./problem.ts";

export const sagaStates = ["running", "compensating", "done", "compensated", "stuck"] as const;

/** A flow over several contexts, whose steps commit one by one. */
export const sagaSchema = z
  .object({
    sagaId: z.uuid(),
    /** `<context>.<purpose>` */
    name: z.string(),
    state: z.enum(sagaStates),
    /** The next step to do, or the next one to take back; -1 when all are taken back. */
    step: z.number().int(),
    attempts: z.number().int(),
    /** Why it is taken back or stuck. */
    reason: z.string().nullable(),
    startedTime: iso8601Schema,
    updatedTime: iso8601Schema,
  })
  .openapi("Saga");
export type Saga = z.infer<typeof sagaSchema>;

export const listSagas = createRoute({
  method: "get",
  path: "/api/admin/sagas",
  tags: ["events"],
  summary: "Flows over several contexts in one state, newest first",
  request: { query: pageQuerySchema.extend({ state: z.enum(sagaStates).default("stuck") }) },
  responses: { 200: json(pageOf(sagaSchema), "Newest first"), ...problemResponses },
});

/** @throws saga.unknown · saga.not_stuck */
export const retrySaga = createRoute({
  method: "post",
  path: "/api/admin/sagas/{sagaId}/retry",
  tags: ["events"],
  summary: "Go on with a stuck flow where it stopped; done within a second by the worker",
  request: { params: z.object({ sagaId: z.uuid() }), headers: idempotencyHeaderSchema },
  responses: { 200: json(sagaSchema, "As it is now"), ...problemResponses },
});
