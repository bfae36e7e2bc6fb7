import type { Tracking } from "@millwright/contracts/states";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Engineering } from "../engineering/index.ts";
import { type StockedItem, unknown } from "./domain/posting.ts";
import { fixItems, insertItems, loadItems, updateItem } from "./store/items.ts";

/**
 * Says how an item is kept in stock. Saying the same again changes nothing.
 * @throws Refusal item.unknown · item.serials_are_whole · item.has_moved
 */
export async function keepItem(
  tx: Transaction,
  engineering: Engineering,
  asked: { itemId: string; tracking: Tracking; uomDecimals: number },
): Promise<void> {
  if (asked.tracking === "serial" && asked.uomDecimals !== 0) {
    throw new Refusal(
      "item.serials_are_whole",
      "A serial names one piece: an item tracked by serial has no decimals.",
      { kind: "invalid" },
    );
  }
  const item = { ...(await readItem(tx, engineering, asked.itemId)), ...asked };
  await insertItems(tx, [item]);
  const kept = (await loadItems(tx, [asked.itemId])).get(asked.itemId);
  if (kept?.tracking === asked.tracking && kept.uomDecimals === asked.uomDecimals) return;
  if (await updateItem(tx, item)) return;
  throw new Refusal(
    "item.has_moved",
    `${item.number} has moved: how it is kept is fixed. Make a new item, and move the stock to it by adjustment.`,
    { current: kept?.tracking ?? "", asked: asked.tracking },
  );
}

/**
 * How these items are kept, which from now on is fixed; new ones begin to be kept as engineering says.
 * @throws Refusal item.unknown
 */
export async function itemsKept(
  tx: Transaction,
  engineering: Engineering,
  itemIds: ReadonlySet<string>,
): Promise<Map<string, StockedItem>> {
  const kept = await loadItems(tx, itemIds);
  const open = [...itemIds].filter((itemId) => kept.get(itemId)?.isFixed !== true);
  if (open.length === 0) return kept;
  const fresh: StockedItem[] = [];
  for (const itemId of open) {
    // Once in the life of an item: engineering's front door gives one at a time.
    if (!kept.has(itemId)) fresh.push(await readItem(tx, engineering, itemId));
  }
  await insertItems(tx, fresh);
  await fixItems(tx, open);
  return loadItems(tx, itemIds);
}

async function readItem(tx: Transaction, engineering: Engineering, itemId: string) {
  const item = await engineering.item(tx, itemId);
  if (item === null) throw unknown("item", itemId);
  const { number, uom, tracking, uomDecimals } = item;
  return { itemId, number, uom, tracking, uomDecimals };
}
