import { expect, test } from "vitest";

import { formatQuantity, shareOf, sumQuantities } from "./quantity.ts";

test.each([
  ["0", "0"],
  ["1250", "1,250"],
  ["-3", "-3"],
  ["12500.250", "12,500.250"],
  // One above 2^53: a float would make it even.
  ["9007199254740993", "9,007,199,254,740,993"],
  ["0.1234567890123456789", "0.1234567890123456789"],
])("%s is shown exactly as %s", (quantity, text) => {
  expect(formatQuantity(quantity, "en")).toBe(text);
});

test("what is no decimal is shown as it came", () => {
  expect(formatQuantity("1e5", "en")).toBe("1e5");
});

test.each([
  ["25", "100", 0.25],
  ["0", "100", 0],
  ["130", "100", 1],
  ["-2", "100", 0],
  ["5", "0", 0],
  ["0", "0", 0],
])("the bar of %s of %s is %d wide", (part, whole, share) => {
  expect(shareOf(part, whole)).toBe(share);
});

test.each([
  [[], "0"],
  [["1", "2", "3"], "6"],
  [["0.1", "0.2"], "0.3"],
  [["-0.25", "0.1"], "-0.15"],
  [["9007199254740993", "1"], "9007199254740994"],
])("the sum of %o is exactly %s", (quantities, sum) => {
  expect(sumQuantities(quantities)).toBe(sum);
});
