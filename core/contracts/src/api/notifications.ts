import { createRoute, z } from "@hono/zod-openapi";

import { iso8601Schema } from "../units/index.ts";
import { json, problemResponses } from "./problem.ts";

/** What there can be alerts about; the screens have words for each. */
export const alertKinds = [
  "event_parked",
  "subscription_stalled",
  "job_failed",
  "saga_stuck",
  "webhook_disabled",
  "machine_down",
] as const;
export type AlertKind = (typeof alertKinds)[number];

export const notificationSchema = z
  .object({
    notificationId: z.uuid(),
    kind: z.enum(alertKinds),
    /** What the words of its kind name: subscription, reason, url, … */
    details: z.record(z.string(), z.string()),
    time: iso8601Schema,
    isRead: z.boolean(),
  })
  .openapi("Notification");
export type Notification = z.infer<typeof notificationSchema>;

const notificationListSchema = z.object({
  rows: z.array(notificationSchema),
  unread: z.number().int(),
});
export type NotificationList = z.infer<typeof notificationListSchema>;

export const listNotifications = createRoute({
  method: "get",
  path: "/api/notifications",
  tags: ["notifications"],
  responses: {
    200: json(notificationListSchema, "The newest 100, and how many are not read"),
    ...problemResponses,
  },
});

export const readNotification = createRoute({
  method: "post",
  path: "/api/notifications/{notificationId}/read",
  tags: ["notifications"],
  summary: "Mark one as read by the caller, or `all`",
  request: { params: z.object({ notificationId: z.union([z.uuid(), z.literal("all")]) }) },
  responses: { 200: json(notificationListSchema, "As it is now"), ...problemResponses },
});

const recipientsSchema = z.object({ addresses: z.array(z.email().max(320)).max(20) });

export const listAlertRecipients = createRoute({
  method: "get",
  path: "/api/admin/alert-recipients",
  tags: ["notifications"],
  responses: { 200: json(recipientsSchema, "Who gets a mail per alert"), ...problemResponses },
});

export const replaceAlertRecipients = createRoute({
  method: "put",
  path: "/api/admin/alert-recipients",
  tags: ["notifications"],
  request: { body: { required: true, ...json(recipientsSchema, "As it shall be") } },
  responses: { 200: json(recipientsSchema, "As saved"), ...problemResponses },
});
