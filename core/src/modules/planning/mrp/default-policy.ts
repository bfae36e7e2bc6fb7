import type { ItemPolicyInput } from "@millwright/contracts/api";
import { toQuantity } from "@millwright/contracts/units";

/**
 * What an item is planned with until somebody says better: a day to make, a working week to buy, just
 * what is needed. Wrong in detail, but a plan of the first day shows orders instead of an empty page.
 */
export function defaultItemPolicy(kind: string): ItemPolicyInput {
  return {
    leadDays: kind === "buy" ? 5 : kind === "make" ? 1 : 0,
    safetyLeadDays: 0,
    safetyStock: toQuantity(0),
    yieldPercent: "100",
    lotRule: { rule: "lot_for_lot" },
    planningFenceDays: null,
    demandFenceDays: null,
    sites: [],
  };
}
