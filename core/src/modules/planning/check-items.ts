import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";

/** @throws Refusal item.unknown unless engineering has all of them */
export async function checkItems(tx: Transaction, itemIds: readonly string[]): Promise<void> {
  const { rows } = await sql<{ item_id: string }>`
    select a.item_id
      from unnest(${[...new Set(itemIds)]}::uuid[]) a (item_id)
     where not exists (select from engineering.v_item i where i.item_id = a.item_id)
     limit 1`.execute(tx.over());
  const [missing] = rows;
  if (missing === undefined) return;
  throw new Refusal("item.unknown", `There is no item ${missing.item_id}.`, { kind: "absent" });
}
