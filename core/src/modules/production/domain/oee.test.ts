import { expect, test } from "vitest";

import { noTime, oee, type OeeInput, type TimeSums } from "./oee.ts";

const min = 60_000;
const shift: TimeSums = {
  stateMs: { producing: 360 * min, idle: 40 * min, down: 50 * min, planned_stop: 30 * min },
  good: 17_100,
  scrap: 900,
  plannedPieces: 18_000,
  plannedMs: 18_000 * 1000,
};
const inShift = (more: Partial<TimeSums> = {}): OeeInput => ({
  planned: { ...shift, ...more },
  unplanned: noTime,
});

// Worked by hand: PBT = 360 + 40 + 50 = 450 min, APT = 360 min, PRI = 1 s, PQ = 18,000, GQ = 17,100.
// A = 360/450 = 0.8; E = 1 s x 18,000 / 21,600 s = 0.8333; Q = 17,100/18,000 = 0.95; OEE = 0.6333.
test("a shift as ISO 22400-2 computes it", () => {
  const figures = oee(inShift());
  expect(figures.availability?.low).toBeCloseTo(0.8, 10);
  expect(figures.effectiveness?.low).toBeCloseTo(0.833_333, 5);
  expect(figures.quality?.low).toBeCloseTo(0.95, 10);
  expect(figures.oee?.low).toBeCloseTo(0.633_333, 5);
  expect(figures.oee?.high).toBe(figures.oee?.low);
  expect(figures.plannedBusyMs).toBe(450 * min);
  expect(figures.timeModelVersion).toBe(2);
});

test("a ratio without a denominator is n/a, never 0 or 1", () => {
  const idle = oee({ planned: { ...noTime, stateMs: { idle: min } }, unplanned: noTime });
  expect(idle).toMatchObject({
    availability: { low: 0, high: 0 },
    effectiveness: null,
    quality: null,
    oee: null,
  });
  expect(oee(inShift({ stateMs: {} })).availability).toBeNull();
});

test("effectiveness is not capped: above 1 it says that the planned run time is wrong", () => {
  expect(oee(inShift({ plannedMs: 18_000 * 1500 })).effectiveness?.high).toBeCloseTo(1.25, 10);
});

// 24 of 474 min are 5.06 %: the machine may have stood or run. 22 of 472 are 4.66 %.
test.each([
  { noDataMin: 24, low: 360 / 474, high: 384 / 474 },
  { noDataMin: 22, low: 360 / 472, high: 360 / 472 },
])("$noDataMin min of no_data lie in PBT and not in APT", ({ noDataMin, low, high }) => {
  const figures = oee(inShift({ stateMs: { ...shift.stateMs, no_data: noDataMin * min } }));
  expect(figures.availability?.low).toBeCloseTo(low, 10);
  expect(figures.availability?.high).toBeCloseTo(high, 10);
  expect(figures.oee?.high).toBeCloseTo((high * 0.95 * 18_000) / 21_600, 10);
});

test("pieces without an operation count at the mean run time of the others", () => {
  const figures = oee(inShift({ plannedPieces: 9000, plannedMs: 9000 * 1000 }));
  expect(figures.effectiveness?.low).toBeCloseTo(0.833_333, 5);
});

// Two hours of overtime with 7,000 pieces, then down all night: the shift's figures stay its own.
test("what lies outside of the calendar is in no ratio, and its running is told beside them", () => {
  const stateMs = { producing: 120 * min, down: 360 * min, no_data: 60 * min };
  const overtime = { stateMs, good: 6900, scrap: 100, plannedPieces: 7000, plannedMs: 7_000_000 };
  const figures = oee({ ...inShift(), unplanned: overtime });
  const unplanned = { runningMs: 120 * min, good: "6900", scrap: "100" };
  expect(figures).toEqual({ ...oee(inShift()), unplanned });
});

// A = (360 + 120) / (450 + 540): as it was computed before calendars counted.
test("the first time model takes all time as planned", () => {
  const stateMs = { producing: 120 * min, down: 360 * min, no_data: 60 * min };
  const figures = oee({ ...inShift(), unplanned: { ...noTime, stateMs } }, 1);
  expect(figures.availability?.low).toBeCloseTo(480 / 990, 10);
  expect(figures).toMatchObject({ timeModelVersion: 1, unplanned: { runningMs: 0, good: "0" } });
});

test("an unknown time model is a bug, not another figure", () => {
  expect(() => oee(inShift(), 99)).toThrow("time model 99");
});
