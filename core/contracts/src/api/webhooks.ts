import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import { idempotencyHeaderSchema, json, problemResponses, rowsOf } from "./problem.ts";

const eventTypeSchema = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z_]*\.[a-z][a-z_]*$/);

export const webhookSchema = z
  .object({
    webhookId: z.uuid(),
    url: z.url(),
    eventTypes: z.array(z.string()),
    isEnabled: z.boolean(),
    disabledReason: z.string().nullable(),
    /** Since when no delivery has succeeded. */
    failingSince: iso8601Schema.nullable(),
    queued: z.number().int(),
    failed: z.number().int(),
    /** Why the newest delivery that is not taken yet was refused; null: none waits for another try. */
    lastFailure: z.string().nullable(),
  })
  .openapi("Webhook");
export type Webhook = z.infer<typeof webhookSchema>;

const webhookParams = z.object({ webhookId: z.uuid() });

export const listWebhooks = createRoute({
  method: "get",
  path: "/api/admin/webhooks",
  tags: ["webhooks"],
  responses: { 200: json(rowsOf(webhookSchema), "Oldest first"), ...problemResponses },
});

/** @throws webhook.url_refused: not http(s), or an address inside of our network · webhook.too_many */
export const createWebhook = createRoute({
  method: "post",
  path: "/api/admin/webhooks",
  tags: ["webhooks"],
  summary: "Tell a program of others about events (Standard Webhooks signatures)",
  request: {
    headers: idempotencyHeaderSchema,
    body: {
      required: true,
      ...json(
        z.object({
          url: z.url({ protocol: /^https?$/ }).max(2000),
          eventTypes: z.array(eventTypeSchema).min(1).max(200),
        }),
        "Where to, and of what",
      ),
    },
  },
  responses: {
    201: json(z.object({ webhookId: z.uuid(), secret: z.string() }), "The secret is shown once"),
    ...problemResponses,
  },
});

export const webhookCommands = ["enable", "disable", "remove"] as const;
export type WebhookCommand = (typeof webhookCommands)[number];

/** @throws webhook.unknown */
export const commandWebhook = createRoute({
  method: "post",
  path: "/api/admin/webhooks/{webhookId}/{command}",
  tags: ["webhooks"],
  request: {
    params: webhookParams.extend({ command: z.enum(webhookCommands) }),
    headers: idempotencyHeaderSchema,
  },
  responses: {
    200: json(rowsOf(webhookSchema), "The webhooks as they are now"),
    ...problemResponses,
  },
});
