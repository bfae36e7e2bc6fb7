import { Decimal } from "@millwright/contracts/units";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Location } from "./location.ts";
import {
  type Balance,
  checkBalances,
  checkMoves,
  checkQuantity,
  checkSerials,
  checkUse,
  type Facts,
  type Move,
  sumChanges,
} from "./posting.ts";
import type { Reservation } from "./reservation.ts";

const place = (locationId: string, kind: Location["kind"]): Location => ({
  locationId,
  parentId: null,
  kind,
  code: locationId,
  name: locationId,
  allowsNegative: kind !== "bin",
});
const facts: Facts = {
  locations: new Map(
    [place("a", "bin"), place("b", "bin"), place("out", "production")].map((at) => [
      at.locationId,
      at,
    ]),
  ),
  items: new Map([
    ["i", { itemId: "i", number: "I", uom: "kg", tracking: "none", uomDecimals: 3 }],
    ["s", { itemId: "s", number: "S", uom: "pc", tracking: "serial", uomDecimals: 0 }],
  ]),
  lots: new Map([
    ["sn", { lotId: "sn", itemId: "s", number: "SN", status: "released", expiresTime: null }],
  ]),
  reservations: new Map([["r", reservation("picked")]]),
  now: new Date("2026-11-20T10:00:00Z"),
};

describe("the sum of changes", () => {
  const anyMove = fc.record({
    moveId: fc.uuid(),
    itemId: fc.constantFrom("i", "s"),
    lotId: fc.constantFrom(null, "l1", "l2"),
    fromLocationId: fc.constantFrom("a", "b"),
    toLocationId: fc.constantFrom("c", "d", "a"),
    quantity: fc.integer({ min: 1, max: 10 ** 9 }).map((milli) => (milli / 1000).toFixed(3)),
    reservationId: fc.constant(null),
  });

  test("of any moves is exactly zero, and each place changes once", () => {
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 60 }), (moves) => {
        const changes = sumChanges(moves);
        const total = changes.reduce((sum, { quantity }) => sum.plus(quantity), new Decimal(0));
        expect(total.toFixed()).toBe("0");
        const keys = changes.map(({ locationId, itemId, lotId }) => [locationId, itemId, lotId]);
        expect(new Set(keys.map(String)).size).toBe(keys.length);
      }),
    );
  });
});

describe("a balance", () => {
  test.each([
    { why: "all of it", holds: "5", reserved: "0", takes: "5", refused: null },
    {
      why: "a thousandth too much",
      holds: "5",
      reserved: "0",
      takes: "5.001",
      refused: "stock.not_enough",
    },
    { why: "what is not reserved", holds: "5", reserved: "2", takes: "3", refused: null },
    {
      why: "what is reserved",
      holds: "5",
      reserved: "2",
      takes: "3.001",
      refused: "stock.reserved",
    },
  ])("gives $why: $refused", ({ holds, reserved, takes, refused }) => {
    const changes = sumChanges([move({ quantity: takes })]);
    const check = () => checkBalances(changes, [balance(holds, reserved)], facts);
    if (refused === null) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: refused }));
  });

  test("gives what is reserved to the move that names the reservation", () => {
    const changes = sumChanges([move({ quantity: "2", reservationId: "r" })]);
    expect(() => checkBalances(changes, [balance("2", "2")], facts)).not.toThrow();
  });

  test("counts a receipt of the same posting first", () => {
    const changes = sumChanges([
      move({ quantity: "3", fromLocationId: "out", toLocationId: "a" }),
      move({ quantity: "3" }),
    ]);
    expect(() => checkBalances(changes, [balance("0", "0")], facts)).not.toThrow();
  });
});

test.each([
  ["0", "quantity.not_positive"],
  ["-0", "quantity.not_positive"],
  ["-1", "quantity.not_positive"],
  ["0.0001", "quantity.too_precise"],
  ["1000000000000", "quantity.too_large"],
])("a quantity of %s is refused: %s", (quantity, code) => {
  expect(() => checkQuantity(quantity, itemOf("i"))).toThrow(expect.objectContaining({ code }));
});

test("trailing zeros are not precision", () => {
  expect(() => checkQuantity("1.50000", itemOf("i"))).not.toThrow();
});

describe("a serial", () => {
  test("is in one place: coming in twice is refused, going from bin to bin is not", () => {
    const inA = {
      itemId: "s",
      lotId: "sn",
      quantity: "1",
      fromLocationId: "out",
      toLocationId: "a",
    };
    const changes = sumChanges([move(inA)]);
    expect(() => checkSerials(changes, lying(0), facts)).not.toThrow();
    expect(() => checkSerials(changes, lying(1), facts)).toThrow(
      expect.objectContaining({ code: "serial.duplicate" }),
    );
    const aside = sumChanges([move({ ...inA, fromLocationId: "a", toLocationId: "b" })]);
    expect(() => checkSerials(aside, lying(1), facts)).not.toThrow();
  });

  test("without its number is refused", () => {
    expect(() => checkMoves([move({ itemId: "s", quantity: "1" })], facts)).toThrow(
      expect.objectContaining({ code: "lot.missing" }),
    );
  });
});

describe("a reservation", () => {
  test.each([
    {
      why: "more than is left",
      states: "picked",
      change: { quantity: "3" },
      code: "reservation.exceeded",
    },
    {
      why: "another bin",
      states: "picked",
      change: { fromLocationId: "b" },
      code: "reservation.of_something_else",
    },
    {
      why: "before it is picked",
      states: "open",
      change: {},
      code: "reservation.transition_refused",
    },
    {
      why: "after it was released",
      states: "released",
      change: {},
      code: "reservation.transition_refused",
    },
  ] as const)("is not consumed by $why", ({ states, change, code }) => {
    const asked = [move({ quantity: "2", reservationId: "r", ...change })];
    const reservations = new Map([["r", reservation(states)]]);
    expect(() => checkUse(asked, { ...facts, reservations })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

function lying(pieces: number) {
  return new Map([["sn", new Decimal(pieces)]]);
}

function move(change: Partial<Move>): Move {
  return {
    moveId: "m",
    itemId: "i",
    lotId: null,
    fromLocationId: "a",
    toLocationId: "out",
    quantity: "1",
    reservationId: null,
    ...change,
  };
}

function balance(quantity: string, reserved: string): Balance {
  return { locationId: "a", itemId: "i", lotId: null, quantity, reserved, allowsNegative: false };
}

function reservation(state: Reservation["state"]): Reservation {
  return {
    reservationId: "r",
    itemId: "i",
    locationId: "a",
    lotId: null,
    quantity: "2",
    consumed: "0",
    state,
    reference: "work_order:1",
  };
}

function itemOf(itemId: string) {
  const item = facts.items.get(itemId);
  if (item === undefined) throw new Error("no such item");
  return item;
}
