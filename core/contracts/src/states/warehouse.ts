/** The words and tables of warehouse work without their schemas, like tables.ts (DOMAIN.md). */

export const transferStates = [
  "draft",
  "released",
  "in_transit",
  "partly_received",
  "received",
  "cancelled",
] as const;
export type TransferState = (typeof transferStates)[number];

/** Every allowed transition of a transfer; what is not listed is refused. */
export const transferTransitions = {
  draft: ["released", "cancelled"],
  released: ["in_transit", "cancelled"],
  in_transit: ["partly_received", "received"],
  partly_received: ["partly_received", "received"],
  received: [],
  cancelled: [],
} as const satisfies Record<TransferState, readonly TransferState[]>;

/** Commands that need no quantities; shipping and receiving have routes of their own. */
export const transferCommandNames = ["release", "cancel"] as const;
export type TransferCommand = (typeof transferCommandNames)[number];

export const countStates = ["open", "counted", "posted", "cancelled"] as const;
export type CountState = (typeof countStates)[number];

/** Every allowed transition of a cycle count; `open` again: somebody is to count a second time. */
export const countTransitions = {
  open: ["counted", "cancelled"],
  counted: ["posted", "open", "cancelled"],
  posted: [],
  cancelled: [],
} as const satisfies Record<CountState, readonly CountState[]>;

export const countCommandNames = ["post", "recount", "cancel"] as const;
export type CountCommand = (typeof countCommandNames)[number];
