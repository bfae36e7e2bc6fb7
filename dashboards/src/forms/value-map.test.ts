import { expect, test } from "vitest";

import { ambiguousValues, toValueMap } from "./value-map.ts";

test("several raw values may mean one state", () => {
  expect(toValueMap({ producing: "2, 3", down: " 5 ", idle: "" })).toEqual({
    2: "producing",
    3: "producing",
    5: "down",
  });
});

test("names the values that would mean two states", () => {
  expect(ambiguousValues({ producing: "1, 2", idle: "2, 3", down: "3" })).toEqual(["2", "3"]);
  expect(ambiguousValues({ producing: "1, 1" })).toEqual([]);
});
