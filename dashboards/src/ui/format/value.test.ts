import { expect, test } from "vitest";

import { formatValue } from "./value.ts";

test.each([
  [58.123_456, "58.12"],
  [0.012_345, "0.01235"],
  [12_345.678, "12,345.7"],
  [123_456, "123,456"],
  [2.5, "2.50"],
  [true, "1"],
  ["9007199254740993", "9007199254740993"],
])("%s is shown as %s", (value, text) => {
  expect(formatValue(value, "en")).toBe(text);
});
