import { expect, test } from "vitest";

import { kindOfChange, shownValue } from "./changes.ts";

const words = { nothing: "nothing", yes: "yes", no: "no" };

test.each([
  ["created", [{ field: "name", before: null, after: "Axle" }]],
  ["removed", [{ field: "name", before: "Axle", after: null }]],
  [
    "changed",
    [
      { field: "name", before: null, after: "Axle" },
      { field: "uom", before: "pc", after: "kg" },
    ],
  ],
] as const)("a record was %s", (kind, changes) => {
  expect(kindOfChange([...changes])).toBe(kind);
});

test.each([
  [null, "nothing"],
  ["", "nothing"],
  [[], "nothing"],
  [true, "yes"],
  [0, "0"],
  [["viewer", "planner"], "viewer, planner"],
  [{ a: 1 }, '{"a":1}'],
])("%j is shown as %s", (value, shown) => {
  expect(shownValue(value, words)).toBe(shown);
});

test("a long value is cut", () => {
  expect(shownValue("x".repeat(5000), words)).toHaveLength(301);
});
