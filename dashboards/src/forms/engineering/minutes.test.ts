import { expect, test } from "vitest";

import { formatMinutes, parseMinutes } from "./minutes.ts";

test.each([
  [0, "0:00"],
  [7_500, "0:07.5"],
  [125_000, "2:05"],
  [5_400_000, "90:00"],
  [59_999, "0:59.999"],
])("writes %i ms as %s and reads it back", (ms, text) => {
  expect(formatMinutes(ms)).toBe(text);
  expect(parseMinutes(text)).toBe(ms);
});

test.each([
  ["2", 120_000],
  ["2.5", 150_000],
  ["0:07,5", 7_500],
  [" 1:5 ", 65_000],
])("reads %j", (text, ms) => expect(parseMinutes(text)).toBe(ms));

test.each(["", "-1", "1:60", "1:2:3", "abc", "1e3"])("refuses %j", (text) => {
  expect(parseMinutes(text)).toBeNull();
});
