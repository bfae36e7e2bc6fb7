import type { Item, StoredItem } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import type { Equipment } from "../equipment/index.ts";
import { checkItem } from "./check-item.ts";
import { readItem } from "./queries.ts";
import { insertItem, insertRouting } from "./store/items.ts";

/**
 * Makes an item with its routing.
 * @throws Refusal item.number_taken and what `checkItem` refuses
 */
export async function createItem(
  tx: Transaction,
  equipment: Equipment,
  item: Item,
): Promise<StoredItem> {
  await checkItem(tx, equipment, item);
  if (!(await insertItem(tx, item))) {
    throw new Refusal("item.number_taken", `Item number ${item.number} is in use.`);
  }
  await insertRouting(tx, item);
  const created = await readItem(tx, item.itemId);
  invariant(created !== null, "an inserted item can be read");
  return created;
}
