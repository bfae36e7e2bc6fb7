import { assertNever } from "@millwright/contracts/units";

import type { LotRule } from "./lot-sizing.ts";

/** Lot rules as columns, so that no point asks for an object: each rule has at most three numbers. */
export type LotRuleColumns = {
  /** Row of `ruleNames`. */
  readonly name: Uint8Array;
  /** Numbers of rule r: `value[3r]` to `value[3r + 2]`, in the order in which the rule states them. */
  readonly value: Float64Array;
};

const ruleNames = [
  "lot_for_lot",
  "fixed",
  "min_max_multiple",
  "period_order_quantity",
  "economic_order_quantity",
  "wagner_whitin",
] as const satisfies readonly LotRule["rule"][];

export function lotRuleColumns(rules: readonly LotRule[]): LotRuleColumns {
  const name = new Uint8Array(rules.length);
  const value = new Float64Array(3 * rules.length);
  for (const [row, rule] of rules.entries()) {
    name[row] = ruleNames.indexOf(rule.rule);
    const [first = 0, second = 0, third = 0] = numbersOf(rule);
    value[3 * row] = first;
    value[3 * row + 1] = second;
    value[3 * row + 2] = third;
  }
  return { name, value };
}

/** Row of `ruleNames`. */
export const lotForLotName = ruleNames.indexOf("lot_for_lot");

/** The rule of this row of `ruleNames` with these numbers. */
export function lotRuleOf(
  name: number,
  [first, second, third]: readonly [number, number, number],
): LotRule {
  const rule = ruleNames[name] ?? "lot_for_lot";
  switch (rule) {
    case "lot_for_lot":
      return { rule };
    case "fixed":
    case "economic_order_quantity":
      return { rule, quantity: first };
    case "period_order_quantity":
      return { rule, days: first };
    case "wagner_whitin":
      return { rule, partPeriods: first };
    case "min_max_multiple":
      return {
        rule,
        minimum: first,
        maximum: second,
        multiple: third,
      };
    default:
      return assertNever(rule);
  }
}

function numbersOf(rule: LotRule): number[] {
  switch (rule.rule) {
    case "lot_for_lot":
      return [];
    case "fixed":
    case "economic_order_quantity":
      return [rule.quantity];
    case "period_order_quantity":
      return [rule.days];
    case "wagner_whitin":
      return [rule.partPeriods];
    case "min_max_multiple":
      return [rule.minimum, rule.maximum, rule.multiple];
    default:
      return assertNever(rule);
  }
}
