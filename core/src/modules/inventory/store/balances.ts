import { Decimal } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { invariant } from "../../../platform/errors.ts";
import type { Location } from "../domain/location.ts";
import type { Balance, Change, Place } from "../domain/posting.ts";

// What `lot_key` holds for stock without a lot, so that the primary key finds it.
const noLot = sql.lit("00000000-0000-0000-0000-000000000000");

/**
 * Changes balances, each locked in the order of their key, and gives them as they were before. A change
 * that would break the check of the table is left out: decide on the answer, and refuse.
 *
 * Missing balances are made first: who holds a lock on one never waits for somebody's new one, so no
 * ring of waiters can close. Locking and changing are one statement, because others wait meanwhile.
 */
export async function changeBalances(
  tx: Transaction,
  changes: readonly Change[],
  locations: ReadonlyMap<string, Location>,
): Promise<Balance[]> {
  if ((await countKnown(tx, changes)) < changes.length) {
    await insertBalances(tx, changes, locations);
  }
  const { rows } = await sql<Balance>`
    with locked as (
      select b.*, p.change, p.freed
        from (select *
                from unnest(${changes.map((change) => change.locationId)}::uuid[],
                            ${changes.map((change) => change.itemId)}::uuid[],
                            ${changes.map((change) => change.lotId)}::uuid[],
                            ${changes.map((change) => change.quantity.toFixed())}::numeric[],
                            ${changes.map((change) => change.freed.toFixed())}::numeric[])
                  as place (location_id, item_id, lot_id, change, freed)
               order by location_id, item_id, lot_id) p
       cross join lateral (
             select location_id, item_id, lot_id, lot_key, quantity, reserved, allows_negative
               from inventory.balance
              where tenant_id = ${tx.tenantId}
                and location_id = p.location_id
                and item_id = p.item_id
                and lot_key = coalesce(p.lot_id, ${noLot})
                for no key update) b
    ),
    changed as (
      update inventory.balance b
         set quantity = b.quantity + locked.change, reserved = b.reserved - locked.freed
        from locked
       where b.tenant_id = ${tx.tenantId}
         and b.location_id = locked.location_id
         and b.item_id = locked.item_id
         and b.lot_key = locked.lot_key
         and (locked.allows_negative
              or locked.quantity + locked.change >= locked.reserved - locked.freed)
    )
    select location_id as "locationId", item_id as "itemId", lot_id as "lotId", quantity, reserved,
           allows_negative as "allowsNegative"
      from locked`.execute(tx.over());
  invariant(rows.length === changes.length, "every place that changes has a balance");
  return rows;
}

/** How many of these places have a balance. Takes no lock. */
async function countKnown(tx: Transaction, places: readonly Place[]): Promise<number> {
  // `offset 0` keeps the plan to one probe of the key per place, also on a table without statistics.
  const { rows } = await sql<{ known: number }>`
    select count(*)::int as known
      from unnest(${places.map((place) => place.locationId)}::uuid[],
                  ${places.map((place) => place.itemId)}::uuid[],
                  ${places.map((place) => place.lotId)}::uuid[]) as p (location_id, item_id, lot_id)
     cross join lateral (
           select
             from inventory.balance
            where tenant_id = ${tx.tenantId}
              and location_id = p.location_id
              and item_id = p.item_id
              and lot_key = coalesce(p.lot_id, ${noLot})
           offset 0) b`.execute(tx.over());
  return rows[0]?.known ?? 0;
}

/** Makes empty balances, in the order of their key; one that exists stays as it is. */
async function insertBalances(
  tx: Transaction,
  places: readonly Place[],
  locations: ReadonlyMap<string, Location>,
): Promise<void> {
  const allowsNegative = places.map((place) => locations.get(place.locationId)?.allowsNegative);
  await sql`
    insert into inventory.balance (tenant_id, location_id, item_id, lot_id, allows_negative)
    select ${tx.tenantId}, p.*
      from unnest(${places.map((place) => place.locationId)}::uuid[],
                  ${places.map((place) => place.itemId)}::uuid[],
                  ${places.map((place) => place.lotId)}::uuid[],
                  ${allowsNegative}::boolean[]) as p (location_id, item_id, lot_id, allows_negative)
     order by p.location_id, p.item_id, p.lot_id
    on conflict do nothing`.execute(tx.over());
}

/** What lies physically (bins and in transit) of each of these lots, in any place. */
export async function readPhysical(
  tx: Transaction,
  lotIds: readonly string[],
): Promise<Map<string, Decimal>> {
  const { rows } = await sql<{ lot_id: string; quantity: string }>`
    select b.lot_id, sum(b.quantity) as quantity
      from inventory.balance b
      join inventory.location l using (tenant_id, location_id)
     where b.tenant_id = ${tx.tenantId}
       and b.lot_id = any (${[...lotIds]}::uuid[])
       and l.kind in ('bin', 'in_transit')
     group by b.lot_id`.execute(tx.over());
  return new Map(rows.map((row) => [row.lot_id, new Decimal(row.quantity)]));
}
