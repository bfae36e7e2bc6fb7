import type { Transfer } from "@millwright/contracts/api";
import type { TransferState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { TransferLine } from "../domain/transfer.ts";

export type StoredTransfer = Omit<Transfer, "commands" | "createdTime"> & { createdTime: Date };

/** Newest first; `before` is the id of the last one of the page before. */
export async function readTransfers(
  tx: Transaction,
  asked: {
    transferId: string | null;
    state: TransferState | undefined;
    before: string | null;
    limit: number;
  },
): Promise<StoredTransfer[]> {
  const { rows } = await sql<StoredTransfer>`
    select t.transfer_id as "transferId", t.number, t.state, t.from_id as "fromId", source.code as "fromCode",
           t.to_id as "toId", target.code as "toCode", t.ship_day::text as "shipDay",
           t.due_day::text as "dueDay", t.note, t.created_time as "createdTime", t.version,
           (select jsonb_agg(jsonb_build_object(
                     'itemId', l.item_id, 'itemNumber', i.number, 'itemUom', i.uom,
                     'quantity', l.quantity::text, 'shipped', l.shipped::text,
                     'received', l.received::text, 'lost', l.lost::text) order by i.number)
              from inventory.transfer_line l
              join inventory.stocked_item i using (tenant_id, item_id)
             where l.tenant_id = t.tenant_id and l.transfer_id = t.transfer_id) as lines
      from inventory.transfer t
      join inventory.location source on source.tenant_id = t.tenant_id and source.location_id = t.from_id
      join inventory.location target on target.tenant_id = t.tenant_id and target.location_id = t.to_id
     where t.tenant_id = ${tx.tenantId}
       and (${asked.transferId}::uuid is null or t.transfer_id = ${asked.transferId})
       and (${asked.state ?? null}::text is null or t.state = ${asked.state ?? null})
       and (${asked.before}::uuid is null or t.transfer_id < ${asked.before})
     order by t.transfer_id desc
     limit ${asked.limit}`.execute(tx.over());
  return rows;
}

/** Held until the transaction ends: whoever ships and whoever cancels take turns. */
export async function lockTransfer(
  tx: Transaction,
  transferId: string,
): Promise<StoredTransfer | null> {
  await sql`
    select from inventory.transfer
     where tenant_id = ${tx.tenantId}
       and transfer_id = ${transferId}
       for no key update`.execute(tx.over());
  const asked = { transferId, state: undefined, before: null, limit: 1 };
  const [transfer] = await readTransfers(tx, asked);
  return transfer ?? null;
}

export async function insertTransfer(
  tx: Transaction,
  transfer: {
    transferId: string;
    number: string;
    fromId: string;
    toId: string;
    shipDay: string | null;
    dueDay: string | null;
    note: string;
    lines: readonly { itemId: string; quantity: string }[];
  },
): Promise<void> {
  await sql`
    insert into inventory.transfer (tenant_id, transfer_id, number, from_id, to_id, ship_day, due_day, note)
    values (${tx.tenantId}, ${transfer.transferId}, ${transfer.number}, ${transfer.fromId}, ${transfer.toId},
            ${transfer.shipDay}::date, ${transfer.dueDay}::date, ${transfer.note})`.execute(
    tx.over(),
  );
  await sql`
    insert into inventory.transfer_line (tenant_id, transfer_id, item_id, quantity)
    select ${tx.tenantId}, ${transfer.transferId}, "itemId", quantity
      from jsonb_to_recordset(${JSON.stringify(transfer.lines)}::jsonb) as ("itemId" uuid, quantity numeric)`.execute(
    tx.over(),
  );
}

export async function saveTransfer(
  tx: Transaction,
  transfer: { transferId: string; state: TransferState; lines: readonly TransferLine[] },
): Promise<void> {
  await sql`
    update inventory.transfer
       set state = ${transfer.state}, version = version + 1
     where tenant_id = ${tx.tenantId}
       and transfer_id = ${transfer.transferId}`.execute(tx.over());
  await sql`
    update inventory.transfer_line l
       set shipped = new.shipped, received = new.received, lost = new.lost
      from jsonb_to_recordset(${JSON.stringify(transfer.lines)}::jsonb)
             as new ("itemId" uuid, shipped numeric, received numeric, lost numeric)
     where l.tenant_id = ${tx.tenantId}
       and l.transfer_id = ${transfer.transferId}
       and l.item_id = new."itemId"`.execute(tx.over());
}

/** What of a transfer is in transit, by item and lot: the sum of its own moves. */
export async function readInTransit(
  tx: Transaction,
  asked: { reference: string; inTransitId: string },
): Promise<{ itemId: string; lotNumber: string | null; quantity: string }[]> {
  const { rows } = await sql<{ itemId: string; lotNumber: string | null; quantity: string }>`
    select m.item_id as "itemId", l.number as "lotNumber",
           sum(case when m.to_location_id = ${asked.inTransitId} then m.quantity else -m.quantity end)::text
             as quantity
      from inventory.stock_move m
      left join inventory.lot l on l.tenant_id = m.tenant_id and l.lot_id = m.lot_id
     where m.tenant_id = ${tx.tenantId}
       and m.reference = ${asked.reference}
       and m.reference like 'transfer:%'
     group by m.item_id, l.number
    having sum(case when m.to_location_id = ${asked.inTransitId} then m.quantity else -m.quantity end) <> 0
     order by m.item_id, l.number`.execute(tx.over());
  return rows;
}
