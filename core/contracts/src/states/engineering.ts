/** The words and tables of engineering without their schemas, like tables.ts (DOMAIN.md, Engineering). */

export const itemKinds = ["make", "buy", "phantom"] as const;
export type ItemKind = (typeof itemKinds)[number];

/** How production takes a component: what an actual issue may differ from the BOM (DOMAIN.md, backflush). */
export const consumptionRules = ["flexible", "warning", "strict"] as const;
export type ConsumptionRule = (typeof consumptionRules)[number];

/** `approved` waits for its date; exactly one revision of an item is effective on a day. */
export const bomStates = ["draft", "approved", "rejected"] as const;
export type BomState = (typeof bomStates)[number];

export const changeStates = ["draft", "approved", "effective", "rejected"] as const;
export type ChangeState = (typeof changeStates)[number];

/** Every allowed transition of an engineering change; what is not listed is refused. */
export const changeTransitions = {
  draft: ["approved", "rejected"],
  approved: ["effective", "rejected"],
  effective: [],
  rejected: [],
} as const satisfies Record<ChangeState, readonly ChangeState[]>;

/** What a person may ask of an engineering change, and what it then is. */
export const changeCommands = {
  approve: "approved",
  make_effective: "effective",
  reject: "rejected",
} as const satisfies Record<string, ChangeState>;
export const changeCommandNames = ["approve", "make_effective", "reject"] as const;
export type ChangeCommand = (typeof changeCommandNames)[number];
