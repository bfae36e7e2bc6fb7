import type { Notification } from "@millwright/contracts/api";

import type { Permission } from "../../api/identity-queries.ts";
import { paths } from "../../paths.ts";

/** What the words of an alert may name; a message uses what its kind has. */
export type AlertValues = Record<
  "subscription" | "position" | "reason" | "job" | "step" | "url" | "machine" | "since",
  string
>;

export function alertValues(
  { details }: Pick<Notification, "details">,
  say: { subscription: (name: string) => string; siteTime: (instant: string) => string },
): AlertValues {
  const text = (name: string) => details[name] ?? "–";
  const since = details["since"];
  return {
    subscription: say.subscription(text("subscription")),
    position: text("position"),
    reason: text("reason"),
    job: text("job"),
    step: text("step"),
    url: text("url"),
    machine: text("machine"),
    since: since === undefined || Number.isNaN(Date.parse(since)) ? "–" : say.siteTime(since),
  };
}

/** Where a person does something about it, and what they need to see that page. */
export function placeOf({ kind, details }: Pick<Notification, "kind" | "details">) {
  const { subscription } = details;
  const { to, needs } = places[kind];
  const search =
    to === paths.subscriptions && subscription !== undefined ? { name: subscription } : {};
  return { to, needs, search: kind === "job_failed" ? { state: "failed" as const } : search };
}

const places = {
  event_parked: { to: paths.subscriptions, needs: "subscription:read" },
  subscription_stalled: { to: paths.subscriptions, needs: "subscription:read" },
  job_failed: { to: paths.jobs, needs: "job:read" },
  saga_stuck: { to: paths.subscriptions, needs: "saga:read" },
  webhook_disabled: { to: paths.webhooks, needs: "webhook:read" },
  machine_down: { to: paths.machines, needs: "machine:read" },
} as const satisfies Record<Notification["kind"], { to: string; needs: Permission }>;
