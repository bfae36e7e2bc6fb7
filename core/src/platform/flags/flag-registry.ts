/**
 * Every flag of the code, off unless a tenant turns it on. One goes when what it hides is for
 * everybody; until then its name is stored, so it does not change.
 */
export const flags = {
  "plant.late_orders": {
    description: "The plant page names the work orders that are late",
  },
} as const satisfies Record<string, { description: string }>;

export type FlagName = keyof typeof flags;
export const flagNames = Object.keys(flags) as FlagName[];
