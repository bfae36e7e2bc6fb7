import { type Fraction, roundHalfUp } from "./fraction.ts";
import type { Structure } from "./structure.ts";

/**
 * Quantities inside a calculation: whole numbers of 10^-12, so that a third of a third still has nine
 * digits after the point when it comes out.
 */
export const quantityScale = 10n ** 12n;

/**
 * What a quantity of one item takes of every item below it, over all levels and ways, in each item's
 * own unit × `quantityScale`; index as in `structure.items`, 0 where nothing is taken. Rounded half up
 * once per item and line.
 */
export function explode(structure: Structure, root: string, quantity: Fraction): bigint[] {
  const needed = structure.items.map(() => 0n);
  const top = structure.indexOf.get(root);
  if (top === undefined) return needed;
  needed[top] = roundHalfUp(quantity.over * quantityScale, quantity.under);
  const { first, component, over, under } = structure;
  for (const item of structure.sequence) {
    const of = needed[item] ?? 0n;
    if (of === 0n) continue;
    for (let line = first[item] ?? 0; line < (first[item + 1] ?? 0); line += 1) {
      const below = component[line] ?? 0;
      const taken = roundHalfUp(of * (over[line] ?? 0n), under[line] ?? 1n);
      needed[below] = (needed[below] ?? 0n) + taken;
    }
  }
  return needed;
}
