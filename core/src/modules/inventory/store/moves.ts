import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Move } from "../domain/posting.ts";

export type MoveRow = Move & { reason: string; reference: string | null; movedTime: string };

/** Appends the moves that are not there yet, and says which those were. */
export async function insertMoves(
  tx: Transaction,
  moves: readonly MoveRow[],
  actor: Actor,
): Promise<Set<string>> {
  const { rows } = await sql<{ move_id: string }>`
    insert into inventory.stock_move
      (tenant_id, move_id, item_id, lot_id, from_location_id, to_location_id, quantity, reason,
       reference, reservation_id, moved_time, actor)
    select ${tx.tenantId}, m.*, ${JSON.stringify(actor)}::jsonb
      from unnest(${moves.map((move) => move.moveId)}::uuid[],
                  ${moves.map((move) => move.itemId)}::uuid[],
                  ${moves.map((move) => move.lotId)}::uuid[],
                  ${moves.map((move) => move.fromLocationId)}::uuid[],
                  ${moves.map((move) => move.toLocationId)}::uuid[],
                  ${moves.map((move) => move.quantity)}::numeric[],
                  ${moves.map((move) => move.reason)}::text[],
                  ${moves.map((move) => move.reference)}::text[],
                  ${moves.map((move) => move.reservationId)}::uuid[],
                  ${moves.map((move) => move.movedTime)}::timestamptz[]) as m (move_id)
     -- In one order for everybody: two postings of the same moves wait, and do not deadlock.
     order by m.move_id
    on conflict (tenant_id, move_id) do nothing
    returning move_id`.execute(tx.over());
  return new Set(rows.map((row) => row.move_id));
}

/** Ids of those moves that are stored under the same id with other content. */
export async function findDifferent(tx: Transaction, moves: readonly MoveRow[]): Promise<string[]> {
  const { rows } = await sql<{ move_id: string }>`
    select s.move_id
      from inventory.stock_move s
      join unnest(${moves.map((move) => move.moveId)}::uuid[],
                  ${moves.map((move) => move.itemId)}::uuid[],
                  ${moves.map((move) => move.lotId)}::uuid[],
                  ${moves.map((move) => move.fromLocationId)}::uuid[],
                  ${moves.map((move) => move.toLocationId)}::uuid[],
                  ${moves.map((move) => move.quantity)}::numeric[])
        as m (move_id, item_id, lot_id, from_location_id, to_location_id, quantity)
        on s.move_id = m.move_id
     where s.tenant_id = ${tx.tenantId}
       and ((s.item_id, s.from_location_id, s.to_location_id, s.quantity)
           <> (m.item_id, m.from_location_id, m.to_location_id, m.quantity)
            or s.lot_id is distinct from m.lot_id)`.execute(tx.over());
  return rows.map((row) => row.move_id);
}
