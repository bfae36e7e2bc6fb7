import fc from "fast-check";
import { expect, test } from "vitest";

import { wagnerWhitin } from "./wagner-whitin.ts";

test("the demands of the example of Wagner and Whitin, 1958", () => {
  // Twelve months, holding cost 1 per unit and month. Their order cost varies, ours is 85 throughout.
  const day = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const quantity = [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56];
  const starts = wagnerWhitin({ day, quantity, count: 12 }, 85);
  expect(cost(starts, day, quantity, 85)).toBe(cheapestByTrying(day, quantity, 85));
});

test("free orders make lot for lot, priceless ones a single order", () => {
  const needs = { day: [0, 3, 9], quantity: [5, 5, 5], count: 3 };
  expect([...wagnerWhitin(needs, 0)]).toEqual([1, 1, 1]);
  expect([...wagnerWhitin(needs, 1e9)]).toEqual([1, 0, 0]);
});

test("nothing needed, nothing ordered", () => {
  expect(wagnerWhitin({ day: [], quantity: [], count: 0 }, 10)).toHaveLength(0);
});

test("costs as much as the best of all groupings, tried one by one", () => {
  const need = fc.record({
    gap: fc.integer({ min: 1, max: 9 }),
    quantity: fc.integer({ min: 1, max: 40 }),
  });
  fc.assert(
    fc.property(
      fc.array(need, { minLength: 1, maxLength: 10 }),
      fc.nat(300),
      (needs, partPeriods) => {
        let today = -20;
        const day = needs.map(({ gap }) => (today += gap));
        const quantity = needs.map((each) => each.quantity);
        const starts = wagnerWhitin({ day, quantity, count: needs.length }, partPeriods);
        expect(starts[0]).toBe(1);
        expect(cost(starts, day, quantity, partPeriods)).toBe(
          cheapestByTrying(day, quantity, partPeriods),
        );
      },
    ),
  );
});

function cheapestByTrying(day: number[], quantity: number[], partPeriods: number): number {
  let cheapest = Infinity;
  for (let choice = 0; choice < 2 ** (day.length - 1); choice += 1) {
    const starts = Uint8Array.from(day, (_, row) => (row === 0 ? 1 : (choice >> (row - 1)) & 1));
    cheapest = Math.min(cheapest, cost(starts, day, quantity, partPeriods));
  }
  return cheapest;
}

function cost(starts: Uint8Array, day: number[], quantity: number[], partPeriods: number): number {
  let total = 0;
  let received = 0;
  for (const [row, today] of day.entries()) {
    if (starts[row] === 1) {
      total += partPeriods;
      received = today;
    }
    total += (quantity[row] ?? 0) * (today - received);
  }
  return total;
}
