import type {
  AuditEntry,
  NotificationList,
  ParkedEvent,
  Saga,
  SubscriptionState,
  Webhook,
} from "@millwright/contracts/api";
import { queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";
import { type Page, pages } from "./queries.ts";

export const eventKeys = {
  audit: ["audit"],
  subscriptions: ["subscriptions"],
  parked: (name: string) => ["parked-events", name],
  sagas: ["stuck-sagas"],
  webhooks: ["webhooks"],
  notifications: ["notifications"],
  recipients: ["alert-recipients"],
} as const;

export type AuditFilter = {
  actor?: string;
  kind?: "person" | "machine" | "system";
  objectType?: string;
  objectId?: string;
  type?: string;
  from?: string;
  to?: string;
};

/** `from` and `to` are instants here. */
export function auditQuery(filter: AuditFilter) {
  return pages<AuditEntry>([...eventKeys.audit, filter], "/api/admin/audit", {
    limit: "50",
    ...filter,
  });
}

/** Lag has no live message; who looks at it waits for it to shrink. */
export const subscriptionsQuery = queryOptions({
  queryKey: eventKeys.subscriptions,
  queryFn: ({ signal }) =>
    getJson<{ rows: SubscriptionState[] }>("/api/admin/subscriptions", signal),
  refetchInterval: 2000,
});

export function parkedQuery(name: string) {
  return {
    ...pages<ParkedEvent>(
      eventKeys.parked(name),
      `/api/admin/subscriptions/${encodeURIComponent(name)}/parked`,
      { limit: "50" },
    ),
    refetchInterval: 2000,
  };
}

/** The newest stuck ones; more than these want a programmer, not a list. */
export const stuckSagasQuery = queryOptions({
  queryKey: eventKeys.sagas,
  queryFn: ({ signal }) => getJson<Page<Saga>>("/api/admin/sagas?limit=50", signal),
  refetchInterval: 5000,
});

export const webhooksQuery = queryOptions({
  queryKey: eventKeys.webhooks,
  queryFn: ({ signal }) => getJson<{ rows: Webhook[] }>("/api/admin/webhooks", signal),
  refetchInterval: 5000,
});

/** Behind the bell of every page: twice a minute is soon enough for what mails tell as well. */
export const notificationsQuery = queryOptions({
  queryKey: eventKeys.notifications,
  queryFn: ({ signal }) => getJson<NotificationList>("/api/notifications", signal),
  refetchInterval: 30_000,
});

export const recipientsQuery = queryOptions({
  queryKey: eventKeys.recipients,
  queryFn: ({ signal }) => getJson<{ addresses: string[] }>("/api/admin/alert-recipients", signal),
});
