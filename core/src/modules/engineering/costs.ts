import { fractionOf } from "./domain/fraction.ts";
import { type OwnCosts, costScale, rollUp } from "./domain/roll-up.ts";
import { buildStructure } from "./domain/structure.ts";
import type { TreeLine } from "./domain/bom-tree.ts";
import type { StructureItem } from "./structure-queries.ts";

/** Cost per unit × `costScale` of each item of a structure; null: a price is missing somewhere below. */
export function costsOf(
  lines: readonly TreeLine[],
  items: readonly StructureItem[],
): ReadonlyMap<string, bigint | null> {
  const structure = buildStructure(
    lines.map(({ productId, itemId, per }) => ({ product: productId, component: itemId, per })),
    items.map(({ itemId }) => itemId),
  );
  const byId = new Map(items.map((item) => [item.itemId, item]));
  const listed = structure.items.map((itemId) => byId.get(itemId));
  const own: OwnCosts = {
    price: listed.map((item) =>
      item?.purchasePrice == null ? null : scaledCost(item.purchasePrice),
    ),
    work: listed.map((item) => scaledCost(item?.workCost ?? "0")),
    byProductShare: listed.map((item) => scaledShare(item?.byProductShare ?? "0")),
  };
  const cost = rollUp(structure, own);
  return new Map(structure.items.map((itemId, index) => [itemId, cost[index] ?? null]));
}

/** Items at the bottom whose missing price keeps the cost of something above from being known. */
export function unpricedOf(
  lines: readonly TreeLine[],
  items: readonly StructureItem[],
  costs: ReadonlyMap<string, bigint | null>,
): StructureItem[] {
  const products = new Set(lines.map(({ productId }) => productId));
  return items.filter(
    ({ itemId }) => !products.has(itemId) && (costs.get(itemId) ?? null) === null,
  );
}

function scaledCost(text: string): bigint {
  const { over, under } = fractionOf(text);
  return (over * costScale) / under;
}

/** Percent → 10^-4 percent, as `rollUp` counts. */
function scaledShare(percent: string): bigint {
  const { over, under } = fractionOf(percent);
  return (over * 10_000n) / under;
}
