import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  createLotWork,
  economicOrderQuantity,
  economicPartPeriod,
  type LotRule,
  ordersPerNeedMax,
  pushQuantity,
  sizeLots,
} from "./lot-sizing.ts";

/** Net requirements of ten weeks, worked by hand below; weeks 3 and 8 need nothing. */
const tenWeeks: [day: number, quantity: number][] = [
  [1, 35],
  [2, 30],
  [4, 40],
  [5, 10],
  [6, 40],
  [7, 30],
  [9, 30],
  [10, 55],
];

describe("the rules, worked by hand", () => {
  test("lot for lot orders each need", () => {
    expect(size({ rule: "lot_for_lot" }, tenWeeks)).toEqual(tenWeeks);
  });

  test("fixed: whole lots of 60, what is left over serves the next weeks", () => {
    // 60-35=25, 30: short of 5 → 60 leaves 55; 55-40=15; 15-10=5; 40: → 60 leaves 25; 30: → 60 leaves 55; …
    expect(size({ rule: "fixed", quantity: 60 }, tenWeeks)).toEqual([
      [1, 60],
      [2, 60],
      [6, 60],
      [7, 60],
      [10, 60],
    ]);
    expect(size({ rule: "fixed", quantity: 20 }, [[1, 35]])).toEqual([[1, 40]]);
  });

  test("economic order quantity: the lot, or the need when it is larger", () => {
    expect(
      size({ rule: "economic_order_quantity", quantity: 50 }, [
        [1, 35],
        [2, 80],
      ]),
    ).toEqual([
      [1, 50],
      [2, 65],
    ]);
  });

  test("min, max, multiple: at least 50, in tens, split at 70", () => {
    const rule: LotRule = { rule: "min_max_multiple", minimum: 50, maximum: 70, multiple: 10 };
    expect(
      size(rule, [
        [1, 35],
        [2, 143],
      ]),
    ).toEqual([
      [1, 50],
      [2, 70],
      [2, 60],
    ]);
    // A maximum that is no multiple counts as the multiple below it.
    expect(size({ ...rule, minimum: 0, maximum: 75 }, [[1, 141]])).toEqual([
      [1, 70],
      [1, 70],
      [1, 10],
    ]);
  });

  test("period order quantity: one order for three days from the first need", () => {
    expect(size({ rule: "period_order_quantity", days: 3 }, tenWeeks)).toEqual([
      [1, 65],
      [4, 90],
      [7, 60],
      [10, 55],
    ]);
  });

  test("Wagner-Whitin: an order costs as much as holding 92 pieces for a week", () => {
    // Orders in weeks 1, 4, 6 and 9. Holding 30 + 10 + 30 + 55 and 4 orders: 125 + 368 = 493.
    expect(size({ rule: "wagner_whitin", partPeriods: 92 }, tenWeeks)).toEqual([
      [1, 65],
      [4, 50],
      [6, 70],
      [9, 85],
    ]);
  });
});

test("a step rounds every order up, and what it adds serves the next need", () => {
  expect(
    size(
      { rule: "lot_for_lot" },
      [
        [1, 250],
        [2, 30],
        [3, 30],
      ],
      100,
    ),
  ).toEqual([
    [1, 300],
    [3, 100],
  ]);
  expect(
    size(
      { rule: "period_order_quantity", days: 2 },
      [
        [1, 120],
        [3, 50],
        [4, 50],
      ],
      100,
    ),
  ).toEqual([
    [1, 200],
    [4, 100],
  ]);
});

test("a maximum that splits a need into too many orders is reported, and the need still covered", () => {
  const work = createLotWork(1);
  pushQuantity(work.needs, 4, 5_000_000);
  const rule: LotRule = { rule: "min_max_multiple", minimum: 0, maximum: 1, multiple: 1 };
  expect(sizeLots(rule, 1, work)).toBe(false);
  expect(work.orders.count).toBe(ordersPerNeedMax);
  expect(work.orders.quantity.reduce((sum, each) => sum + each, 0)).toBe(5_000_000);
});

test("Harris's square root, and the economic part period", () => {
  expect(economicOrderQuantity({ annualDemand: 1_000, orderCost: 45, holdingCost: 1 })).toBe(300);
  expect(economicOrderQuantity({ annualDemand: 0, orderCost: 45, holdingCost: 1 })).toBe(1);
  expect(economicPartPeriod({ orderCost: 100, holdingCost: 0.5 })).toBe(200);
});

const quantities = fc.integer({ min: 1, max: 500 });
const anyRule: fc.Arbitrary<LotRule> = fc.oneof(
  fc.constant<LotRule>({ rule: "lot_for_lot" }),
  fc.record({ rule: fc.constant("fixed"), quantity: quantities }),
  fc.record({ rule: fc.constant("economic_order_quantity"), quantity: quantities }),
  fc.record({ rule: fc.constant("period_order_quantity"), days: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ rule: fc.constant("wagner_whitin"), partPeriods: fc.nat(2_000) }),
  fc.record({
    rule: fc.constant("min_max_multiple"),
    minimum: fc.nat(100),
    maximum: fc.constantFrom(0, 100, 300),
    multiple: fc.constantFrom(0, 1, 7, 50),
  }),
);

test("orders cover every need on its day, in steps, and none is for nothing", () => {
  const needs = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), quantities), { maxLength: 30 });
  fc.assert(
    fc.property(anyRule, needs, fc.constantFrom(1, 10), (rule, gaps, step) => {
      let day = -10;
      const rows = gaps.map(([gap, quantity]): [number, number] => [(day += gap), quantity]);
      const orders = size(rule, rows, step);
      let stock = 0;
      for (const [today, quantity] of rows) {
        const missing = quantity - stock;
        const arriving = orders.filter(([due]) => due === today);
        for (const [, lot] of arriving) {
          expect(lot).toBeGreaterThan(0);
          expect(lot % step).toBe(0);
        }
        if (arriving.length > 0) expect(missing).toBeGreaterThan(0);
        stock = arriving.reduce((sum, [, lot]) => sum + lot, stock) - quantity;
        expect(stock).toBeGreaterThanOrEqual(0);
      }
      expect(orders.every(([due]) => rows.some(([today]) => today === due))).toBe(true);
    }),
  );
});

function size(rule: LotRule, needs: [number, number][], step = 1): [number, number][] {
  const work = createLotWork(needs.length);
  for (const [day, quantity] of needs) pushQuantity(work.needs, day, quantity);
  sizeLots(rule, step, work);
  const { day, quantity, count } = work.orders;
  return Array.from({ length: count }, (_, row) => [day[row] ?? 0, quantity[row] ?? 0]);
}
