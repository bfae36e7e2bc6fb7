import type { ReservationOnTheWire } from "@millwright/contracts/api";
import { type ReservationState, reservationTransitions } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { unknown } from "./domain/posting.ts";

/** Newest first; `before` is the id of the last one of the page before. */
export async function readReservationPage(
  tx: Transaction,
  asked: {
    reservationId?: string;
    itemId?: string | undefined;
    state?: ReservationState | undefined;
    reference?: string | undefined;
    before: string | null;
    limit: number;
  },
): Promise<ReservationOnTheWire[]> {
  const { rows } = await sql<Omit<ReservationOnTheWire, "createdTime" | "commands"> & Created>`
    select r.reservation_id as "reservationId", r.item_id as "itemId", i.number as "itemNumber", i.uom,
           r.location_id as "locationId", place.code as "locationCode", r.lot_id as "lotId",
           l.number as "lotNumber", trim_scale(r.quantity)::text as quantity,
           trim_scale(r.consumed)::text as consumed, r.state, r.reference, r.created_time as created
      from inventory.reservation r
      join inventory.stocked_item i using (tenant_id, item_id)
      join inventory.location place using (tenant_id, location_id)
      left join inventory.lot l on l.tenant_id = r.tenant_id and l.lot_id = r.lot_id
     where r.tenant_id = ${tx.tenantId}
       and (${asked.reservationId ?? null}::uuid is null or r.reservation_id = ${asked.reservationId ?? null})
       and (${asked.itemId ?? null}::uuid is null or r.item_id = ${asked.itemId ?? null})
       and (${asked.state ?? null}::text is null or r.state = ${asked.state ?? null})
       and (${asked.reference ?? null}::text is null or r.reference = ${asked.reference ?? null})
       and (${asked.before}::uuid is null or r.reservation_id < ${asked.before})
     order by r.reservation_id desc
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows.map(({ created, ...row }) => ({
    ...row,
    createdTime: created.toISOString(),
    commands: commandsOf(row.state),
  }));
}

/** @throws Refusal reservation.unknown */
export async function readReservation(
  tx: Transaction,
  reservationId: string,
): Promise<ReservationOnTheWire> {
  const [row] = await readReservationPage(tx, { reservationId, before: null, limit: 1 });
  if (row === undefined) throw unknown("reservation", reservationId);
  return row;
}

type Created = { created: Date };

function commandsOf(state: ReservationState): ReservationOnTheWire["commands"] {
  const allowed: readonly ReservationState[] = reservationTransitions[state];
  const command = (to: ReservationState) => {
    const isAllowed = allowed.includes(to);
    return { isAllowed, reason: isAllowed ? null : `It is ${state}.` };
  };
  return { pick: command("picked"), release: command("released") };
}
