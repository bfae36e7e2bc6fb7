import { quantityScale } from "./explode.ts";
import { roundHalfUp } from "./fraction.ts";
import type { Structure } from "./structure.ts";

/** A product that needs an item: how much for one of it, over all ways × `quantityScale`. */
export type Use = { readonly item: string; readonly level: number; readonly per: bigint };

/**
 * Everything that needs an item, with the shortest number of levels between them, nearest first. The
 * structure must hold every line on the way.
 */
export function usesOf(structure: Structure, item: string): Use[] {
  const asked = structure.indexOf.get(item);
  if (asked === undefined) return [];
  const per = structure.items.map(() => 0n);
  const level = structure.items.map(() => Number.POSITIVE_INFINITY);
  per[asked] = quantityScale;
  level[asked] = 0;
  const { first, component, over, under, sequence, items } = structure;
  for (let place = sequence.length - 1; place >= 0; place -= 1) {
    const product = sequence[place] ?? 0;
    for (let line = first[product] ?? 0; line < (first[product + 1] ?? 0); line += 1) {
      const below = component[line] ?? 0;
      const needed = per[below] ?? 0n;
      if (needed === 0n) continue;
      per[product] =
        (per[product] ?? 0n) + roundHalfUp(needed * (over[line] ?? 0n), under[line] ?? 1n);
      level[product] = Math.min(level[product] ?? 0, (level[below] ?? 0) + 1);
    }
  }
  return items
    .map((name, index) => ({ item: name, level: level[index] ?? 0, per: per[index] ?? 0n }))
    .filter((use) => use.item !== item && use.per > 0n)
    .toSorted((a, b) => a.level - b.level);
}
