import { expect, test } from "vitest";

import { calendarOf, endOfWork, startOfWork } from "./calendar.ts";

/** Works 0-10, 15-20, 22-…: worked out by hand. */
const calendar = calendarOf({
  breaks: [
    { from: 10, to: 15 },
    { from: 20, to: 22 },
  ],
});

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
