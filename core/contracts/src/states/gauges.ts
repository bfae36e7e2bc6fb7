/** The words and tables of gauges and what they propose, without their schemas, like tables.ts. */

/** Roles of a binding that say how much lies in a place. */
export const gaugeRoles = ["level", "weight"] as const;
export type GaugeRole = (typeof gaugeRoles)[number];

/** `adjustment` corrects the books to what was measured; `refill` asks for goods. */
export const proposalKinds = ["adjustment", "refill"] as const;
export type ProposalKind = (typeof proposalKinds)[number];

/** `lapsed`: nobody decided, and what was measured no longer asks for it. */
export const proposalStates = ["proposed", "confirmed", "rejected", "lapsed"] as const;
export type ProposalState = (typeof proposalStates)[number];

/** Every allowed transition of a stock proposal; what is not listed is refused. */
export const proposalTransitions = {
  proposed: ["confirmed", "rejected", "lapsed"],
  confirmed: [],
  rejected: [],
  lapsed: [],
} as const satisfies Record<ProposalState, readonly ProposalState[]>;

/** Why a gauge measures nothing now; `measured` when it does. */
export const gaugeFindings = [
  "measured",
  "no_data",
  "not_good",
  "several_metrics",
  "below_zero",
  "older_than_moves",
] as const;
export type GaugeFinding = (typeof gaugeFindings)[number];
