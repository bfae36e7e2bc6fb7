import { expect, test } from "vitest";

import { backoffMs } from "./backoff.ts";

const bounds = { firstMs: 1000, maxMs: 60_000, random: () => 0 };

test.each([
  [1, 1000],
  [2, 2000],
  [6, 32_000],
  [7, 60_000],
  [1000, 60_000],
])("after attempt %d it waits %d ms", (attempt, ms) => {
  expect(backoffMs(attempt, bounds)).toBe(ms);
});

test("what failed together does not return together", () => {
  expect(backoffMs(7, { ...bounds, random: () => 0.999 })).toBe(54_006);
});
