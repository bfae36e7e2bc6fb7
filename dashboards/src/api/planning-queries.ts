import type {
  ActionMessage,
  Demand,
  Gantt,
  ItemPolicy,
  Peg,
  Plan,
  PlanComparison,
  PlannedOrder,
  PurchaseProposal,
} from "@millwright/contracts/api";
import type { DemandSort, PlannedOrderSort } from "@millwright/contracts/states/sorts";
import { queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";
import { pages } from "./queries.ts";

/** Everything a plan or a demand changes lies under `planning`. */
export const planningKeys = {
  all: ["planning"],
  plans: ["planning", "plans"],
  demands: ["planning", "demands"],
} as const;

/** A plan on the way is asked for once a second: its progress is in the database, not on the live stream. */
export const progressMs = 1_000;

export function isOnTheWay({ state }: Plan): boolean {
  return state === "queued" || state === "running";
}

/** As people call it. */
export function kindOf({ kind, mode }: Plan): Plan["kind"] | "net_change" {
  return mode === "net_change" ? mode : kind;
}

export function plansQuery() {
  return pages<Plan>(planningKeys.plans, "/api/planning/plans", { limit: "30" });
}

export function planQuery(planId: string) {
  return queryOptions({
    queryKey: [...planningKeys.plans, "one", planId],
    queryFn: ({ signal }) => getJson<Plan>(`/api/planning/plans/${planId}`, signal),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isOnTheWay(data) ? progressMs : false,
  });
}

/** What differs from the plan on the left to the one on the right. */
export function comparisonQuery(leftId: string, rightId: string) {
  const path = `/api/planning/plans/${leftId}/comparison?with=${rightId}`;
  return queryOptions({
    queryKey: [...planningKeys.all, "comparison", leftId, rightId],
    queryFn: ({ signal }) => getJson<PlanComparison>(path, signal),
  });
}

export function plannedOrdersQuery(
  planId: string,
  filter: {
    search?: string;
    kind?: PlannedOrder["kind"];
    state?: PlannedOrder["state"];
    isLate?: "true";
    sort?: PlannedOrderSort;
  },
) {
  const path = `/api/planning/plans/${planId}/orders`;
  return pages<PlannedOrder>([...planningKeys.all, "orders", planId, filter], path, {
    limit: "50",
    ...filter,
  });
}

export function pegsQuery(planId: string, orderNumber: number, direction: "up" | "down") {
  const path = `/api/planning/plans/${planId}/orders/${orderNumber}/pegs?direction=${direction}`;
  return queryOptions({
    queryKey: [...planningKeys.all, "pegs", planId, orderNumber, direction],
    queryFn: ({ signal }) => getJson<{ rows: Peg[]; isComplete: boolean }>(path, signal),
  });
}

export function actionMessagesQuery(planId: string) {
  const path = `/api/planning/plans/${planId}/messages`;
  return pages<ActionMessage>([...planningKeys.all, "messages", planId], path, { limit: "50" });
}

export function ganttQuery(planId: string) {
  return queryOptions({
    queryKey: [...planningKeys.all, "gantt", planId],
    queryFn: ({ signal }) => getJson<Gantt>(`/api/planning/plans/${planId}/gantt`, signal),
  });
}

/** What was asked of purchasing and is not here yet. */
export const purchaseProposalsQuery = queryOptions({
  queryKey: [...planningKeys.all, "purchase-proposals"],
  queryFn: ({ signal }) =>
    getJson<{ rows: PurchaseProposal[] }>("/api/planning/purchase-proposals", signal),
});

/** What MRP plans an item with. */
export function itemPolicyQuery(itemId: string) {
  return queryOptions({
    queryKey: [...planningKeys.all, "policy", itemId],
    queryFn: ({ signal }) =>
      getJson<ItemPolicy>(`/api/planning/item-policies/${encodeURIComponent(itemId)}`, signal),
  });
}

export type DemandFilter = { search?: string; sort?: DemandSort };

export function demandsQuery(filter: DemandFilter) {
  return pages<Demand>([...planningKeys.demands, filter], "/api/planning/demands", {
    limit: "50",
    ...filter,
  });
}
