import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What there is to be allowed in engineering. */
export const engineeringObjectTypes = {
  item: { actions: ["read", "create", "change"], attributes: {} },
  bom: { actions: ["read", "draft", "approve", "replace"], attributes: {} },
  cost: { actions: ["read", "change", "roll_up"], attributes: {} },
  calendar: { actions: ["read", "change"], attributes: {} },
  engineering_change: {
    actions: ["read", "draft", "approve", "make_effective", "reject"],
    attributes: {},
  },
} as const satisfies Catalogue["objectTypes"];
