export const planKinds = ["mrp", "schedule"] as const;
export type PlanKind = (typeof planKinds)[number];

export const planStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type PlanState = (typeof planStates)[number];

export const plannedOrderKinds = ["make", "buy", "phantom", "transfer"] as const;

/** How a site gets an item that is planned there by itself. */
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
