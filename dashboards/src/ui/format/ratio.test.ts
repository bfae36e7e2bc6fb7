import { expect, test } from "vitest";

import { formatRatio, isPlannedRunTimeWrong } from "./ratio.ts";

test("n/a is no number", () => {
  expect(formatRatio(null, "en")).toBeNull();
});

test.each([
  [{ low: 0.871, high: 0.871 }, "87%"],
  [{ low: 0.81, high: 0.87 }, "81–87%"],
  [{ low: 0.868, high: 0.872 }, "87%"],
  [{ low: 0, high: 1 }, "0–100%"],
  [{ low: 1.21, high: 1.21 }, "121%"],
])("%o is %s", (ratio, text) => {
  expect(formatRatio(ratio, "en")).toBe(text);
});

test("effectiveness above one says that the planned run time is wrong", () => {
  expect(isPlannedRunTimeWrong({ low: 1.08, high: 1.08 })).toBe(true);
  expect(isPlannedRunTimeWrong({ low: 1, high: 1 })).toBe(false);
  expect(isPlannedRunTimeWrong(null)).toBe(false);
});
