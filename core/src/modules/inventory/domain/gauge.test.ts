import { describe, expect, test } from "vitest";

import { type GaugeReading, measure, propose } from "./gauge.ts";

const gauge = {
  workUnitId: "silo",
  role: "level",
  metricName: null,
  factor: "10",
  tolerance: "5",
} as const;
const now = new Date("2026-11-20T10:00:00Z");
const book = { expected: "0", lastMoveTime: null, uomDecimals: 1, now };

function reading(change: Partial<GaugeReading> = {}): GaugeReading {
  const sourceTime = "2026-11-20T09:00:00Z";
  const value = 33.333;
  return {
    workUnitId: "silo",
    role: "level",
    name: "L",
    value,
    quality: "good",
    sourceTime,
    ...change,
  };
}

/** What the reading of 09:00 is worth after a move. */
function afterMove(time: string) {
  return measure(gauge, [reading()], { ...book, lastMoveTime: new Date(time) }).finding;
}

describe("a gauge measures", () => {
  test.each([
    ["percent as kilograms, rounded as the item is counted", [reading()], "333.3"],
    ["a 64-bit integer", [reading({ value: "12" })], "120"],
    ["zero when an empty scale swings below it", [reading({ value: -0.4 })], "0"],
  ])("%s", (_, readings, measured) => {
    expect(measure(gauge, readings, book).measured?.toFixed()).toBe(measured);
  });

  test.each([
    ["no_data", []],
    ["no_data", [reading({ workUnitId: "another" })]],
    ["no_data", [reading({ role: "weight" })]],
    ["no_data", [reading({ value: null })]],
    ["no_data", [reading({ value: Number.NaN })]],
    ["not_good", [reading({ quality: "bad" })]],
    ["not_good", [reading({ quality: "stale" })]],
    ["several_metrics", [reading(), reading({ name: "M" })]],
    ["below_zero", [reading({ value: -1 })]],
  ] as const)("nothing: %s", (finding, readings) => {
    expect(measure(gauge, readings, book)).toMatchObject({ finding, measured: null });
  });

  test("one of several metrics by its name", () => {
    const readings = [reading(), reading({ name: "M", value: 1 })];
    expect(measure({ ...gauge, metricName: "M" }, readings, book).measured?.toFixed()).toBe("10");
  });

  test("after a move only what is newer, until the move is 5 minutes old", () => {
    expect(afterMove("2026-11-20T08:59:59Z")).toBe("measured");
    expect(afterMove("2026-11-20T09:56:00Z")).toBe("older_than_moves");
    expect(afterMove("2026-11-20T09:55:00Z")).toBe("measured");
  });
});

describe("a gauge proposes", () => {
  const limits = { tolerance: "5", refillBelow: "100", refillTo: "900" };
  const fresh = { rejectedDifference: null, isRefillDecided: false };
  const of = (measured: number, memory: object = {}) => {
    const value = measure({ ...gauge, factor: "1" }, [reading({ value: measured })], book).measured;
    if (value === null) throw new Error("nothing measured");
    return propose({ ...limits, ...fresh, ...memory }, value, "200");
  };

  test.each([
    [205, null, null],
    [206, "6", null],
    [190, "-10", null],
    [100, "-100", null],
    [99, "-101", "801"],
  ])("%d beside 200 in the books: adjust %s, refill %s", (measured, adjustment, refill) => {
    const proposed = of(measured);
    expect(proposed.adjustment?.toFixed() ?? null).toBe(adjustment);
    expect(proposed.refill?.toFixed() ?? null).toBe(refill);
  });

  test("a rejected difference again only when it has moved on or was gone", () => {
    const rejected = { rejectedDifference: "-10" };
    expect(of(192, rejected).adjustment).toBeNull();
    expect(of(184, rejected)).toMatchObject({ memory: { rejectedDifference: null } });
    expect(of(184, rejected).adjustment?.toFixed()).toBe("-16");
    expect(of(200, rejected).memory.rejectedDifference).toBeNull();
  });

  test("a decided refill again only after the level was above the limit", () => {
    const decided = { isRefillDecided: true };
    expect(of(50, decided)).toMatchObject({ refill: null, memory: { isRefillDecided: true } });
    expect(of(150, decided)).toMatchObject({ memory: { isRefillDecided: false } });
  });
});
