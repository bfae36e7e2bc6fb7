import { standardConversions, standardUoms } from "@millwright/contracts/units";

import { dividedBy, type Fraction, fractionOf, one, times } from "./fraction.ts";

/** One `from` is exactly numerator ÷ denominator of `to`. */
export type Conversion = {
  /** Null: for every item. */
  readonly itemId: string | null;
  readonly from: string;
  readonly to: string;
  readonly numerator: string;
  readonly denominator: string;
};

/** Units a company knows beside the standard ones. */
export type Uom = { readonly uom: string; readonly name: string; readonly decimals: number };

/**
 * How much of `to` one `from` is, for this item: the shortest chain of conversions, in either
 * direction, its own before those for every item. Null when no chain leads there.
 */
export function conversionFactor(
  conversions: readonly Conversion[],
  asked: { itemId: string | null; from: string; to: string },
): Fraction | null {
  if (asked.from === asked.to) return one;
  const steps = stepsFrom(conversions, asked.itemId);
  const factors = new Map<string, Fraction>([[asked.from, one]]);
  // A map grows while it is walked, which makes this a breadth-first search.
  for (const [uom, factor] of factors) {
    for (const step of steps.get(uom) ?? []) {
      if (factors.has(step.to)) continue;
      const reached = times(factor, step.factor);
      if (step.to === asked.to) return reached;
      factors.set(step.to, reached);
    }
  }
  return null;
}

/** The unit as this company knows it, or null. */
export function findUom(uoms: readonly Uom[], name: string): Uom | null {
  return (
    standardUoms.find(({ uom }) => uom === name) ?? uoms.find(({ uom }) => uom === name) ?? null
  );
}

/** Digits after the point that a quantity in this unit may have; of an unknown unit, the finest. */
export function decimalsOf(uoms: readonly Uom[], name: string): number {
  return findUom(uoms, name)?.decimals ?? finestDecimals;
}
const finestDecimals = 6;

type Step = { readonly to: string; readonly factor: Fraction };

function stepsFrom(
  conversions: readonly Conversion[],
  itemId: string | null,
): ReadonlyMap<string, Step[]> {
  const steps = new Map<string, Step[]>();
  const add = (from: string, step: Step) => steps.set(from, [...(steps.get(from) ?? []), step]);
  const own = conversions.filter((conversion) => conversion.itemId === itemId && itemId !== null);
  const general = conversions.filter((conversion) => conversion.itemId === null);
  for (const { from, to, numerator, denominator } of [...own, ...general, ...standardConversions]) {
    const factor = dividedBy(fractionOf(numerator), fractionOf(denominator));
    add(from, { to, factor });
    add(to, { to: from, factor: dividedBy(one, factor) });
  }
  return steps;
}
