import type { Item } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** Inserts items and their operations as sets. Answers the ids that are new: other numbers were in use. */
export async function insertManyItems(
  tx: Transaction,
  items: readonly Item[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ item_id: string }>`
    insert into engineering.item
      (item_id, tenant_id, number, name, kind, uom, description, revision, tracking, purchase_price,
       cost_lot_size)
    select "itemId", ${tx.tenantId}, number, name, kind, uom, description, revision, tracking,
           "purchasePrice", "costLotSize"
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
        as (number text, name text, kind text, uom text, description text, revision text,
            tracking text, "itemId" uuid, "purchasePrice" numeric, "costLotSize" numeric)
    on conflict (tenant_id, number) do nothing
    returning item_id`.execute(tx.over());
  const added = new Set(rows.map((row) => row.item_id));
  const operations = items
    .filter(({ itemId }) => added.has(itemId))
    .flatMap((item) => item.operations.map((operation) => ({ ...operation, itemId: item.itemId })));
  await sql`
    insert into engineering.routing_operation
      (item_id, tenant_id, step, name, work_center_id, run_ms_per_unit, setup_ms, transfer_quantity)
    select "itemId", ${tx.tenantId}, step, name, "workCenterId", "runMsPerUnit", "setupMs",
           "transferQuantity"
      from jsonb_to_recordset(${JSON.stringify(operations)}::jsonb)
        as (step integer, name text, "itemId" uuid, "workCenterId" uuid,
            "runMsPerUnit" double precision, "setupMs" double precision,
            "transferQuantity" numeric)`.execute(tx.over());
  return added;
}
