import { Decimal } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Location } from "../domain/location.ts";
import type { Balance, Change, Place } from "../domain/posting.ts";

// What `lot_key` holds for stock without a lot, so that the primary key finds it.
const noLot = sql.lit("00000000-0000-0000-0000-000000000000");

/**
 * Locks the balances of these places, in the order of their key, and makes those that are missing
 * before: who holds a lock on a balance never waits for somebody's new one, so no ring of waiters can
 * close. Where all are there, which is nearly always, it takes one statement.
 */
export async function lockBalances(
  tx: Transaction,
  places: readonly Place[],
  locations: ReadonlyMap<string, Location>,
): Promise<Balance[]> {
  const locked = await lockAll(tx, places);
  if (locked.length === places.length) return locked;
  await insertBalances(tx, places, locations);
  return lockAll(tx, places);
}

/**
 * Locks the balances of these places when all of them are there; else locks none and gives back none.
 * The laterals keep the plan to one probe of the key per place, in its order, whatever the planner
 * believes about a table that was empty a minute ago.
 */
async function lockAll(tx: Transaction, places: readonly Place[]): Promise<Balance[]> {
  const ofPlace = sql`
    tenant_id = ${tx.tenantId}
      and location_id = p.location_id
      and item_id = p.item_id
      and lot_key = coalesce(p.lot_id, ${noLot})`;
  const { rows } = await sql<Balance>`
    with place as materialized (
      select *
        from unnest(${places.map((place) => place.locationId)}::uuid[],
                    ${places.map((place) => place.itemId)}::uuid[],
                    ${places.map((place) => place.lotId)}::uuid[])
          as place (location_id, item_id, lot_id)
       order by location_id, item_id, lot_id)
    select b.*
      from place p
     cross join lateral (
           select location_id as "locationId", item_id as "itemId", lot_id as "lotId", quantity,
                  reserved, allows_negative as "allowsNegative"
             from inventory.balance
            where ${ofPlace}
              for no key update) b
     where ${places.length} = (
           select count(*)
             from place p
            cross join lateral (select from inventory.balance where ${ofPlace} offset 0) known)`.execute(
    tx.over(),
  );
  return rows;
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

/** Adds the changes to balances that this transaction has locked. */
export async function addToBalances(tx: Transaction, changes: readonly Change[]): Promise<void> {
  await sql`
    update inventory.balance b
       set quantity = b.quantity + p.quantity, reserved = b.reserved - p.freed
      from unnest(${changes.map((change) => change.locationId)}::uuid[],
                  ${changes.map((change) => change.itemId)}::uuid[],
                  ${changes.map((change) => change.lotId)}::uuid[],
                  ${changes.map((change) => change.quantity.toFixed())}::numeric[],
                  ${changes.map((change) => change.freed.toFixed())}::numeric[])
        as p (location_id, item_id, lot_id, quantity, freed)
     where b.tenant_id = ${tx.tenantId}
       and b.location_id = p.location_id
       and b.item_id = p.item_id
       and b.lot_key = coalesce(p.lot_id, ${noLot})`.execute(tx.over());
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
