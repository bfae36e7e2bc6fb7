import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { StockedItem } from "../domain/posting.ts";

type Kept = StockedItem & { isFixed: boolean };

/** Those of the ids that are kept in stock, by id. */
export async function loadItems(
  tx: Transaction,
  itemIds: Iterable<string>,
): Promise<Map<string, Kept>> {
  const { rows } = await sql<Kept>`
    select item_id as "itemId", number, uom, tracking, uom_decimals as "uomDecimals",
           is_fixed as "isFixed"
      from inventory.stocked_item
     where tenant_id = ${tx.tenantId}
       and item_id = any (${[...itemIds]}::uuid[])`.execute(tx.over());
  return new Map(rows.map((row) => [row.itemId, row]));
}

/** Keeps items that are not kept yet; one that is keeps its facts. */
export async function insertItems(tx: Transaction, items: readonly StockedItem[]): Promise<void> {
  await sql`
    insert into inventory.stocked_item (tenant_id, item_id, number, uom, tracking, uom_decimals)
    select ${tx.tenantId}, "itemId", number, uom, tracking, "uomDecimals"
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
        as (
          "itemId" uuid,
          number text,
          uom text,
          tracking text,
          "uomDecimals" smallint
        )
     order by "itemId"
    on conflict (tenant_id, item_id) do nothing`.execute(tx.over());
}

/** Changes how an item is kept. False when it has moved: then the books rely on it. */
export async function updateItem(tx: Transaction, item: StockedItem): Promise<boolean> {
  const { rows } = await sql`
    update inventory.stocked_item
       set tracking = ${item.tracking}, uom_decimals = ${item.uomDecimals}
     where tenant_id = ${tx.tenantId}
       and item_id = ${item.itemId}
       and not is_fixed
    returning item_id`.execute(tx.over());
  return rows.length === 1;
}

/**
 * Fixes how these items are kept, if that is still open. Waits for somebody who changes it meanwhile,
 * so load the items afterwards.
 */
export async function fixItems(tx: Transaction, itemIds: Iterable<string>): Promise<void> {
  await sql`
    with open_item as (
      select item_id
        from inventory.stocked_item
       where tenant_id = ${tx.tenantId}
         and item_id = any (${[...itemIds]}::uuid[])
         and not is_fixed
       order by item_id
         for no key update
    )
    update inventory.stocked_item i
       set is_fixed = true
      from open_item
     where i.tenant_id = ${tx.tenantId}
       and i.item_id = open_item.item_id`.execute(tx.over());
}
