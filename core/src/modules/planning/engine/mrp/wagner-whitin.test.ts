import fc from "fast-check";
import { expect, test } from "vitest";

import { createWagnerWhitinWork, wagnerWhitin } from "./wagner-whitin.ts";

test("the demands of the example of Wagner and Whitin, 1958", () => {
  // Twelve months, holding cost 1 per unit and month. Their order cost varies, ours is 85 throughout.
  const day = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const quantity = [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56];
  const starts = ordersStart(day, quantity, 85);
  expect(cost(starts, day, quantity, 85)).toBe(cheapestByTrying(day, quantity, 85));
});

test("free orders make lot for lot, priceless ones a single order", () => {
  expect(ordersStart([0, 3, 9], [5, 5, 5], 0)).toEqual([true, true, true]);
  expect(ordersStart([0, 3, 9], [5, 5, 5], 1e9)).toEqual([true, false, false]);
});

test("nothing needed, nothing ordered", () => {
  expect(ordersStart([], [], 10)).toHaveLength(0);
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
        const starts = ordersStart(day, quantity, partPeriods);
        expect(starts[0]).toBe(true);
        expect(cost(starts, day, quantity, partPeriods)).toBe(
          cheapestByTrying(day, quantity, partPeriods),
        );
      },
    ),
  );
});

function ordersStart(day: number[], quantity: number[], partPeriods: number): boolean[] {
  const work = createWagnerWhitinWork(day.length);
  const needs = {
    day: Int32Array.from(day),
    quantity: Float64Array.from(quantity),
    count: day.length,
  };
  wagnerWhitin(needs, partPeriods, work);
  return Array.from(work.starts, (start) => start === 1);
}

function cheapestByTrying(day: number[], quantity: number[], partPeriods: number): number {
  let cheapest = Infinity;
  for (let choice = 0; choice < 2 ** (day.length - 1); choice += 1) {
    const starts = day.map((_, row) => row === 0 || ((choice >> (row - 1)) & 1) === 1);
    cheapest = Math.min(cheapest, cost(starts, day, quantity, partPeriods));
  }
  return cheapest;
}

function cost(starts: boolean[], day: number[], quantity: number[], partPeriods: number): number {
  let total = 0;
  let received = 0;
  for (const [row, today] of day.entries()) {
    if (starts[row] === true) {
      total += partPeriods;
      received = today;
    }
    total += (quantity[row] ?? 0) * (today - received);
  }
  return total;
}
