import type { ReservationState } from "@millwright/contracts/states";
import { Decimal } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Engineering } from "../engineering/index.ts";
import { checkUsable } from "./domain/lot.ts";
import { checkQuantity, type Place, unknown } from "./domain/posting.ts";
import { checkTransition, type Reservation } from "./domain/reservation.ts";
import { itemsKept } from "./keep-item.ts";
import { addToBalances, lockBalances } from "./store/balances.ts";
import { loadLocations } from "./store/locations.ts";
import { lockLots } from "./store/lots.ts";
import {
  insertReservation,
  lockLiveReservations,
  lockReservations,
  saveReservationState,
} from "./store/reservations.ts";

export type ReservationToMake = Pick<
  Reservation,
  "reservationId" | "itemId" | "locationId" | "lotId" | "quantity" | "reference"
>;

/**
 * Keeps stock of one bin and lot for one demand: nobody else can move it away. Safe to retry with the
 * same reservation id.
 * @throws Refusal item.unknown · location.unknown · location.not_a_bin · quantity.not_positive ·
 * quantity.too_large · quantity.too_precise · lot.in_quarantine · lot.blocked · lot.expired ·
 * stock.not_available
 */
export async function reserveStock(
  tx: Transaction,
  { engineering, now }: { engineering: Engineering; now: Date },
  asked: ReservationToMake,
): Promise<void> {
  const item = (await itemsKept(tx, engineering, new Set([asked.itemId]))).get(asked.itemId);
  if (item === undefined) throw unknown("item", asked.itemId);
  const locations = await loadLocations(tx, [asked.locationId]);
  const location = locations.get(asked.locationId);
  if (location === undefined) throw unknown("location", asked.locationId);
  if (location.kind !== "bin") {
    throw new Refusal(
      "location.not_a_bin",
      `${location.code} is ${location.kind}: only stock in a bin can be reserved. Name a bin.`,
      { kind: "invalid" },
    );
  }
  checkQuantity(asked.quantity, item);
  const lots = asked.lotId === null ? null : await lockLots(tx, [asked.lotId], { isAlone: false });
  const [balance] = await lockBalances(tx, [asked], locations);
  if (!(await insertReservation(tx, asked))) return;
  for (const lot of lots?.values() ?? []) checkUsable(lot, now);
  const free = new Decimal(balance?.quantity ?? 0).minus(balance?.reserved ?? 0);
  if (free.lt(asked.quantity)) {
    throw new Refusal(
      "stock.not_available",
      `${location.code} has ${free.toFixed()} ${item.uom} of ${item.number} that nobody reserved; ${asked.quantity} are asked. Reserve less, or elsewhere.`,
      { current: free.toFixed(), asked: asked.quantity },
    );
  }
  await keep(tx, asked, new Decimal(asked.quantity));
}

/**
 * A person has the stock in hand for the demand; it leaves its bin with the move that names the
 * reservation.
 * @throws Refusal reservation.unknown · reservation.transition_refused
 */
export async function pickReservation(tx: Transaction, reservationId: string): Promise<void> {
  await lockFor(tx, reservationId, "picked");
  await saveReservationState(tx, { reservationId, state: "picked" });
}

/**
 * Gives back what is left of the reservation.
 * @throws Refusal reservation.unknown · reservation.transition_refused
 */
export async function releaseReservation(tx: Transaction, reservationId: string): Promise<void> {
  const reservation = await lockFor(tx, reservationId, "released");
  const left = new Decimal(reservation.quantity).minus(reservation.consumed);
  await lockBalances(tx, [reservation], await loadLocations(tx, [reservation.locationId]));
  await keep(tx, reservation, left.negated());
  await saveReservationState(tx, { reservationId, state: "released" });
}

/**
 * Gives back what is left of all reservations for these references, as when an order ends. Whatever is
 * consumed or given back already stays as it is, so that it may be called again.
 */
export async function releaseReservationsFor(
  tx: Transaction,
  references: readonly string[],
): Promise<void> {
  const reservations = [...(await lockLiveReservations(tx, references)).values()];
  if (reservations.length === 0) return;
  const left = new Map<string, Place & { quantity: Decimal }>();
  for (const { locationId, itemId, lotId, quantity, consumed } of reservations) {
    const key = `${locationId} ${itemId} ${lotId}`;
    const sum = new Decimal(quantity).minus(consumed).plus(left.get(key)?.quantity ?? 0);
    left.set(key, { locationId, itemId, lotId, quantity: sum });
  }
  const places = [...left.values()];
  await lockBalances(
    tx,
    places,
    await loadLocations(
      tx,
      places.map(({ locationId }) => locationId),
    ),
  );
  await addToBalances(
    tx,
    places.map((place) => ({ ...place, quantity: new Decimal(0), freed: place.quantity })),
  );
  for (const { reservationId } of reservations) {
    await saveReservationState(tx, { reservationId, state: "released" });
  }
}

async function lockFor(
  tx: Transaction,
  reservationId: string,
  state: ReservationState,
): Promise<Reservation> {
  const reservation = (await lockReservations(tx, [reservationId])).get(reservationId);
  if (reservation === undefined) throw unknown("reservation", reservationId);
  checkTransition(reservation, state);
  return reservation;
}

async function keep(tx: Transaction, place: Place, quantity: Decimal): Promise<void> {
  await addToBalances(tx, [
    {
      locationId: place.locationId,
      itemId: place.itemId,
      lotId: place.lotId,
      quantity: new Decimal(0),
      freed: quantity.negated(),
    },
  ]);
}
