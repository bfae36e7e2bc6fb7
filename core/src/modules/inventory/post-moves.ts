import { type MoveToPost, movesPerPostingMax, type Posted } from "@millwright/contracts/api";
import { type Actor, movesPerEventMax } from "@millwright/contracts/events";
import { itemIdSchema, toQuantity } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Lot } from "./domain/lot.ts";
import {
  checkBalances,
  checkMoves,
  checkSerials,
  checkUse,
  type Facts,
  sumChanges,
} from "./domain/posting.ts";
import type { Reservation } from "./domain/reservation.ts";
import { itemsKept } from "./keep-item.ts";
import { nameLots } from "./name-lots.ts";
import { addToBalances, lockBalances, readPhysical } from "./store/balances.ts";
import { loadLocations } from "./store/locations.ts";
import { lockLots } from "./store/lots.ts";
import { findDifferent, insertMoves, type MoveRow } from "./store/moves.ts";
import { consumeReservations, lockReservations } from "./store/reservations.ts";

export type PostingDeps = { engineering: Engineering; newId: () => string };
export type By = { actor: Actor; now: Date };

/**
 * Posts moves, all or none, and keeps the balances. At most 1,000 in a call, and one call in a
 * transaction: locks are taken in one order within a call (lots, reservations, moves, balances, each
 * by key), so that postings wait for each other and do not deadlock.
 * Safe to retry with the same move ids: what was posted before is left out, whatever holds today.
 * @throws Refusal posting.too_large · move.repeated · move.id_reused · item.unknown · lot.unknown ·
 * lot.foreign · those of `checkMoves`, `checkUse`,
 * `checkBalances` and `checkSerials`
 */
export async function postMoves(
  tx: Transaction,
  deps: PostingDeps,
  asked: readonly MoveToPost[],
  by: By,
): Promise<Posted> {
  checkSize(asked);
  const items = await itemsKept(tx, deps.engineering, new Set(asked.map(({ itemId }) => itemId)));
  const locations = await loadLocations(
    tx,
    new Set(asked.flatMap((move) => [move.fromLocationId, move.toLocationId])),
  );
  const lotIds = await nameLots(tx, deps, asked, { items, locations });
  const rows = asked.map((move, index): MoveRow => ({
    ...move,
    lotId: lotIds[index] ?? null,
    movedTime: move.movedTime ?? by.now.toISOString(),
  }));

  const facts = { items, locations, now: by.now, ...(await lockNamed(tx, rows, items)) };
  checkMoves(rows, facts);
  const isNew = await insertMoves(tx, rows, by.actor);
  const moves = rows.filter(({ moveId }) => isNew.has(moveId));
  if (moves.length < rows.length) await checkRepeated(tx, rows, isNew);
  if (moves.length === 0) return { posted: 0, repeated: rows.length };

  await apply(tx, moves, facts);
  emitMoved(tx, moves, by.actor);
  return { posted: moves.length, repeated: rows.length - moves.length };
}

async function apply(tx: Transaction, moves: readonly MoveRow[], facts: Facts): Promise<void> {
  checkUse(moves, facts);
  const changes = sumChanges(moves);
  const balances = await lockBalances(tx, changes, facts.locations);
  invariant(balances.length === changes.length, "every place of a posting has a balance");
  checkBalances(changes, balances, facts);
  const serials = new Set(moves.flatMap((move) => serialOf(move, facts.items)));
  if (serials.size > 0) {
    checkSerials(changes, await readPhysical(tx, [...serials]), facts);
  }
  await addToBalances(tx, changes);
  const taken = moves.flatMap(({ reservationId, quantity }) =>
    reservationId === null ? [] : [{ reservationId, quantity }],
  );
  if (taken.length > 0) await consumeReservations(tx, taken);
}

/** Lots against a change of status, serials and reservations against any other use. */
async function lockNamed(tx: Transaction, moves: readonly MoveRow[], items: Facts["items"]) {
  const lotIds = [...new Set(moves.flatMap(({ lotId }) => (lotId === null ? [] : [lotId])))];
  const isAlone = moves.some((move) => serialOf(move, items).length > 0);
  const lots =
    lotIds.length === 0 ? new Map<string, Lot>() : await lockLots(tx, lotIds, { isAlone });
  const reservationIds = [
    ...new Set(
      moves.flatMap(({ reservationId }) => (reservationId === null ? [] : [reservationId])),
    ),
  ];
  const reservations =
    reservationIds.length === 0
      ? new Map<string, Reservation>()
      : await lockReservations(tx, reservationIds);
  return { lots, reservations };
}

function checkSize(asked: readonly MoveToPost[]): void {
  if (asked.length > movesPerPostingMax) {
    throw new Refusal(
      "posting.too_large",
      `A posting has at most ${movesPerPostingMax} moves; ${asked.length} are asked. Post them in parts.`,
      { kind: "invalid" },
    );
  }
  if (new Set(asked.map(({ moveId }) => moveId)).size < asked.length) {
    throw new Refusal("move.repeated", "Two moves of the posting have the same id.", {
      kind: "invalid",
    });
  }
}

async function checkRepeated(
  tx: Transaction,
  rows: readonly MoveRow[],
  isNew: ReadonlySet<string>,
): Promise<void> {
  const [moveId] = await findDifferent(
    tx,
    rows.filter((row) => !isNew.has(row.moveId)),
  );
  if (moveId === undefined) return;
  throw new Refusal(
    "move.id_reused",
    `Move ${moveId} was posted before with another item, quantity, lot or location. Use a new id for a new move.`,
  );
}

function serialOf(move: MoveRow, items: Facts["items"]): string[] {
  const isSerial = items.get(move.itemId)?.tracking === "serial";
  return isSerial && move.lotId !== null ? [move.lotId] : [];
}

function emitMoved(tx: Transaction, moves: readonly MoveRow[], actor: Actor): void {
  for (let start = 0; start < moves.length; start += movesPerEventMax) {
    const told = moves.slice(start, start + movesPerEventMax).map((move) => ({
      moveId: move.moveId,
      itemId: itemIdSchema.parse(move.itemId),
      lotId: move.lotId,
      fromLocationId: move.fromLocationId,
      toLocationId: move.toLocationId,
      quantity: toQuantity(move.quantity),
      reason: move.reason,
      reference: move.reference,
      movedTime: move.movedTime,
    }));
    tx.emit([
      newEvent("stock.moved@1", {
        tenantId: tx.tenantId,
        stream: "stock",
        streamVersion: null,
        payload: { moves: told },
        actor,
      }),
    ]);
  }
}
