/** The words and tables of stock without their schemas, like tables.ts (DOMAIN.md, Inventory). */

/** Places in the tree, from the top; stock lies in bins. */
export const placeKinds = ["site", "warehouse", "zone", "bin"] as const;
/** Where stock comes from and goes to; stock in transit is on a truck between two warehouses. */
export const virtualKinds = [
  "supplier",
  "customer",
  "production",
  "scrap",
  "adjustment",
  "in_transit",
] as const;
export const locationKinds = [...placeKinds, ...virtualKinds] as const;
export type LocationKind = (typeof locationKinds)[number];

/** `lot`: a number names many pieces · `serial`: a number names one piece. */
export const trackings = ["none", "lot", "serial"] as const;
export type Tracking = (typeof trackings)[number];

export const lotStatuses = ["quarantine", "released", "blocked"] as const;
export type LotStatus = (typeof lotStatuses)[number];

/** Every allowed transition of a lot; what is not listed is refused. */
export const lotTransitions = {
  quarantine: ["released"],
  released: ["blocked"],
  blocked: ["released"],
} as const satisfies Record<LotStatus, readonly LotStatus[]>;

/** What a person may ask of a lot, and what it then is. */
export const lotCommands = {
  release: "released",
  block: "blocked",
} as const satisfies Record<LotCommand, LotStatus>;
export const lotCommandNames = ["release", "block"] as const;
export type LotCommand = (typeof lotCommandNames)[number];

export const reservationStates = ["open", "picked", "consumed", "released"] as const;
export type ReservationState = (typeof reservationStates)[number];

/** Every allowed transition of a reservation; what is not listed is refused. */
export const reservationTransitions = {
  open: ["picked", "released"],
  picked: ["consumed", "released"],
  consumed: [],
  released: [],
} as const satisfies Record<ReservationState, readonly ReservationState[]>;
