import type { Item } from "@millwright/contracts/api";
import { type RawBuilder, sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

/** The item with its routing by step, or null. */
export async function readItem(tx: Transaction, itemId: string): Promise<Item | null> {
  const [item] = await readItems(tx, sql`i.item_id = ${itemId}`, 1);
  return item ?? null;
}

/** Items by number after `after`; `search` looks in number and name. One more than `limit` if there are. */
export async function readItemPage(
  tx: Transaction,
  options: { after: string | null; search: string | undefined; limit: number },
): Promise<Item[]> {
  const where = sql`
    i.number > ${options.after ?? ""}
    and (${options.search ?? null}::text is null
         or position(lower(${options.search ?? ""}) in lower(i.number || ' ' || i.name)) > 0)`;
  return readItems(tx, where, options.limit + 1);
}

async function readItems(
  tx: Transaction,
  where: RawBuilder<unknown>,
  limit: number,
): Promise<Item[]> {
  const { rows } = await sql<Item>`
    select i.item_id as "itemId", i.number, i.name, i.kind, i.uom,
           coalesce(
             (select jsonb_agg(
                       jsonb_build_object('step', o.step, 'name', o.name, 'workCenterId', o.work_center_id,
                                          'runMsPerUnit', o.run_ms_per_unit, 'setupMs', o.setup_ms)
                       order by o.step)
                from engineering.routing_operation o
               where o.item_id = i.item_id),
             '[]') as operations
      from engineering.item i
     where ${where}
     order by i.number
     limit ${limit}`.execute(tx.over());
  return rows;
}
