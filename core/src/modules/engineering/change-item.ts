import type { Item, StoredItem } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import { changedMeanwhile } from "../../platform/http/if-match.ts";
import type { Equipment } from "../equipment/index.ts";
import { checkItem } from "./check-item.ts";
import { readItem } from "./queries.ts";
import { deleteRouting, insertRouting, updateItem } from "./store/items.ts";

/**
 * Replaces an item and its routing; orders that exist keep what they were drafted with. `version` is
 * the one the caller read.
 * @throws Refusal item.unknown · item.number_taken · item.uom_in_use · item.has_bom ·
 *   record.changed_meanwhile and what `checkItem` refuses
 */
export async function changeItem(
  tx: Transaction,
  equipment: Equipment,
  asked: { item: Item; version: number },
  by: Actor,
): Promise<StoredItem> {
  const { item, version } = asked;
  const before = await readItem(tx, item.itemId);
  if (before === null) {
    throw new Refusal("item.unknown", `There is no item ${item.itemId}.`, { kind: "absent" });
  }
  await checkItem(tx, equipment, item);
  await refuseUnderBoms(tx, before, item);
  const outcome = await updateItem(tx, item, version);
  if (outcome === "moved_on") throw changedMeanwhile(before.version, version);
  if (outcome === "taken") {
    throw new Refusal("item.number_taken", `Item number ${item.number} is in use.`);
  }
  await deleteRouting(tx, item.itemId);
  await insertRouting(tx, item);
  const after = await readItem(tx, item.itemId);
  invariant(after !== null, "a saved item can be read");
  recordChange(tx, {
    objectType: "item",
    objectId: item.itemId,
    label: after.number,
    before,
    after,
    by,
  });
  return after;
}

/** Quantities of BOMs were converted to the unit the item had, and a bought item has no BOM. */
async function refuseUnderBoms(tx: Transaction, before: StoredItem, after: Item): Promise<void> {
  if (before.uom === after.uom && (before.kind === after.kind || after.kind !== "buy")) return;
  const { rows } = await sql<{ is_part: boolean; is_product: boolean }>`
    select exists (select from engineering.bom_line where item_id = ${after.itemId})
           or exists (select from engineering.bom_alternate where item_id = ${after.itemId})
           or exists (select from engineering.bom_by_product where item_id = ${after.itemId}) as is_part,
           exists (select from engineering.bom where item_id = ${after.itemId}) as is_product`.execute(
    tx.over(),
  );
  const [use] = rows;
  if (before.uom !== after.uom && (use?.is_part === true || use?.is_product === true)) {
    throw new Refusal(
      "item.uom_in_use",
      `${before.number} is in BOMs by ${before.uom}: make a new item in ${after.uom} and replace it there.`,
      { current: before.uom, asked: after.uom },
    );
  }
  if (after.kind === "buy" && use?.is_product === true) {
    throw new Refusal("item.has_bom", `${before.number} has BOMs: a bought item has none.`, {
      current: before.kind,
      asked: after.kind,
    });
  }
}
