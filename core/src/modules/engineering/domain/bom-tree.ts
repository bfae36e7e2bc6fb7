import type { Quantity } from "@millwright/contracts/units";

import { type Fraction, times, toExactQuantity } from "./fraction.ts";

/** A component of a product on the asked day. */
export type TreeLine = {
  readonly productId: string;
  readonly itemId: string;
  readonly position: number;
  readonly per: Fraction;
  readonly hasAlternates: boolean;
};

export type TreeNode = {
  readonly level: number;
  readonly position: number;
  readonly itemId: string;
  readonly per: Fraction;
  /** For the whole quantity that was asked. */
  readonly quantity: Fraction;
  readonly hasAlternates: boolean;
};

/**
 * The tree of a product, depth first, children by position: as a person reads it. A component that is
 * used in many places stands there many times, so the number of rows is bounded.
 */
export function layOutTree(
  lines: readonly TreeLine[],
  asked: { root: string; quantity: Fraction; levels: number; rowsMax: number },
): { nodes: TreeNode[]; isCut: boolean } {
  const below = Map.groupBy(lines, ({ productId }) => productId);
  const nodes: TreeNode[] = [];
  const stack: TreeNode[] = [
    {
      level: 0,
      position: 0,
      itemId: asked.root,
      per: { over: 1n, under: 1n },
      quantity: asked.quantity,
      hasAlternates: false,
    },
  ];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (nodes.length === asked.rowsMax) return { nodes, isCut: true };
    nodes.push(node);
    if (node.level === asked.levels) continue;
    const { level, quantity } = node;
    const children = (below.get(node.itemId) ?? [])
      .toSorted((a, b) => b.position - a.position)
      .map((line) => ({
        level: level + 1,
        position: line.position,
        itemId: line.itemId,
        per: line.per,
        quantity: times(quantity, line.per),
        hasAlternates: line.hasAlternates,
      }));
    stack.push(...children);
  }
  return { nodes, isCut: false };
}

/** As it is shown: to the unit's precision, and never a need that rounds to nothing. */
export function shownQuantity(quantity: Fraction, decimals: number): Quantity {
  const shown = toExactQuantity(quantity, decimals);
  return shown === "0" && quantity.over > 0n ? toExactQuantity(quantity, finestDecimals) : shown;
}
const finestDecimals = 6;
