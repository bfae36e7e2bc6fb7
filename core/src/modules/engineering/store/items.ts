import type { Item } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** False when the number is in use. */
export async function insertItem(tx: Transaction, item: Item): Promise<boolean> {
  const { rows } = await sql`
    insert into engineering.item
      (item_id, tenant_id, number, name, kind, uom, description, revision, tracking, purchase_price,
       cost_lot_size)
    values (${item.itemId}, ${tx.tenantId}, ${item.number}, ${item.name}, ${item.kind}, ${item.uom},
            ${item.description}, ${item.revision}, ${item.tracking}, ${item.purchasePrice},
            ${item.costLotSize})
    on conflict (tenant_id, number) do nothing
    returning item_id`.execute(tx.over());
  return rows.length === 1;
}

/** `taken`: another item has the number · `moved_on`: the item is not at `version` any more. */
export async function updateItem(
  tx: Transaction,
  item: Item,
  version: number,
): Promise<"saved" | "taken" | "moved_on"> {
  const { rows } = await sql<{ is_taken: boolean }>`
    select exists (select from engineering.item
                    where number = ${item.number} and item_id <> ${item.itemId}) as is_taken`.execute(
    tx.over(),
  );
  if (rows[0]?.is_taken === true) return "taken";
  const { numAffectedRows } = await sql`
    update engineering.item
       set number = ${item.number}, name = ${item.name}, kind = ${item.kind}, uom = ${item.uom},
           description = ${item.description}, revision = ${item.revision}, tracking = ${item.tracking},
           purchase_price = ${item.purchasePrice}, cost_lot_size = ${item.costLotSize}, version = version + 1
     where item_id = ${item.itemId}
       and version = ${version}`.execute(tx.over());
  return numAffectedRows === 1n ? "saved" : "moved_on";
}

export async function insertRouting(tx: Transaction, item: Item): Promise<void> {
  const operations = JSON.stringify(item.operations);
  await sql`
    insert into engineering.routing_operation
      (item_id, tenant_id, step, name, work_center_id, run_ms_per_unit, setup_ms, transfer_quantity,
       setup_family_id)
    select ${item.itemId}, ${tx.tenantId}, step, name, "workCenterId", "runMsPerUnit", "setupMs",
           "transferQuantity", "setupFamilyId"
      from jsonb_to_recordset(${operations}::jsonb)
        as (step integer, name text, "workCenterId" uuid, "runMsPerUnit" double precision,
            "setupMs" double precision, "transferQuantity" numeric, "setupFamilyId" uuid)`.execute(
    tx.over(),
  );
  await sql`
    insert into engineering.routing_alternative
      (item_id, tenant_id, step, work_center_id, priority, run_ms_per_unit, setup_ms)
    select ${item.itemId}, ${tx.tenantId}, o.step, a."workCenterId", a.priority, a."runMsPerUnit", a."setupMs"
      from jsonb_to_recordset(${operations}::jsonb) as o (step integer, alternatives jsonb),
           jsonb_to_recordset(o.alternatives)
             as a ("workCenterId" uuid, priority smallint, "runMsPerUnit" double precision,
                   "setupMs" double precision)`.execute(tx.over());
  await sql`
    insert into engineering.routing_capability (item_id, tenant_id, step, capability_id)
    select ${item.itemId}, ${tx.tenantId}, o.step, c.capability_id::uuid
      from jsonb_to_recordset(${operations}::jsonb) as o (step integer, "capabilityIds" jsonb),
           jsonb_array_elements_text(o."capabilityIds") as c (capability_id)`.execute(tx.over());
}

/** With its alternatives and what it needs. */
export async function deleteRouting(tx: Transaction, itemId: string): Promise<void> {
  await sql`
    delete from engineering.routing_operation
     where item_id = ${itemId}`.execute(tx.over());
}
