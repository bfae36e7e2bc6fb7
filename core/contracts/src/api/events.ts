import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import {
  idempotencyHeaderSchema,
  json,
  pageOf,
  pageQuerySchema,
  problemResponses,
  rowsOf,
} from "./problem.ts";

const positionSchema = z.string().regex(/^\d{1,19}$/);

/** How far a part of the system is behind the event log, and what keeps it. */
export const subscriptionStateSchema = z
  .object({
    name: z.string(),
    position: positionSchema,
    lastPosition: positionSchema,
    /** Events of its types it has not digested; 10000 means that many or more. */
    eventsBehind: z.number().int(),
    /** Age of the oldest of them. */
    secondsBehind: z.number(),
    /** Of all companies in this database. */
    parkedEvents: z.number().int(),
    parkedStreams: z.number().int(),
    isReplayable: z.boolean(),
    /** Set while events are handled again, up to here. */
    replayUntil: positionSchema.nullable(),
    /** Set while every event fails: it stands still and tries again. */
    stalledReason: z.string().nullable(),
    stalledTime: iso8601Schema.nullable(),
    updatedTime: iso8601Schema,
  })
  .openapi("SubscriptionState");
export type SubscriptionState = z.infer<typeof subscriptionStateSchema>;

export const parkedEventSchema = z
  .object({
    subscription: z.string(),
    position: positionSchema,
    stream: z.string(),
    type: z.string(),
    reason: z.string(),
    /** The first of its stream is the one that fails; the others wait for it. */
    isFirst: z.boolean(),
    attempts: z.number().int(),
    parkedTime: iso8601Schema,
    /** When it is tried again by itself; null: at once, or only when a person asks. */
    nextAttemptTime: iso8601Schema.nullable(),
    asked: z.enum(["retry", "skip"]).nullable(),
    payload: z.unknown(),
  })
  .openapi("ParkedEvent");
export type ParkedEvent = z.infer<typeof parkedEventSchema>;

export const parkedEventCommands = ["retry", "skip"] as const;
export type ParkedEventCommand = (typeof parkedEventCommands)[number];

const nameParam = z.object({
  name: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9_.-]*$/),
});

export const listSubscriptions = createRoute({
  method: "get",
  path: "/api/admin/subscriptions",
  tags: ["events"],
  summary: "Lag of every subscription, what it has parked, and whether it stands still",
  responses: { 200: json(rowsOf(subscriptionStateSchema), "By name"), ...problemResponses },
});

export const listParkedEvents = createRoute({
  method: "get",
  path: "/api/admin/subscriptions/{name}/parked",
  tags: ["events"],
  summary: "Events that could not be digested, and those that wait behind them",
  request: { params: nameParam, query: pageQuerySchema },
  responses: { 200: json(pageOf(parkedEventSchema), "Oldest first"), ...problemResponses },
});

/** @throws parked_event.unknown · parked_event.waits: only the first of a stream can be decided about */
export const commandParkedEvent = createRoute({
  method: "post",
  path: "/api/admin/subscriptions/{name}/parked/{position}/{command}",
  tags: ["events"],
  summary: "Try a parked event again, or leave it out; done within a second by the worker",
  request: {
    params: nameParam.extend({ position: positionSchema, command: z.enum(parkedEventCommands) }),
    headers: idempotencyHeaderSchema,
  },
  responses: { 200: json(parkedEventSchema, "As it was asked"), ...problemResponses },
});

/** @throws subscription.unknown · subscription.not_replayable · subscription.position_ahead */
export const replaySubscription = createRoute({
  method: "post",
  path: "/api/admin/subscriptions/{name}/replay",
  tags: ["events"],
  summary: "Handle every event after a position again, where that is declared safe",
  request: {
    params: nameParam,
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(z.object({ fromPosition: positionSchema }), "0: from the start"),
    },
  },
  responses: { 200: json(subscriptionStateSchema, "As it was asked"), ...problemResponses },
});
