import type { LotStatus } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { VersionConflict } from "../../../platform/db/failure.ts";
import type { Lot } from "../domain/lot.ts";

type NewLot = Omit<Lot, "expiresTime"> & { expiresTime: string | null };

/** Makes lots whose number the item does not have yet; one that exists stays as it is. */
export async function insertLots(tx: Transaction, lots: readonly NewLot[]): Promise<void> {
  await sql`
    insert into inventory.lot (tenant_id, lot_id, item_id, number, status, expires_time)
    select ${tx.tenantId}, "lotId", "itemId", number, status, "expiresTime"
      from jsonb_to_recordset(${JSON.stringify(lots)}::jsonb)
        as ("lotId" uuid, "itemId" uuid, number text, status text, "expiresTime" timestamptz)
     -- In one order for everybody: two postings that make the same lots wait, and do not deadlock.
     order by "itemId", number
    on conflict (tenant_id, item_id, number) do nothing`.execute(tx.over());
}

/** Lots by item and number; what does not exist is not in the answer. Not locked. */
export async function findLots(
  tx: Transaction,
  wanted: readonly { itemId: string; number: string }[],
): Promise<Lot[]> {
  const { rows } = await sql<Lot>`
    select lot_id as "lotId", l.item_id as "itemId", l.number, status, expires_time as "expiresTime"
      from inventory.lot l
      join unnest(${wanted.map(({ itemId }) => itemId)}::uuid[],
                  ${wanted.map(({ number }) => number)}::text[]) as w (item_id, number)
        on l.item_id = w.item_id and l.number = w.number
     where tenant_id = ${tx.tenantId}`.execute(tx.over());
  return rows;
}

/**
 * Lots by id, held against a change of status until the transaction ends: a lot that is blocked now
 * was not used a moment later. `isAlone` keeps other postings of these lots away too, for serials.
 */
export async function lockLots(
  tx: Transaction,
  lotIds: readonly string[],
  options: { isAlone: boolean },
): Promise<Map<string, Lot>> {
  const { rows } = await sql<Lot>`
    select lot_id as "lotId", item_id as "itemId", number, status, expires_time as "expiresTime"
      from inventory.lot
     where tenant_id = ${tx.tenantId}
       and lot_id = any (${[...lotIds]}::uuid[])
     order by lot_id
       ${sql.raw(options.isAlone ? "for no key update" : "for share")}`.execute(tx.over());
  return new Map(rows.map((row) => [row.lotId, row]));
}

/** Numbers of the items that have a lot of this number: to say whose label was scanned. */
export async function findItemsOfLot(tx: Transaction, number: string): Promise<string[]> {
  const { rows } = await sql<{ number: string }>`
    select i.number
      from inventory.lot l
      join inventory.stocked_item i using (tenant_id, item_id)
     where l.tenant_id = ${tx.tenantId}
       and l.number = ${number}
     order by i.number
     limit 3`.execute(tx.over());
  return rows.map((row) => row.number);
}

export async function loadLot(
  tx: Transaction,
  lotId: string,
): Promise<(Lot & { version: number }) | null> {
  const { rows } = await sql<Lot & { version: number }>`
    select lot_id as "lotId", item_id as "itemId", number, status, expires_time as "expiresTime",
           version
      from inventory.lot
     where tenant_id = ${tx.tenantId}
       and lot_id = ${lotId}`.execute(tx.over());
  return rows[0] ?? null;
}

/** @throws VersionConflict when somebody else changed the lot since it was loaded. */
export async function saveStatus(
  tx: Transaction,
  lot: { lotId: string; version: number; status: LotStatus },
): Promise<void> {
  const { rows } = await sql`
    update inventory.lot
       set status = ${lot.status}, version = version + 1
     where tenant_id = ${tx.tenantId}
       and lot_id = ${lot.lotId}
       and version = ${lot.version}
    returning lot_id`.execute(tx.over());
  if (rows.length === 0) throw new VersionConflict();
}
