import type { Item } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** False when the number is in use. */
export async function insertItem(tx: Transaction, item: Item): Promise<boolean> {
  const { rows } = await sql`
    insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
    values (${item.itemId}, ${tx.tenantId}, ${item.number}, ${item.name}, ${item.kind}, ${item.uom})
    on conflict (tenant_id, number) do nothing
    returning item_id`.execute(tx.over());
  return rows.length === 1;
}

export async function insertRouting(tx: Transaction, item: Item): Promise<void> {
  await sql`
    insert into engineering.routing_operation
      (item_id, tenant_id, step, name, work_center_id, run_ms_per_unit, setup_ms)
    select ${item.itemId}, ${tx.tenantId}, step, name, "workCenterId", "runMsPerUnit", "setupMs"
      from jsonb_to_recordset(${JSON.stringify(item.operations)}::jsonb)
        as (step integer, name text, "workCenterId" uuid, "runMsPerUnit" double precision,
            "setupMs" double precision)`.execute(tx.over());
}
