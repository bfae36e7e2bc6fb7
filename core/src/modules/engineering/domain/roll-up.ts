import { roundHalfUp } from "./fraction.ts";
import type { Structure } from "./structure.ts";

/** Money per unit inside a roll-up: whole numbers of 10^-6 of the company's currency. */
export const costScale = 10n ** 6n;
/** Decimals of a standard cost. */
export const costDecimals = 6;

/** What an item costs by itself; index as in `structure.items`. */
export type OwnCosts = {
  /** Bought items: the price per unit; null: unknown. Ignored for an item that has components. */
  readonly price: readonly (bigint | null)[];
  /** Work of its own routing per unit, × `costScale`. */
  readonly work: readonly bigint[];
  /** Share of the whole that by-products bear, in 10^-4 percent (10^6 = all); below 10^6. */
  readonly byProductShare: readonly bigint[];
};

/**
 * Cost per unit of every item, × `costScale`, from the bottom up: components × quantity, plus work,
 * less what by-products bear. Null where a price is missing anywhere below. Each item's cost is rounded
 * half up once; the products of its lines are summed at 10^-12.
 * @source the standard cost roll-up of APICS: material by low-level code, then conversion cost
 */
export function rollUp(structure: Structure, own: OwnCosts): (bigint | null)[] {
  const cost: (bigint | null)[] = structure.items.map(() => null);
  for (let place = structure.sequence.length - 1; place >= 0; place -= 1) {
    const item = structure.sequence[place] ?? 0;
    cost[item] = costOf(structure, own, cost, item);
  }
  return cost;
}

function costOf(
  { first, component, over, under }: Structure,
  own: OwnCosts,
  cost: readonly (bigint | null)[],
  item: number,
): bigint | null {
  const [from, to] = [first[item] ?? 0, first[item + 1] ?? 0];
  const work = own.work[item] ?? 0n;
  if (from === to) {
    const price = own.price[item] ?? null;
    if (price !== null) return price + work;
    return work > 0n ? work : null;
  }
  let material = 0n;
  for (let line = from; line < to; line += 1) {
    const each = cost[component[line] ?? 0] ?? null;
    if (each === null) return null;
    material += (each * (over[line] ?? 0n) * finer) / (under[line] ?? 1n);
  }
  const whole = material + work * finer;
  const borne = wholeShare - (own.byProductShare[item] ?? 0n);
  return roundHalfUp(whole * borne, wholeShare * finer);
}

// Sums of lines carry six digits more than a cost: 5,000 cut lines are then still below half a digit.
const finer = 10n ** 6n;
const wholeShare = 10n ** 6n;
