import type { CountState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

export type StoredCount = {
  countId: string;
  number: string;
  locationId: string;
  locationCode: string;
  state: CountState;
  counterId: string | null;
  countedBy: string | null;
  countedTime: Date | null;
  createdTime: Date;
  version: number;
  lines: CountLine[];
};

export type CountLine = {
  itemId: string;
  itemNumber: string;
  uom: string;
  lotNumber: string | null;
  counted: string;
  expected: string;
};

/** Newest first; `before` is the id of the last one of the page before. */
export async function readCounts(
  tx: Transaction,
  asked: {
    countId: string | null;
    state: CountState | undefined;
    before: string | null;
    limit: number;
  },
): Promise<StoredCount[]> {
  const { rows } = await sql<StoredCount>`
    select c.count_id as "countId", c.number, c.location_id as "locationId", place.code as "locationCode",
           c.state, c.counter_id as "counterId", c.counted_by as "countedBy", c.counted_time as "countedTime",
           c.created_time as "createdTime", c.version,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'itemId', l.item_id, 'itemNumber', i.number, 'uom', i.uom, 'lotNumber', lot.number,
                     'counted', trim_scale(l.counted)::text, 'expected', trim_scale(l.expected)::text)
                     order by i.number, lot.number), '[]')
              from inventory.cycle_count_line l
              join inventory.stocked_item i using (tenant_id, item_id)
              left join inventory.lot lot on lot.tenant_id = l.tenant_id and lot.lot_id = l.lot_id
             where l.tenant_id = c.tenant_id and l.count_id = c.count_id) as lines
      from inventory.cycle_count c
      join inventory.location place using (tenant_id, location_id)
     where c.tenant_id = ${tx.tenantId}
       and (${asked.countId}::uuid is null or c.count_id = ${asked.countId})
       and (${asked.state ?? null}::text is null or c.state = ${asked.state ?? null})
       and (${asked.before}::uuid is null or c.count_id < ${asked.before})
     order by c.count_id desc
     limit ${asked.limit}`.execute(tx.over());
  return rows;
}

/** Held until the transaction ends. */
export async function lockCount(tx: Transaction, countId: string): Promise<StoredCount | null> {
  await sql`
    select from inventory.cycle_count
     where tenant_id = ${tx.tenantId}
       and count_id = ${countId}
       for no key update`.execute(tx.over());
  const asked = { countId, state: undefined, before: null, limit: 1 };
  const [count] = await readCounts(tx, asked);
  return count ?? null;
}

/** False when the bin is being counted. */
export async function insertCount(
  tx: Transaction,
  count: { countId: string; number: string; locationId: string },
): Promise<boolean> {
  const { rows } = await sql`
    insert into inventory.cycle_count (tenant_id, count_id, number, location_id)
    values (${tx.tenantId}, ${count.countId}, ${count.number}, ${count.locationId})
    on conflict (tenant_id, location_id) where state in ('open', 'counted') do nothing
    returning count_id`.execute(tx.over());
  return rows.length === 1;
}

export async function saveCountState(
  tx: Transaction,
  count: {
    countId: string;
    state: CountState;
    counter: { id: string; name: string } | null;
    countedTime: Date | null;
  },
): Promise<void> {
  await sql`
    update inventory.cycle_count
       set state = ${count.state}, counter_id = ${count.counter?.id ?? null},
           counted_by = ${count.counter?.name ?? null}, counted_time = ${count.countedTime},
           version = version + 1
     where tenant_id = ${tx.tenantId}
       and count_id = ${count.countId}`.execute(tx.over());
}

export async function replaceCountLines(
  tx: Transaction,
  countId: string,
  lines: readonly { itemId: string; lotId: string | null; counted: string; expected: string }[],
): Promise<void> {
  await sql`
    delete from inventory.cycle_count_line
     where tenant_id = ${tx.tenantId}
       and count_id = ${countId}`.execute(tx.over());
  await sql`
    insert into inventory.cycle_count_line (tenant_id, count_id, item_id, lot_id, counted, expected)
    select ${tx.tenantId}, ${countId}, "itemId", "lotId", counted, expected
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb)
        as ("itemId" uuid, "lotId" uuid, counted numeric, expected numeric)`.execute(tx.over());
}

/** What the books say lies in a bin now. */
export async function readBin(
  tx: Transaction,
  locationId: string,
): Promise<{ itemId: string; lotId: string | null; lotNumber: string | null; quantity: string }[]> {
  const { rows } = await sql<{
    itemId: string;
    lotId: string | null;
    lotNumber: string | null;
    quantity: string;
  }>`
    select b.item_id as "itemId", b.lot_id as "lotId", l.number as "lotNumber",
           trim_scale(b.quantity)::text as quantity
      from inventory.balance b
      left join inventory.lot l on l.tenant_id = b.tenant_id and l.lot_id = b.lot_id
     where b.tenant_id = ${tx.tenantId}
       and b.location_id = ${locationId}
       and b.quantity <> 0
     order by b.item_id, b.lot_key
     limit ${linesMax}`.execute(tx.over());
  return rows;
}

// What one posting can adjust.
const linesMax = 1_000;
