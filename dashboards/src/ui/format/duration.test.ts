import { describe, expect, test } from "vitest";

import { formatDuration, isFresh } from "./duration.ts";

describe("formatDuration", () => {
  test.each([
    [0, "0 sec"],
    [-5_000, "0 sec"],
    [59_999, "59 sec"],
    [60_000, "1 min"],
    [3_599_999, "59 min"],
    [3_600_000, "1 hr"],
    [7_500_000, "2 hr 5 min"],
    [86_400_000, "1 day"],
    [4 * 86_400_000 + 3 * 3_600_000, "4 days 3 hr"],
  ])("%i ms is %s", (ms, text) => {
    expect(formatDuration(ms, "en")).toBe(text);
  });

  test("speaks Chinese", () => {
    expect(formatDuration(7_500_000, "zh-CN")).toBe("2小时 5分钟");
  });
});

test("three missed heartbeats are silence", () => {
  expect(isFresh(30_000)).toBe(true);
  expect(isFresh(30_001)).toBe(false);
});
