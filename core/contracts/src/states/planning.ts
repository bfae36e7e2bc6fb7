export const planKinds = ["mrp", "schedule"] as const;
export type PlanKind = (typeof planKinds)[number];

export const planStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type PlanState = (typeof planStates)[number];

export const plannedOrderKinds = ["make", "buy", "phantom", "transfer"] as const;

/** How a site gets an item that is planned there by itself. */
/** How needs are put together into orders (DOMAIN.md). */
export const lotRules = [
  "lot_for_lot",
  "fixed",
  "min_max_multiple",
  "period_order_quantity",
  "economic_order_quantity",
  "wagner_whitin",
] as const;
export type LotRuleName = (typeof lotRules)[number];

export const siteSupplies = ["make", "buy", "transfer"] as const;
export const plannedOrderStates = ["proposed", "firmed", "released"] as const;
export type PlannedOrderState = (typeof plannedOrderStates)[number];
export const plannedOrderCommands = ["firm", "release"] as const;

export const purchaseProposalStates = ["firmed", "released", "closed"] as const;

export const demandKinds = ["sales_order", "forecast"] as const;

export const planningActions = [
  "release",
  "expedite",
  "defer",
  "increase",
  "decrease",
  "cancel",
  "past_due",
  "substitute",
] as const;
export type PlanningAction = (typeof planningActions)[number];

export const latenessKinds = [
  "capacity",
  "setup",
  "resource",
  "material",
  "calendar",
  "fence",
  "work",
] as const;
