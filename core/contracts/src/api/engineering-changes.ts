import { createRoute, z } from "@hono/zod-openapi";

import { changeCommandNames, changeStates } from "../states/engineering.ts";
import { daySchema, iso8601Schema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  ifMatchHeaderSchema,
  json,
  note,
  pageOf,
  pageQuerySchema,
  problemResponses,
  requiredText,
} from "./problem.ts";

export const changeInputSchema = z
  .object({
    title: requiredText(200),
    reason: note(4000),
    /** First day of its revisions. */
    effectiveDay: daySchema,
    /** Draft revisions it approves together, at most one of an item. */
    bomIds: z.array(z.uuid()).min(1).max(200),
  })
  .openapi("EngineeringChangeInput");
export type ChangeInput = z.infer<typeof changeInputSchema>;

export const engineeringChangeSchema = z
  .object({
    changeId: z.uuid(),
    number: z.string(),
    title: z.string(),
    reason: z.string(),
    state: z.enum(changeStates),
    effectiveDay: daySchema,
    boms: z.array(
      z.object({
        bomId: z.uuid(),
        itemId: z.uuid(),
        itemNumber: z.string(),
        itemName: z.string(),
        revision: z.string(),
      }),
    ),
    /** Command → allowed now, or why not. */
    commands: z.record(
      z.string(),
      z.object({ isAllowed: z.boolean(), reason: z.string().nullable() }),
    ),
    createdBy: z.string(),
    createdTime: iso8601Schema,
    decidedBy: z.string().nullable(),
    version: z.number().int(),
  })
  .openapi("EngineeringChange");
export type EngineeringChange = z.infer<typeof engineeringChangeSchema>;

const params = z.object({ changeId: z.uuid().toLowerCase() });
const answer = { 200: json(engineeringChangeSchema, "The change"), ...problemResponses };

export const listChanges = createRoute({
  method: "get",
  path: "/api/engineering-changes",
  tags: ["engineering changes"],
  request: { query: pageQuerySchema.extend({ state: z.enum(changeStates).optional() }) },
  responses: { 200: json(pageOf(engineeringChangeSchema), "Newest first"), ...problemResponses },
});

export const createChange = createRoute({
  method: "post",
  path: "/api/engineering-changes",
  tags: ["engineering changes"],
  request: {
    headers: idempotencyHeaderSchema,
    body: { required: true, ...json(changeInputSchema, "The change") },
  },
  responses: { 201: json(engineeringChangeSchema, "Drafted"), ...problemResponses },
});

export const getChange = createRoute({
  method: "get",
  path: "/api/engineering-changes/{changeId}",
  tags: ["engineering changes"],
  request: { params },
  responses: answer,
});

export const changeChange = createRoute({
  method: "put",
  path: "/api/engineering-changes/{changeId}",
  tags: ["engineering changes"],
  request: {
    params,
    headers: ifMatchHeaderSchema,
    body: { required: true, ...json(changeInputSchema, "As it shall be") },
  },
  responses: answer,
});

/**
 * `approve` fixes its revisions; `make_effective` gives them their day (its own day, or today when that
 * has passed) and ends those before. @throws change.transition_refused · bom.effectivity_overlaps
 */
export const commandChange = createRoute({
  method: "post",
  path: "/api/engineering-changes/{changeId}/{command}",
  tags: ["engineering changes"],
  request: {
    params: params.extend({ command: z.enum(changeCommandNames) }),
    headers: idempotencyHeaderSchema,
  },
  responses: answer,
});
