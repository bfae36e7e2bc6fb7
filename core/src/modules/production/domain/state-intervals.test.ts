import { expect, test } from "vitest";

import { stateIntervals, sumByState } from "./state-intervals.ts";

const window = { from: 100, to: 200 };

test("time before the first point is no_data", () => {
  expect(stateIntervals([{ at: 150, state: "idle" }], window)).toEqual([
    { state: "no_data", from: 100, to: 150 },
    { state: "idle", from: 150, to: 200 },
  ]);
});

test("a point before the window says how it begins; repeated states are one interval", () => {
  const points = [
    { at: 50, state: "producing" as const },
    { at: 120, state: "producing" as const },
    { at: 170, state: "down" as const },
  ];
  const intervals = stateIntervals(points, window);
  expect(intervals).toEqual([
    { state: "producing", from: 100, to: 170 },
    { state: "down", from: 170, to: 200 },
  ]);
  expect(sumByState(intervals, null)).toEqual({
    inside: { producing: 70, down: 30 },
    outside: {},
  });
});

test("time is told apart by the spans it lies in", () => {
  const intervals = [
    { state: "producing", from: 100, to: 150 },
    { state: "down", from: 150, to: 200 },
  ] as const;
  const spans = [
    { from: 0, to: 110 },
    { from: 140, to: 160 },
  ];
  expect(sumByState(intervals, spans)).toEqual({
    inside: { producing: 20, down: 10 },
    outside: { producing: 30, down: 40 },
  });
  // A holiday.
  expect(sumByState(intervals, [])).toEqual({ inside: {}, outside: { producing: 50, down: 50 } });
});

test("a machine never heard of is no_data throughout; an empty window has no interval", () => {
  expect(stateIntervals([], window)).toEqual([{ state: "no_data", from: 100, to: 200 }]);
  expect(stateIntervals([], { from: 100, to: 100 })).toEqual([]);
});
