import { expect, test } from "vitest";

import { Slice } from "./slice.ts";

/** Live batches behind slices that cost `fixedMs` and `rowUs` a row, on top of what live takes itself. */
function settle(slice: Slice, cost: { liveMs: number; fixedMs: number; rowUs: number }): number[] {
  return Array.from({ length: 200 }, () => {
    const tookMs = cost.liveMs + cost.fixedMs + (slice.rows * cost.rowUs) / 1000;
    slice.noteLive(tookMs, true);
    return tookMs;
  });
}

test("grows until live values feel it, and gives way at once", () => {
  const slice = new Slice();
  slice.noteLive(10, false);
  const took = settle(slice, { liveMs: 10, fixedMs: 1, rowUs: 1 }).slice(50);
  // 5 ms may be lost: 1 to begin with, so 4,000 rows, give or take a step.
  expect(Math.max(...took)).toBeLessThanOrEqual(15.1);
  expect(took.filter((ms) => ms > 15).length).toBeLessThan(took.length / 4);
  expect(slice.rows).toBeGreaterThan(1900);
  // The database becomes slow for a moment.
  slice.noteLive(100, true);
  expect(slice.rows).toBeLessThan(2100);
});

test("never ends, however slow it is, and never grows beyond a batch", () => {
  const slice = new Slice();
  slice.noteLive(1, false);
  settle(slice, { liveMs: 1, fixedMs: 50, rowUs: 10 });
  expect(slice.rows).toBe(1000);
  for (let i = 0; i < 1000; i += 1) slice.noteLive(1, true);
  expect(slice.rows).toBe(20_000);
});

test("follows what live takes when no slice is in its way", () => {
  const slice = new Slice();
  slice.noteLive(5, false);
  // A neighbour slows everything down: what was too long is usual now.
  for (let i = 0; i < 200; i += 1) slice.noteLive(50, false);
  const before = slice.rows;
  slice.noteLive(60, true);
  expect(slice.rows).toBeGreaterThan(before);
});

test("stays small until it is known what live takes", () => {
  const slice = new Slice();
  slice.noteLive(5, true);
  expect(slice.rows).toBe(1000);
});
