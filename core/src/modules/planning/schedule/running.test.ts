import { expect, test } from "vitest";

import { bars, capability, hour, operation, schedule, shifts, workCenter } from "./rows.fixture.ts";

test.each([
  {
    name: "at night",
    hours: [
      [6, 14],
      [30, 38],
    ],
    bars: ["WO-1 · 10 360–460", "WO-2 · 10 460–560"],
  },
  {
    name: "at lunch",
    hours: [
      [-2, 0],
      [1, 5],
    ],
    bars: ["WO-1 · 10 60–160", "WO-2 · 10 160–260"],
  },
  { name: "in a shift", hours: [[-2, 5]], bars: ["WO-1 · 10 0–100", "WO-2 · 10 100–200"] },
] as { name: string; hours: [number, number][]; bars: string[] }[])(
  "what runs goes on first, though the other is more urgent: asked for $name",
  ({ hours, bars: expected }) => {
    const result = schedule({
      operations: [
        operation({ state: "running", dueTime: hour(24 * 30) }),
        operation({ number: "WO-2", dueTime: hour(1) }),
      ],
      workCenters: [workCenter("saw", "day")],
      workingTime: shifts("day", ...hours),
    });
    expect(bars(result)).toEqual(expected);
    expect(result.operations.map(({ isFixed }) => isFixed)).toEqual([true, false]);
    expect(result.findings).toEqual([]);
  },
);

const welded = {
  operations: [
    operation({ state: "running", dueTime: hour(1) }),
    operation({ number: "WO-2", workCenterId: "drill", state: "running", dueTime: hour(1) }),
  ],
  workCenters: [workCenter("saw"), workCenter("drill")],
};

test("what runs but cannot be held is not shown as fixed, and the finding names the skill", () => {
  const result = schedule({ ...welded, capabilities: [capability("Welder", 1)] });
  expect(result.operations.map(({ isFixed }) => isFixed)).toEqual([true, false]);
  const [finding] = result.findings;
  expect(finding).toMatchObject({
    code: "pin.impossible",
    culprits: ["WO-2 · 10", "drill", "Welder"],
  });
  expect(finding?.message).toMatch(/^Operation WO-2 · 10 .*: resource Welder has 1 units/);
});

test("a late order that waits for a skill says which", () => {
  const { late } = schedule({ ...welded, capabilities: [capability("Welder", 1)] });
  const reasons = late.find(({ number }) => number === "WO-2")?.reasons;
  expect(reasons).toContainEqual(
    expect.objectContaining({ kind: "resource", capability: "Welder", operation: "WO-1 · 10" }),
  );
});

test("a skill that nobody has is named by the finding", () => {
  const result = schedule({ operations: [operation()], capabilities: [capability("Welder", 0)] });
  expect(result.findings.map(({ code, culprits }) => [code, culprits])).toEqual([
    ["resource.invalid_capacity", ["Welder"]],
    ["operation.resource_short", ["WO-1 · 10", "Welder"]],
  ]);
});
