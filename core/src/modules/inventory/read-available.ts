import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

/** What can be taken now of each item over all bins, in its own unit; an item without any is absent. */
export async function readAvailable(
  tx: Transaction,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ item_id: string; available: string }>`
    select item_id, sum(available)::text as available
      from inventory.v_available
     where item_id = any (${[...itemIds]}::uuid[])
     group by item_id`.execute(tx.over());
  return new Map(rows.map((row) => [row.item_id, row.available]));
}
