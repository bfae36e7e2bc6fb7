import { expect, test } from "vitest";

import { calendarOf, endOfWork, lastStartOfWork, startOfWork } from "./calendar.ts";

/** Works 0-10, 15-20, 22-…: worked out by hand. */
const calendar = calendarOf([
  { from: 10, to: 15 },
  { from: 20, to: 22 },
]);

test.each([
  { ready: 0, time: 10, isSplittable: false, start: 0, why: "fits exactly before the break" },
  {
    ready: 1,
    time: 10,
    isSplittable: false,
    start: 22,
    why: "fits in no gap until the last break",
  },
  { ready: 1, time: 5, isSplittable: false, start: 1, why: "fits" },
  { ready: 7, time: 5, isSplittable: false, start: 15, why: "fills the second gap" },
  { ready: 7, time: 5, isSplittable: true, start: 7, why: "pauses" },
  { ready: 10, time: 5, isSplittable: true, start: 15, why: "does not start in a break" },
  { ready: 10, time: 0, isSplittable: false, start: 15, why: "nor does a milestone" },
])("$time from $ready starts at $start: $why", ({ ready, time, isSplittable, start }) => {
  expect(startOfWork(calendar, ready, time, isSplittable)).toBe(start);
});

test.each([
  { start: 0, time: 10, end: 10 },
  { start: 0, time: 11, end: 16 },
  { start: 7, time: 8, end: 20 },
  { start: 7, time: 9, end: 23 },
  { start: 12, time: 1, end: 16 },
  { start: 30, time: 4, end: 34 },
])("$time of work from $start are done at $end", ({ start, time, end }) => {
  expect(endOfWork(calendar, start, time)).toBe(end);
});

test.each([
  { end: 9, time: 4, start: 5 },
  { end: 16, time: 4, start: 7 },
  { end: 23, time: 7, start: 9 },
  { end: 5, time: 9, start: 0 },
])("$time of work done by $end start at $start at the latest", ({ end, time, start }) => {
  expect(lastStartOfWork(calendar, end, time)).toBe(start);
});

test("work may pause over rest, but not over other work", () => {
  const taken = calendarOf([
    { from: 10, to: 15 },
    { from: 20, to: 22, isSolid: true },
  ]);
  expect(startOfWork(taken, 7, 8, true)).toBe(7);
  expect(startOfWork(taken, 7, 9, true)).toBe(22);
});

test("breaks that overlap are one", () => {
  const { from, to } = calendarOf([
    { from: 8, to: 12 },
    { from: 2, to: 5 },
    { from: 4, to: 8, isSolid: true },
  ]);
  expect([[...from], [...to]]).toEqual([[2], [12]]);
});
