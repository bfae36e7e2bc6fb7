export const planKinds = ["mrp", "schedule"] as const;
export type PlanKind = (typeof planKinds)[number];

export const planStates = ["queued", "running", "done", "failed", "cancelled"] as const;
export type PlanState = (typeof planStates)[number];

/** Regenerative MRP plans everything anew; a net change only what changes since the last run touch. */
export const planModes = ["regenerative", "net_change"] as const;
export type PlanMode = (typeof planModes)[number];

/** Why a run that was asked for as net change planned everything anew: exact comes before fast. */
export const netChangeFallbacks = [
  /** The plan was made before net change could be kept up. */
  "no_basis",
  /** The plan begins on another day, so every date of it counts anew. */
  "new_day",
  /** Of the site: days begin at another hour. */
  "time_zone",
  /** Of an item's unit: all quantities are kept with more or fewer decimals. */
  "decimals",
  /** Stock of an alternate is dealt out among all who may take it. */
  "alternates",
  /** An item is part of itself: the whole structure decides which lines are left out. */
  "cycle",
  /** The input is wrong somewhere near, and the report of it covers the whole plan. */
  "findings",
  /** Planning everything anew takes less. */
  "too_many_items",
  /** Others changed the plan each time it was about to be stored. */
  "moved_on",
] as const;
export type NetChangeFallback = (typeof netChangeFallbacks)[number];

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
