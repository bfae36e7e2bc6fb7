import { describe, expect, test } from "vitest";

import { composeInput, type MrpRecords } from "./compose-input.ts";
import type { Finding } from "./finding.ts";
import { suppliesOfOrder } from "./pegging.ts";
import { findingsOf, type MrpPlan } from "./plan.ts";
import { orderCount, ordersOf as readOrders } from "./planned-orders.ts";
import { decimalFromScaled } from "./quantity.ts";
import { runMrp } from "./run.ts";

/** A planned order as [start day, due day, quantity]. */
type Row = [start: number, due: number, quantity: string];

describe("netting and explosion", () => {
  test("a bill of three levels: the exploded quantity is the lot-sized one", () => {
    const { ordersOf } = planned({
      points: [
        { id: "bike", kind: "make", leadDays: 2 },
        { id: "wheel", kind: "make", leadDays: 3, lotRule: { rule: "fixed", quantity: "50" } },
        { id: "spoke", kind: "buy", leadDays: 5 },
      ],
      lines: [
        { parent: "bike", component: "wheel", quantityPer: "2" },
        { parent: "wheel", component: "spoke", quantityPer: "32", scrapPercent: "2.5" },
      ],
      demands: [
        { point: "bike", day: 20, quantity: "12" },
        { point: "bike", day: 27, quantity: "15" },
      ],
      onHand: [{ point: "bike", quantity: "2" }],
    });
    expect(ordersOf("bike")).toEqual<Row[]>([
      [18, 20, "10"],
      [25, 27, "15"],
    ]);
    // 20 wheels on day 18 from a lot of 50; the other 30 are just what day 25 needs.
    expect(ordersOf("wheel")).toEqual<Row[]>([[15, 18, "50"]]);
    // 50 × 32 × 1.025 = 1640: of the lot of 50, not of the need for 20.
    expect(ordersOf("spoke")).toEqual<Row[]>([[10, 15, "1640"]]);
  });

  test("what comes out beside an order serves needs from that day on, and is not ordered", () => {
    const { ordersOf } = planned({
      points: [
        { id: "plate", kind: "make", leadDays: 1 },
        { id: "tray", kind: "make", leadDays: 1 },
        { id: "offcut", kind: "buy", leadDays: 2, uomDecimals: 0 },
      ],
      lines: [{ parent: "tray", component: "offcut", quantityPer: "1" }],
      byProducts: [{ parent: "plate", product: "offcut", quantityPer: "1", quantityUnder: "3" }],
      demands: [
        { point: "plate", day: 10, quantity: "20" },
        { point: "tray", day: 9, quantity: "4" },
        { point: "tray", day: 15, quantity: "9" },
      ],
    });
    // 20 plates on day 10 leave 6 offcuts, too late for the trays of day 8 and enough for 6 of 9.
    expect(ordersOf("offcut")).toEqual<Row[]>([
      [6, 8, "4"],
      [12, 14, "3"],
    ]);
  });

  test("a point on two levels is netted once, on the lower", () => {
    const { plan, ordersOf } = planned({
      points: [
        { id: "table", kind: "make", leadDays: 1 },
        { id: "leg", kind: "make", leadDays: 1 },
        { id: "screw", kind: "buy", leadDays: 1 },
      ],
      lines: [
        { parent: "table", component: "screw", quantityPer: "8" },
        { parent: "table", component: "leg", quantityPer: "4" },
        { parent: "leg", component: "screw", quantityPer: "2" },
      ],
      demands: [{ point: "table", day: 9, quantity: "1" }],
      onHand: [{ point: "screw", quantity: "10" }],
    });
    expect([...plan.structure.level]).toEqual([0, 1, 2]);
    // Legs start on day 7 and take 8 of the 10; the table starts on day 8 and finds 2 of its 8.
    expect(ordersOf("screw")).toEqual<Row[]>([[7, 8, "6"]]);
  });

  test("safety stock is restored with the first need, or on day 0 without one", () => {
    const { ordersOf } = planned({
      points: [
        { id: "needed", kind: "buy", leadDays: 2, safetyStock: "5" },
        { id: "resting", kind: "buy", leadDays: 2, safetyStock: "5" },
        { id: "full", kind: "buy", leadDays: 2, safetyStock: "5" },
        { id: "owing", kind: "buy", leadDays: 2 },
      ],
      demands: [{ point: "needed", day: 6, quantity: "10" }],
      onHand: [
        { point: "needed", quantity: "3" },
        { point: "resting", quantity: "1" },
        { point: "full", quantity: "6" },
        { point: "owing", quantity: "-4" },
      ],
    });
    expect(ordersOf("needed")).toEqual<Row[]>([[4, 6, "12"]]);
    expect(ordersOf("resting")).toEqual<Row[]>([[-2, 0, "4"]]);
    expect(ordersOf("full")).toEqual([]);
    expect(ordersOf("owing")).toEqual<Row[]>([[-2, 0, "4"]]);
  });

  test("a phantom uses up its own stock and passes the rest through on the same day", () => {
    const { ordersOf } = planned({
      points: [
        { id: "lamp", kind: "make", leadDays: 1 },
        { id: "kit", kind: "phantom", leadDays: 9, lotRule: { rule: "fixed", quantity: "100" } },
        { id: "bulb", kind: "buy", leadDays: 3 },
      ],
      lines: [
        { parent: "lamp", component: "kit", quantityPer: "1" },
        { parent: "kit", component: "bulb", quantityPer: "2" },
      ],
      demands: [{ point: "lamp", day: 10, quantity: "7" }],
      onHand: [{ point: "kit", quantity: "3" }],
    });
    expect(ordersOf("kit")).toEqual<Row[]>([[9, 9, "4"]]);
    expect(ordersOf("bulb")).toEqual<Row[]>([[6, 9, "8"]]);
  });

  test("yield: to get 90 good ones, components for 100 are taken", () => {
    const { ordersOf } = planned({
      points: [
        { id: "casting", kind: "make", yieldPercent: "90" },
        { id: "alloy", kind: "buy" },
      ],
      lines: [{ parent: "casting", component: "alloy", quantityPer: "0.5" }],
      demands: [{ point: "casting", day: 1, quantity: "90" }],
    });
    expect(ordersOf("casting")).toEqual<Row[]>([[1, 1, "90"]]);
    expect(ordersOf("alloy")).toEqual<Row[]>([[1, 1, "50"]]);
  });

  test("pieces are planned whole although their need is not", () => {
    const { ordersOf } = planned({
      points: [
        { id: "frame", kind: "make" },
        { id: "bolt", kind: "buy", uomDecimals: 0 },
      ],
      lines: [{ parent: "frame", component: "bolt", quantityPer: "3", scrapPercent: "2" }],
      demands: [
        { point: "frame", day: 1, quantity: "10" },
        { point: "frame", day: 2, quantity: "10" },
      ],
    });
    // 30.6 and 30.6: 31, and the 0.4 left over makes the second 30.2, so 31 again.
    expect(ordersOf("bolt")).toEqual<Row[]>([
      [1, 1, "31"],
      [2, 2, "31"],
    ]);
  });

  test("a transfer point draws on the point that sends", () => {
    const { ordersOf } = planned({
      points: [
        { id: "shop/valve", kind: "transfer", leadDays: 4 },
        { id: "plant/valve", kind: "make", leadDays: 2 },
      ],
      lines: [{ parent: "shop/valve", component: "plant/valve", quantityPer: "1" }],
      demands: [
        { point: "shop/valve", day: 10, quantity: "5" },
        { point: "plant/valve", day: 8, quantity: "1" },
      ],
    });
    expect(ordersOf("shop/valve")).toEqual<Row[]>([[6, 10, "5"]]);
    expect(ordersOf("plant/valve")).toEqual<Row[]>([
      [4, 6, "5"],
      [6, 8, "1"],
    ]);
  });
});

describe("dates", () => {
  test("lead times count working days; days before the calendar all count", () => {
    // Days 0 to 13: two weeks from a Monday, Saturday and Sunday off.
    const working = Uint8Array.from({ length: 14 }, (_, day) => (day % 7 < 5 ? 1 : 0));
    const { ordersOf } = planned({
      calendars: [{ name: "weekdays", firstDay: 0, working }],
      points: [
        { id: "a", kind: "make", leadDays: 3, calendar: "weekdays" },
        { id: "b", kind: "make", leadDays: 2, safetyLeadDays: 1, calendar: "weekdays" },
        { id: "c", kind: "make", leadDays: 7, calendar: "weekdays" },
        { id: "d", kind: "make", leadDays: 2, calendar: "weekdays" },
      ],
      demands: [
        { point: "a", day: 8, quantity: "1" },
        { point: "b", day: 7, quantity: "1" },
        { point: "c", day: 4, quantity: "1" },
        { point: "d", day: 20, quantity: "1" },
        { point: "a", day: 6, quantity: "1" },
      ],
    });
    // From the second Sunday back: Fri 4, Thu 3, Wed 2. From Tuesday 8: Mon 7, Fri 4, Thu 3.
    expect(ordersOf("a")).toEqual<Row[]>([
      [2, 6, "1"],
      [3, 8, "1"],
    ]);
    expect(ordersOf("b")).toEqual<Row[]>([[2, 4, "1"]]);
    expect(ordersOf("c")).toEqual<Row[]>([[-3, 4, "1"]]);
    expect(ordersOf("d")).toEqual<Row[]>([[18, 20, "1"]]);
  });

  test("needs inside the planning fence are served on it, in one order", () => {
    const { ordersOf } = planned({
      points: [{ id: "a", kind: "make", leadDays: 2, planningFence: 10 }],
      demands: [
        { point: "a", day: 3, quantity: "4" },
        { point: "a", day: 8, quantity: "5" },
        { point: "a", day: 12, quantity: "6" },
      ],
    });
    expect(ordersOf("a")).toEqual<Row[]>([
      [8, 10, "9"],
      [10, 12, "6"],
    ]);
  });

  test("forecasts inside the demand fence do not count, orders do", () => {
    const { ordersOf } = planned({
      points: [{ id: "a", kind: "buy", demandFence: 5 }],
      demands: [
        { point: "a", day: 4, quantity: "1", isForecast: true },
        { point: "a", day: 4, quantity: "10" },
        { point: "a", day: 5, quantity: "100", isForecast: true },
      ],
    });
    expect(ordersOf("a")).toEqual<Row[]>([
      [4, 4, "10"],
      [5, 5, "100"],
    ]);
  });

  test("stock is used before it expires, and not after", () => {
    const { ordersOf } = planned({
      points: [{ id: "glue", kind: "buy" }],
      demands: [
        { point: "glue", day: 3, quantity: "4" },
        { point: "glue", day: 5, quantity: "4" },
        { point: "glue", day: 6, quantity: "4" },
      ],
      onHand: [
        { point: "glue", quantity: "5", lastDay: 9 },
        { point: "glue", quantity: "6", lastDay: 5 },
      ],
    });
    // Day 3 takes 4 of the older lot, day 5 its last 2 and 2 of the other, day 6 the 3 left there.
    expect(ordersOf("glue")).toEqual<Row[]>([[6, 6, "1"]]);
  });

  test("a safety stock that expires is restored with the next need", () => {
    const { ordersOf } = planned({
      points: [{ id: "glue", kind: "buy", safetyStock: "5" }],
      demands: [
        { point: "glue", day: 3, quantity: "1" },
        { point: "glue", day: 8, quantity: "1" },
      ],
      onHand: [{ point: "glue", quantity: "7", lastDay: 5 }],
    });
    expect(ordersOf("glue")).toEqual<Row[]>([[8, 8, "6"]]);
  });
});

describe("alternates", () => {
  const legs = [
    { point: "beech", quantityPer: "4" },
    // Thinner: it takes five.
    { point: "pine", quantityPer: "5" },
  ];
  const points = [
    { id: "table", kind: "make" },
    { id: "bench", kind: "make" },
    { id: "oak", kind: "buy" },
    { id: "beech", kind: "buy" },
    { id: "pine", kind: "buy" },
  ] as const;

  test("stock of the component first, then that of alternates by priority, then an order", () => {
    const { ordersOf, plan } = planned({
      points,
      lines: [{ parent: "table", component: "oak", quantityPer: "4", alternates: legs }],
      demands: [
        { point: "table", day: 5, quantity: "3" },
        { point: "table", day: 9, quantity: "3" },
      ],
      onHand: [
        { point: "oak", quantity: "8" },
        { point: "pine", quantity: "9" },
        { point: "beech", quantity: "3" },
      ],
    });
    // 24 legs: 8 of oak, 3 of beech, and 9 of pine stand in for 7.2.
    expect(ordersOf("oak")).toEqual<Row[]>([[9, 9, "5.8"]]);
    expect([ordersOf("beech"), ordersOf("pine")]).toEqual([[], []]);
    const order = { point: 0, ordinal: 0 };
    const pegs = suppliesOfOrder(plan, order).map(({ point, quantity, insteadOf }) => ({
      of: points[point]?.id,
      quantity,
      insteadOf: insteadOf?.quantity,
    }));
    expect(pegs).toEqual([
      { of: "oak", quantity: 800, insteadOf: undefined },
      { of: "beech", quantity: 300, insteadOf: 300 },
      { of: "pine", quantity: 125, insteadOf: 100 },
    ]);
  });

  test("an alternate keeps what it needs itself, now or later, and its safety stock", () => {
    const { ordersOf } = planned({
      points: points.map((point) =>
        point.id === "beech" ? { ...point, safetyStock: "2" } : point,
      ),
      lines: [
        { parent: "table", component: "oak", quantityPer: "4", alternates: legs },
        { parent: "bench", component: "beech", quantityPer: "2" },
      ],
      demands: [
        { point: "table", day: 5, quantity: "3" },
        { point: "bench", day: 30, quantity: "4" },
      ],
      onHand: [{ point: "beech", quantity: "13" }],
    });
    expect(ordersOf("oak")).toEqual<Row[]>([[5, 5, "9"]]);
    expect(ordersOf("beech")).toEqual([]);
  });

  test("two components stand in for each other", () => {
    const { ordersOf, codes } = planned({
      points,
      lines: [
        { parent: "table", component: "oak", quantityPer: "4", alternates: legs.slice(0, 1) },
        {
          parent: "bench",
          component: "beech",
          quantityPer: "2",
          alternates: [{ point: "oak", quantityPer: "2" }],
        },
      ],
      demands: [
        { point: "table", day: 5, quantity: "1" },
        { point: "bench", day: 5, quantity: "5" },
      ],
      onHand: [{ point: "oak", quantity: "11" }],
    });
    expect(codes()).toEqual([]);
    expect([ordersOf("oak"), ordersOf("beech")]).toEqual([[], [[5, 5, "3"]]]);
  });

  test("what is made of a component does not stand in for it", () => {
    const { ordersOf, codes } = planned({
      points: points.map((point) => (point.id === "oak" ? { ...point, kind: "make" } : point)),
      lines: [
        { parent: "table", component: "oak", quantityPer: "4", alternates: legs.slice(0, 1) },
        { parent: "oak", component: "beech", quantityPer: "1" },
      ],
      demands: [{ point: "table", day: 5, quantity: "1" }],
      onHand: [{ point: "beech", quantity: "4" }],
    });
    expect(codes()).toEqual(["alternate.circular: oak beech"]);
    expect(ordersOf("oak")).toEqual<Row[]>([[5, 5, "4"]]);
  });
});

describe("bad input: a finding that names the culprit, and a plan for all the rest", () => {
  test("a cycle, a tangle and a point that is its own component", () => {
    const { codes, ordersOf } = planned({
      points: ["top", "a", "b", "c", "self", "part"].map((id) => ({
        id,
        kind: "make",
        leadDays: 1,
      })),
      lines: [
        { parent: "top", component: "a", quantityPer: "1" },
        { parent: "a", component: "b", quantityPer: "1" },
        { parent: "b", component: "c", quantityPer: "1" },
        { parent: "c", component: "a", quantityPer: "1" },
        { parent: "c", component: "part", quantityPer: "2" },
        { parent: "top", component: "self", quantityPer: "1" },
        { parent: "self", component: "self", quantityPer: "1" },
        { parent: "self", component: "part", quantityPer: "1" },
      ],
      demands: [
        { point: "top", day: 5, quantity: "1" },
        { point: "c", day: 9, quantity: "1" },
      ],
    });
    expect(codes()).toEqual(["structure.cycle: a b c", "structure.cycle: self"]);
    expect(ordersOf("a")).toEqual<Row[]>([[3, 4, "1"]]);
    expect(ordersOf("c")).toEqual<Row[]>([[8, 9, "1"]]);
    expect(ordersOf("part")).toEqual<Row[]>([
      [2, 3, "1"],
      [7, 8, "2"],
    ]);
  });

  test("negative, absurd and unknown rows are left out, zero is no demand", () => {
    const { codes, ordersOf } = planned({
      points: [{ id: "a", kind: "buy", safetyStock: "-1" }],
      lines: [
        { parent: "a", component: "ghost", quantityPer: "1" },
        { parent: "a", component: "a", quantityPer: "-1" },
      ],
      demands: [
        { point: "a", day: 1, quantity: "0" },
        { point: "a", day: 1, quantity: "-3" },
        { point: "a", day: 1, quantity: "0.001" },
        { point: "a", day: 40_000, quantity: "3" },
        { point: "ghost", day: 1, quantity: "3" },
        { point: "a", day: 2, quantity: "3" },
      ],
      receipts: [{ point: "a", day: 1, quantity: "-1" }],
    });
    expect(ordersOf("a")).toEqual<Row[]>([[2, 2, "3"]]);
    expect(codes()).toEqual(
      [
        "quantity.not_exact: a",
        "quantity.not_exact: a",
        "structure.unknown_point: a",
        "line.bad_factor: a a",
        "demand.not_plannable: a",
        "demand.not_plannable: a",
        "demand.not_plannable: ",
        "receipt.not_plannable: a",
      ].toSorted(),
    );
  });

  test("a quantity beyond 2^53 stops its point, not the run", () => {
    const { codes, ordersOf } = planned({
      points: [
        { id: "galaxy", kind: "make" },
        { id: "star", kind: "make" },
        { id: "atom", kind: "buy" },
        { id: "other", kind: "buy" },
      ],
      lines: [
        { parent: "galaxy", component: "star", quantityPer: "1000000" },
        { parent: "star", component: "atom", quantityPer: "1000000" },
        { parent: "galaxy", component: "other", quantityPer: "1" },
      ],
      demands: [{ point: "galaxy", day: 1, quantity: "1000000" }],
    });
    expect(codes()).toEqual(["quantity.too_large: atom"]);
    expect(ordersOf("star")).toEqual<Row[]>([[1, 1, "1000000000000"]]);
    expect(ordersOf("atom")).toEqual([]);
    expect(ordersOf("other")).toEqual<Row[]>([[1, 1, "1000000"]]);
  });

  test("contradictory fences, lot rules, lead times and an empty calendar", () => {
    const { codes, ordersOf } = planned({
      calendars: [{ name: "never", firstDay: 0, working: new Uint8Array(30) }],
      points: [
        { id: "fences", kind: "buy", planningFence: 5, demandFence: 8 },
        { id: "past", kind: "buy", planningFence: -3 },
        {
          id: "lots",
          kind: "buy",
          lotRule: { rule: "min_max_multiple", minimum: "80", maximum: "50" },
        },
        { id: "slow", kind: "buy", leadDays: -4 },
        { id: "closed", kind: "buy", leadDays: 2, calendar: "never" },
        { id: "lost", kind: "transfer" },
      ],
      demands: ["fences", "past", "lots", "slow", "closed", "lost"].map((point) => ({
        point,
        day: 10,
        quantity: "70",
      })),
    });
    expect(codes()).toEqual([
      "calendar.empty: closed",
      "fence.contradiction: fences",
      "fence.contradiction: past",
      "lead_time.out_of_range: slow",
      "lot_rule.contradiction: lots",
      "transfer.sender: lost",
    ]);
    expect(ordersOf("lots")).toEqual<Row[]>([[10, 10, "70"]]);
    expect(ordersOf("closed")).toEqual<Row[]>([[8, 10, "70"]]);
  });

  test("a lot that is smaller than a piece, or not of whole pieces, is a contradiction", () => {
    const pieces = { kind: "buy", uomDecimals: 0 } as const;
    const rule = "min_max_multiple";
    const points = [
      { ...pieces, id: "half", lotRule: { rule, maximum: "0.5" } },
      { ...pieces, id: "between", lotRule: { rule, minimum: "1.5", maximum: "1.5" } },
      { ...pieces, id: "threes", lotRule: { rule, maximum: "2.5", multiple: "2.5" } },
      { ...pieces, id: "fits", lotRule: { rule, minimum: "1.5", maximum: "2.5" } },
      { id: "liquid", kind: "buy", lotRule: { rule, minimum: "0.25", maximum: "1.5" } },
    ] as const;
    const { codes, ordersOf, findings } = planned({
      points,
      demands: points.map(({ id }) => ({ point: id, day: 5, quantity: "3" })),
    });
    expect(codes()).toEqual([
      "lot_rule.contradiction: between",
      "lot_rule.contradiction: half threes",
    ]);
    expect(findings.map(({ message }) => message)).toEqual([
      "min_max_multiple in whole steps of the unit: no multiple fits under the maximum; planned lot for lot",
      "min_max_multiple in whole steps of the unit: the minimum is above the largest multiple up to the maximum; planned lot for lot",
    ]);
    for (const id of ["half", "between", "threes"])
      expect(ordersOf(id)).toEqual<Row[]>([[5, 5, "3"]]);
    expect(ordersOf("fits")).toEqual<Row[]>([
      [5, 5, "2"],
      [5, 5, "2"],
    ]);
    expect(ordersOf("liquid")).toEqual<Row[]>([
      [5, 5, "1.5"],
      [5, 5, "1.5"],
    ]);
  });

  test("a point that is there twice is planned as the first says, and left out where it is there again", () => {
    const { codes, ordersOf, plan, findings } = planned({
      points: [
        { id: "a", kind: "buy", leadDays: 3 },
        { id: "a", kind: "make", leadDays: 9, safetyStock: "7" },
      ],
      demands: [{ point: "a", day: 5, quantity: "3" }],
      onHand: [{ point: "a", quantity: "1" }],
    });
    expect(codes()).toEqual(["structure.repeated_point: a a"]);
    expect(findings[0]?.message).toBe(
      'point "a" in row 0 is there again in row 1, which is left out',
    );
    expect(ordersOf("a")).toEqual<Row[]>([[2, 5, "2"]]);
    expect(orderCount(plan)).toBe(1);
  });

  test("a day that 32 bits do not hold, or that is no whole day, never becomes another day", () => {
    const beyond = 2 ** 32 + 5;
    const { codes, ordersOf, findings } = planned({
      points: [
        { id: "a", kind: "buy" },
        { id: "b", kind: "buy", leadDays: 2 ** 32 + 3, planningFence: Number.NaN },
        { id: "c", kind: "buy", leadDays: 1.5, safetyLeadDays: Number.NaN },
      ],
      demands: [
        { point: "a", day: beyond, quantity: "3" },
        { point: "a", day: Number.NaN, quantity: "1" },
        { point: "a", day: 7.9, quantity: "1" },
        { point: "a", day: 8, quantity: "4" },
        { point: "b", day: 5, quantity: "1" },
        { point: "c", day: 5, quantity: "1" },
      ],
      receipts: [{ point: "a", day: beyond, quantity: "4" }],
      onHand: [{ point: "a", quantity: "4", lastDay: beyond }],
    });
    expect(codes()).toEqual([
      "demand.not_plannable: a",
      "demand.not_plannable: a",
      "demand.not_plannable: a",
      "fence.contradiction: b",
      "lead_time.out_of_range: b",
      "lead_time.out_of_range: c",
      "lead_time.out_of_range: c",
      "on_hand.not_plannable: a",
      "receipt.not_plannable: a",
    ]);
    expect(findings.map(({ message }) => message)).toContain(
      "demand in row 0 is on day 4294967301, which is no day of the plan; left out",
    );
    expect(ordersOf("a")).toEqual<Row[]>([[8, 8, "4"]]);
    expect(ordersOf("b")).toEqual<Row[]>([[5 - 3653, 5, "1"]]);
    expect(ordersOf("c")).toEqual<Row[]>([[3, 5, "1"]]);
  });

  test("a chain of ten thousand levels neither overflows the stack nor takes long", () => {
    const ids = Array.from({ length: 10_000 }, (_, level) => `p${level}`);
    const { plan, ordersOf } = planned({
      points: ids.map((id) => ({ id, kind: "make", leadDays: 1 })),
      lines: ids.slice(1).map((component, level) => ({
        parent: ids[level] ?? "",
        component,
        quantityPer: "1",
      })),
      demands: [{ point: "p0", day: 10, quantity: "1" }],
    });
    expect(plan.structure.levels).toBe(10_000);
    expect(ordersOf("p9999")).toEqual<Row[]>([[-9990, -9989, "1"]]);
  });

  test("nothing at all is a plan of nothing", () => {
    expect(orderCount(planned({ points: [] }).plan)).toBe(0);
  });
});

/** Runs MRP on records with two decimals and reads the plan by id. */
function planned(records: Omit<MrpRecords, "decimals">): {
  plan: MrpPlan;
  ordersOf: (id: string) => Row[];
  codes: () => string[];
  findings: Finding[];
} {
  const composed = composeInput({ ...records, decimals: 2 });
  const plan = runMrp(composed.input);
  return {
    plan,
    ordersOf: (id) => {
      const point = records.points.findIndex((each) => each.id === id);
      return readOrders(plan, point).map(({ start, due, quantity }) => [
        start,
        due,
        decimalFromScaled(quantity, 2),
      ]);
    },
    findings: [...composed.findings, ...findingsOf(plan)],
    codes: () =>
      [...composed.findings, ...findingsOf(plan)]
        .map(
          ({ code, points }) =>
            `${code}: ${points.map((row) => records.points[row]?.id).join(" ")}`,
        )
        .toSorted(),
  };
}
