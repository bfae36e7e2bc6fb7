import type { BomTreeRow } from "@millwright/contracts/api";
import { toQuantity } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import { costsOf, unpricedOf } from "./costs.ts";
import { layOutTree, shownQuantity, type TreeNode } from "./domain/bom-tree.ts";
import { fractionOf, times, toPrice } from "./domain/fraction.ts";
import { costDecimals, costScale } from "./domain/roll-up.ts";
import { decimalsOf } from "./domain/uom.ts";
import { usesOf } from "./domain/where-used.ts";
import { buildStructure } from "./domain/structure.ts";
import { quantityScale } from "./domain/explode.ts";
import { readUoms } from "./store/uoms.ts";
import {
  readLinesAbove,
  readLinesBelow,
  readStructureItems,
  type StructureItem,
} from "./structure-queries.ts";

/** Free stock of items in their own unit, over all places; absent: none. Inventory answers it. */
export type ReadAvailable = (
  tx: Transaction,
  itemIds: readonly string[],
) => Promise<ReadonlyMap<string, string>>;

export type AskedTree = {
  itemId: string;
  day: string;
  quantity: string;
  bomId: string | null;
  levels: number;
};

/**
 * The structure of an item on a day with quantities, costs and free stock, depth first.
 * @throws Refusal item.unknown
 */
export async function readBomTree(tx: Transaction, available: ReadAvailable, asked: AskedTree) {
  const lines = await readLinesBelow(tx, asked);
  const itemIds = [...new Set([asked.itemId, ...lines.map(({ itemId }) => itemId)])];
  const items = await readStructureItems(tx, { itemIds, day: asked.day });
  const byId = new Map(items.map((item) => [item.itemId, item]));
  if (!byId.has(asked.itemId)) throw unknownItem(asked.itemId);
  const costs = costsOf(lines, items);
  const stock = new Map(
    [...(await available(tx, itemIds))].map(([itemId, quantity]) => [itemId, toQuantity(quantity)]),
  );
  const uoms = await readUoms(tx);
  const { nodes, isCut } = layOutTree(lines, {
    root: asked.itemId,
    quantity: fractionOf(asked.quantity),
    levels: asked.levels,
    rowsMax: treeRowsMax,
  });
  const show = (node: TreeNode): BomTreeRow => {
    const item = byId.get(node.itemId);
    invariant(item !== undefined, "every line names an item of the tenant");
    const decimals = decimalsOf(uoms, item.uom);
    return {
      ...shownItem(item),
      level: node.level,
      position: node.position,
      bomId: node.level === 0 && asked.bomId !== null ? asked.bomId : item.bomId,
      quantityPer: shownQuantity(node.per, finestDecimals),
      quantity: shownQuantity(node.quantity, decimals),
      ...shownCost(costs.get(node.itemId) ?? null, node),
      available: stock.get(node.itemId) ?? none,
      hasAlternates: node.hasAlternates,
    };
  };
  const unpriced = unpricedOf(lines, items, costs).map(nameOf);
  return { rows: nodes.map(show), isCut, unpriced };
}

/** Products that need an item, nearest first. @throws Refusal item.unknown */
export async function readWhereUsed(
  tx: Transaction,
  asked: { itemId: string; day: string; isDeep: boolean },
) {
  const lines = await readLinesAbove(tx, asked);
  const structure = buildStructure(
    lines.map(({ productId, itemId, per }) => ({ product: productId, component: itemId, per })),
    [asked.itemId],
  );
  const uses = usesOf(structure, asked.itemId).slice(0, treeRowsMax + 1);
  const itemIds = [asked.itemId, ...uses.map(({ item }) => item)];
  const items = await readStructureItems(tx, { itemIds, day: asked.day });
  const byId = new Map(items.map((item) => [item.itemId, item]));
  if (!byId.has(asked.itemId)) throw unknownItem(asked.itemId);
  const rows = uses.slice(0, treeRowsMax).flatMap(({ item: itemId, level, per }) => {
    const item = byId.get(itemId);
    if (item?.bomId == null || item.revision === null) return [];
    const quantity = shownQuantity({ over: per, under: quantityScale }, finestDecimals);
    return [
      {
        level,
        ...nameOf(item),
        itemName: item.name,
        bomId: item.bomId,
        revision: item.revision,
        quantityPer: quantity,
      },
    ];
  });
  return { rows, isCut: uses.length > treeRowsMax };
}

// Ten thousand rows are 3 MB of JSON; nobody reads more, and a deep structure may have millions.
const treeRowsMax = 10_000;
const finestDecimals = 6;
const none = toQuantity(0);

function shownItem(item: StructureItem) {
  const { itemId, number, name, kind, uom, revision } = item;
  return { itemId, itemNumber: number, itemName: name, itemKind: kind, uom, revision };
}

function nameOf({ itemId, number }: StructureItem) {
  return { itemId, itemNumber: number };
}

function shownCost(cost: bigint | null, { quantity }: TreeNode) {
  if (cost === null) return { unitCost: null, cost: null };
  const each = { over: cost, under: costScale };
  return {
    unitCost: toPrice(each, costDecimals),
    cost: toPrice(times(each, quantity), costDecimals),
  };
}

function unknownItem(itemId: string): Refusal {
  return new Refusal("item.unknown", `There is no item ${itemId}.`, { kind: "absent" });
}
