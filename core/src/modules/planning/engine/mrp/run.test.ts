import { describe, expect, test } from "vitest";

import { suppliesOfOrder } from "./pegging.ts";
import { planned, type Row } from "./planned.fixture.ts";

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
