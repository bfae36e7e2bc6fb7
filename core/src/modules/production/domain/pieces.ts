import type { CountRole } from "@millwright/contracts/states";
import { assertNever, Decimal } from "@millwright/contracts/units";

import type { Pieces } from "./work-order.ts";

/**
 * What a counter's travel says about pieces, given which counters the machine had at that time.
 * good = count.good, else total - scrap, else total (DOMAIN.md). Linear, so the sum does not depend on
 * the order in which counters are read: with total and scrap, a scrap count takes a good piece back.
 */
export function piecesOf(role: CountRole, delta: Decimal, bound: ReadonlySet<CountRole>): Pieces {
  const zero = new Decimal(0);
  const isGoodCounted = bound.has("count.good");
  switch (role) {
    case "count.good":
      return { good: delta, scrap: zero };
    case "count.scrap":
      return {
        good: !isGoodCounted && bound.has("count.total") ? delta.negated() : zero,
        scrap: delta,
      };
    case "count.total":
      return { good: isGoodCounted ? zero : delta, scrap: zero };
    default:
      return assertNever(role);
  }
}

export function add(a: Pieces, b: Pieces): Pieces {
  return { good: a.good.plus(b.good), scrap: a.scrap.plus(b.scrap) };
}

export const noPieces: Pieces = { good: new Decimal(0), scrap: new Decimal(0) };

export function isNone({ good, scrap }: Pieces): boolean {
  return good.isZero() && scrap.isZero();
}
