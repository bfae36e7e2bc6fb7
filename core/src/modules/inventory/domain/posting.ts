import { checkCountable, Refusal, type Tracking } from "@millwright/contracts/states";
import { assertNever, Decimal } from "@millwright/contracts/units";

import { holdsStock, isPhysical, isUse, type Location } from "./location.ts";
import { checkUsable, type Lot } from "./lot.ts";
import { checkTransition, type Reservation } from "./reservation.ts";

/** How an item is kept in stock. */
export type StockedItem = {
  itemId: string;
  number: string;
  uom: string;
  tracking: Tracking;
  uomDecimals: number;
};

/** A move whose lot is already known by id. */
export type Move = {
  moveId: string;
  itemId: string;
  lotId: string | null;
  fromLocationId: string;
  toLocationId: string;
  quantity: string;
  reservationId: string | null;
};

/** Everything the moves name, loaded before they are decided. */
export type Facts = {
  locations: ReadonlyMap<string, Location>;
  items: ReadonlyMap<string, StockedItem>;
  lots: ReadonlyMap<string, Lot>;
  reservations: ReadonlyMap<string, Reservation>;
  now: Date;
};

/** One place of the books: an item, in a location, of a lot. */
export type Place = { locationId: string; itemId: string; lotId: string | null };
export type Balance = Place & { quantity: string; reserved: string; allowsNegative: boolean };
/** Net change of one place by a posting; `freed` is what consumed reservations no longer keep. */
export type Change = Place & { quantity: Decimal; freed: Decimal };

/**
 * Refuses moves that are wrong at any time: unknown or unfit places, quantities the UoM cannot have, a
 * number missing or too many. Items and locations never change in this, so a repeated move passes again.
 * @throws Refusal location.unknown · location.holds_no_stock · move.same_location ·
 * quantity.not_positive · quantity.too_large · quantity.too_precise · lot.missing · lot.not_tracked ·
 * serial.quantity_not_one
 */
export function checkMoves(moves: readonly Move[], facts: Facts): void {
  for (const move of moves) {
    const item = facts.items.get(move.itemId);
    if (item === undefined) throw unknown("item", move.itemId);
    const from = placeOf(facts, move.fromLocationId);
    const to = placeOf(facts, move.toLocationId);
    if (from === to) {
      throw new Refusal(
        "move.same_location",
        `A move of ${item.number} starts and ends in ${from.code}. Name another destination.`,
        { kind: "invalid" },
      );
    }
    checkQuantity(move.quantity, item);
    checkTracking(move, item, facts);
  }
}

/**
 * Refuses moves that are wrong today: goods of bad quality on the way to their use, reservations of
 * something else or used up.
 * @throws Refusal lot.in_quarantine · lot.blocked · lot.expired · reservation.unknown ·
 * reservation.of_something_else · reservation.exceeded · reservation.transition_refused
 */
export function checkUse(moves: readonly Move[], facts: Facts): void {
  for (const { lotId, fromLocationId, toLocationId } of moves) {
    const lot = lotId === null ? undefined : facts.lots.get(lotId);
    if (lot === undefined) continue;
    const isTaken = isPhysical(placeOf(facts, fromLocationId).kind);
    if (isTaken && isUse(placeOf(facts, toLocationId).kind)) checkUsable(lot, facts.now);
  }
  checkReservations(moves, facts);
}

/** @throws Refusal quantity.not_positive · quantity.too_large · quantity.too_precise */
export function checkQuantity(quantity: string, item: StockedItem): void {
  const asked = new Decimal(quantity);
  if (!asked.isPositive() || asked.isZero()) {
    throw new Refusal(
      "quantity.not_positive",
      `${quantity} ${item.uom} of ${item.number}: a quantity is above zero. To take back, swap from and to.`,
      { kind: "invalid" },
    );
  }
  checkCountable(quantity, item);
}

/** The net change of every place, so that each balance is written once. Changes of 0 are kept. */
export function sumChanges(moves: readonly Move[]): Change[] {
  const changes = new Map<string, Change>();
  for (const move of moves) {
    const quantity = new Decimal(move.quantity);
    const from = changeAt(changes, { ...move, locationId: move.fromLocationId });
    from.quantity = from.quantity.minus(quantity);
    if (move.reservationId !== null) from.freed = from.freed.plus(quantity);
    const to = changeAt(changes, { ...move, locationId: move.toLocationId });
    to.quantity = to.quantity.plus(quantity);
  }
  return [...changes.values()];
}

/**
 * Refuses changes that would take more than is there. Give it the balances as they are locked.
 * @throws Refusal stock.not_enough when it is not there · stock.reserved when it is kept for others
 */
export function checkBalances(
  changes: readonly Change[],
  balances: readonly Balance[],
  facts: Facts,
): void {
  const byPlace = new Map(balances.map((balance) => [keyOf(balance), balance]));
  for (const change of changes) {
    const balance = byPlace.get(keyOf(change));
    if (balance === undefined || balance.allowsNegative) continue;
    const after = new Decimal(balance.quantity).plus(change.quantity);
    const kept = new Decimal(balance.reserved).minus(change.freed);
    // Filling up a place is never refused for what is missing in it.
    if (after.gte(kept) || change.quantity.isPositive()) continue;
    throw tooLittle({ balance, change, after }, facts);
  }
}

/**
 * Refuses a serial that would be in two places. `before` is what lay physically of each serial lot.
 * @throws Refusal serial.duplicate
 */
export function checkSerials(
  changes: readonly Change[],
  before: ReadonlyMap<string, Decimal>,
  facts: Facts,
): void {
  const after = new Map(before);
  for (const { itemId, lotId, locationId, quantity } of changes) {
    if (lotId === null || facts.items.get(itemId)?.tracking !== "serial") continue;
    if (!isPhysical(placeOf(facts, locationId).kind)) continue;
    after.set(lotId, (after.get(lotId) ?? new Decimal(0)).plus(quantity));
  }
  for (const [lotId, quantity] of after) {
    if (quantity.lte(1)) continue;
    const lot = facts.lots.get(lotId);
    throw new Refusal(
      "serial.duplicate",
      `Serial ${lot?.number ?? lotId} is already in stock. Check the label: a serial names one piece.`,
    );
  }
}

export function keyOf({ locationId, itemId, lotId }: Place): string {
  return `${locationId}/${itemId}/${lotId ?? ""}`;
}

export function unknown(what: "item" | "location" | "reservation", id: string): Refusal {
  return new Refusal(`${what}.unknown`, `There is no ${what} ${id}. Make it first.`, {
    kind: "absent",
  });
}

function placeOf(facts: Facts, locationId: string): Location {
  const location = facts.locations.get(locationId);
  if (location === undefined) throw unknown("location", locationId);
  if (holdsStock(location.kind)) return location;
  throw new Refusal(
    "location.holds_no_stock",
    `${location.code} is a ${location.kind}; stock lies in its bins. Name one of them.`,
    { kind: "invalid" },
  );
}

function checkTracking(move: Move, item: StockedItem, facts: Facts): void {
  if (item.tracking === "none") {
    if (move.lotId === null) return;
    throw new Refusal(
      "lot.not_tracked",
      `${item.number} is kept without lots. Leave the lot number out.`,
      { kind: "invalid" },
    );
  }
  const lot = move.lotId === null ? undefined : facts.lots.get(move.lotId);
  if (lot === undefined) {
    throw new Refusal(
      "lot.missing",
      `${item.number} is tracked by ${item.tracking}. Scan or enter its number.`,
      { kind: "invalid" },
    );
  }
  switch (item.tracking) {
    case "lot":
      return;
    case "serial":
      if (new Decimal(move.quantity).eq(1)) return;
      throw new Refusal(
        "serial.quantity_not_one",
        `Serial ${lot.number} names one piece; ${move.quantity} are asked. Post one move per serial.`,
        { kind: "invalid" },
      );
    default:
      return assertNever(item.tracking);
  }
}

function checkReservations(moves: readonly Move[], facts: Facts): void {
  const taken = new Map<string, Decimal>();
  for (const move of moves) {
    if (move.reservationId === null) continue;
    const reservation = facts.reservations.get(move.reservationId);
    if (reservation === undefined) throw unknown("reservation", move.reservationId);
    checkTransition(reservation, "consumed");
    if (keyOf(reservation) !== keyOf({ ...move, locationId: move.fromLocationId })) {
      throw new Refusal(
        "reservation.of_something_else",
        `The reservation for ${reservation.reference} keeps another item, location or lot than the move takes.`,
      );
    }
    const total = (taken.get(move.reservationId) ?? new Decimal(0)).plus(move.quantity);
    taken.set(move.reservationId, total);
    const left = new Decimal(reservation.quantity).minus(reservation.consumed);
    if (total.gt(left)) {
      throw new Refusal(
        "reservation.exceeded",
        `The reservation for ${reservation.reference} has ${left.toFixed()} left, ${total.toFixed()} are asked. Take the rest without it.`,
        { current: left.toFixed(), asked: total.toFixed() },
      );
    }
  }
}

function changeAt(changes: Map<string, Change>, { locationId, itemId, lotId }: Place): Change {
  const place = { locationId, itemId, lotId };
  const key = keyOf(place);
  const found = changes.get(key) ?? { ...place, quantity: new Decimal(0), freed: new Decimal(0) };
  changes.set(key, found);
  return found;
}

function tooLittle(
  { balance, change, after }: { balance: Balance; change: Change; after: Decimal },
  { locations, items, lots }: Facts,
): Refusal {
  const item = items.get(change.itemId);
  const code = locations.get(change.locationId)?.code ?? change.locationId;
  const lot = change.lotId === null ? "" : ` of lot ${lots.get(change.lotId)?.number ?? ""}`;
  const what = `${item?.number ?? change.itemId}${lot}`;
  const asked = change.quantity.negated().toFixed();
  const numbers = { current: balance.quantity, asked };
  return after.isNegative()
    ? new Refusal(
        "stock.not_enough",
        `${code} holds ${balance.quantity} ${item?.uom ?? ""} of ${what}; ${asked} are asked. Take it from another place, or post the receipt first.`,
        numbers,
      )
    : new Refusal(
        "stock.reserved",
        `${code} holds ${balance.quantity} ${item?.uom ?? ""} of ${what}, of which ${balance.reserved} are reserved; ${asked} are asked. Take it from another place, or release a reservation.`,
        numbers,
      );
}
