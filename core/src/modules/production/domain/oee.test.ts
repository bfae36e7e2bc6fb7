import { expect, test } from "vitest";

import { oee, type OeeInput } from "./oee.ts";

const min = 60_000;
const shift: OeeInput = {
  stateMs: { producing: 360 * min, idle: 40 * min, down: 50 * min, planned_stop: 30 * min },
  good: 17_100,
  scrap: 900,
  plannedPieces: 18_000,
  plannedMs: 18_000 * 1000,
};

// Worked by hand: PBT = 360 + 40 + 50 = 450 min, APT = 360 min, PRI = 1 s, PQ = 18,000, GQ = 17,100.
// A = 360/450 = 0.8; E = 1 s x 18,000 / 21,600 s = 0.8333; Q = 17,100/18,000 = 0.95; OEE = 0.6333.
test("a shift as ISO 22400-2 computes it", () => {
  const figures = oee(shift);
  expect(figures.availability?.low).toBeCloseTo(0.8, 10);
  expect(figures.effectiveness?.low).toBeCloseTo(0.833_333, 5);
  expect(figures.quality?.low).toBeCloseTo(0.95, 10);
  expect(figures.oee?.low).toBeCloseTo(0.633_333, 5);
  expect(figures.oee?.high).toBe(figures.oee?.low);
  expect(figures.timeModelVersion).toBe(1);
});

test("a ratio without a denominator is n/a, never 0 or 1", () => {
  const idle = oee({ stateMs: { idle: min }, good: 0, scrap: 0, plannedPieces: 0, plannedMs: 0 });
  expect(idle).toMatchObject({
    availability: { low: 0, high: 0 },
    effectiveness: null,
    quality: null,
    oee: null,
  });
  expect(oee({ ...shift, stateMs: {} }).availability).toBeNull();
});

test("effectiveness is not capped: above 1 it says that the planned run time is wrong", () => {
  expect(oee({ ...shift, plannedMs: 18_000 * 1500 }).effectiveness?.high).toBeCloseTo(1.25, 10);
});

// 24 of 474 min are 5.06 %: the machine may have stood or run. 22 of 472 are 4.66 %.
test.each([
  { noDataMin: 24, low: 360 / 474, high: 384 / 474 },
  { noDataMin: 22, low: 360 / 472, high: 360 / 472 },
])("$noDataMin min of no_data lie in PBT and not in APT", ({ noDataMin, low, high }) => {
  const figures = oee({ ...shift, stateMs: { ...shift.stateMs, no_data: noDataMin * min } });
  expect(figures.availability?.low).toBeCloseTo(low, 10);
  expect(figures.availability?.high).toBeCloseTo(high, 10);
  expect(figures.oee?.high).toBeCloseTo((high * 0.95 * 18_000) / 21_600, 10);
});

test("pieces without an operation count at the mean run time of the others", () => {
  const figures = oee({ ...shift, plannedPieces: 9000, plannedMs: 9000 * 1000 });
  expect(figures.effectiveness?.low).toBeCloseTo(0.833_333, 5);
});

test("an unknown time model is a bug, not another figure", () => {
  expect(() => oee(shift, 99)).toThrow("time model 99");
});
