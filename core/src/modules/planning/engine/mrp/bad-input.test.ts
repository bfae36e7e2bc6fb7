import { describe, expect, test } from "vitest";

import { orderCount } from "./planned-orders.ts";
import { planned, type Row } from "./planned.fixture.ts";

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
