import type { ReservationState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Reservation } from "../domain/reservation.ts";

/** What is still kept for these references, locked in the order of the ids. */
export async function lockLiveReservations(
  tx: Transaction,
  references: readonly string[],
): Promise<Map<string, Reservation>> {
  const { rows } = await sql<{ id: string }>`
    select reservation_id as id
      from inventory.reservation
     where tenant_id = ${tx.tenantId}
       and reference = any (${[...references]}::text[])
       and state in ('open', 'picked')`.execute(tx.over());
  const locked = await lockReservations(
    tx,
    rows.map(({ id }) => id),
  );
  // One may have ended before the lock.
  return new Map([...locked].filter(([, { state }]) => state === "open" || state === "picked"));
}

/** Reservations by id, locked in the order of their ids. */
export async function lockReservations(
  tx: Transaction,
  reservationIds: readonly string[],
): Promise<Map<string, Reservation>> {
  const { rows } = await sql<Reservation>`
    select reservation_id as "reservationId", item_id as "itemId", location_id as "locationId",
           lot_id as "lotId", quantity, consumed, state, reference
      from inventory.reservation
     where tenant_id = ${tx.tenantId}
       and reservation_id = any (${[...reservationIds]}::uuid[])
     order by reservation_id
       for no key update`.execute(tx.over());
  return new Map(rows.map((row) => [row.reservationId, row]));
}

/** False when the id is taken: then it was reserved before. */
export async function insertReservation(
  tx: Transaction,
  reservation: Omit<Reservation, "state" | "consumed">,
): Promise<boolean> {
  const { rows } = await sql`
    insert into inventory.reservation
      (tenant_id, reservation_id, item_id, location_id, lot_id, quantity, reference)
    values (${tx.tenantId}, ${reservation.reservationId}, ${reservation.itemId},
            ${reservation.locationId}, ${reservation.lotId}, ${reservation.quantity},
            ${reservation.reference})
    on conflict (tenant_id, reservation_id) do nothing
    returning reservation_id`.execute(tx.over());
  return rows.length === 1;
}

export async function saveReservationState(
  tx: Transaction,
  reservation: { reservationId: string; state: ReservationState },
): Promise<void> {
  await sql`
    update inventory.reservation
       set state = ${reservation.state}
     where tenant_id = ${tx.tenantId}
       and reservation_id = ${reservation.reservationId}`.execute(tx.over());
}

/** Counts what moves took from reservations; one that has nothing left is consumed. */
export async function consumeReservations(
  tx: Transaction,
  taken: readonly { reservationId: string; quantity: string }[],
): Promise<void> {
  await sql`
    update inventory.reservation r
       set consumed = r.consumed + t.quantity,
           state = case when r.consumed + t.quantity = r.quantity then 'consumed' else r.state end
      from (select reservation_id, sum(quantity) as quantity
              from unnest(${taken.map(({ reservationId }) => reservationId)}::uuid[],
                          ${taken.map(({ quantity }) => quantity)}::numeric[])
                as taken (reservation_id, quantity)
             group by reservation_id) t
     where r.tenant_id = ${tx.tenantId}
       and r.reservation_id = t.reservation_id`.execute(tx.over());
}
