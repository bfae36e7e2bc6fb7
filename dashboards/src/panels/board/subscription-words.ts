import type { SubscriptionState } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

/** Words for subscriptions; one of a newer server is shown by its own name. */
export function useSubscriptionTitle(): (name: string) => string {
  const t = useTranslations();
  return (name) => {
    const key = `subscriptionName.${name}` as "subscriptionName.platform.webhooks";
    return t.has(key) ? t(key) : name;
  };
}

/** The one word about a subscription: what wants a person first. */
export function boardState(
  state: SubscriptionState,
): "stalled" | "parked" | "replaying" | "behind" | "works" {
  if (state.stalledTime !== null) return "stalled";
  if (state.replayUntil !== null) return "replaying";
  if (state.parkedEvents > 0) return "parked";
  // A second is one round of its work: nobody waits for that.
  return state.secondsBehind > 2 ? "behind" : "works";
}
