import { expect, test } from "vitest";

import { bars, capability, operation, schedule, shifts, workCenter } from "./rows.fixture.ts";

const drill = operation({ number: "WO-2", workCenterId: "drill" });

test("a work center whose calendar is empty is left out by name, and the rest is planned", () => {
  const result = schedule({
    operations: [operation(), drill],
    workCenters: [workCenter("saw", "closed"), workCenter("drill")],
  });
  expect(bars(result)).toEqual(["WO-2 · 10 0–100"]);
  expect(result.findings.map(({ code, culprits }) => [code, culprits])).toEqual([
    ["calendar.empty", ["saw"]],
    ["operation.no_machine", ["WO-1 · 10"]],
  ]);
  expect(result.findings[0]?.message).toMatch(/saw .*Give it shifts/);
  expect(result.summary).toMatchObject({ operations: 1, unplanned: 1 });
});

test("a calendar that worked only before the schedule starts is empty", () => {
  const result = schedule({
    operations: [operation()],
    workCenters: [workCenter("saw", "over")],
    workingTime: shifts("over", [-20, -12]),
  });
  expect(result.findings[0]?.code).toBe("calendar.empty");
  expect(bars(result)).toEqual([]);
});

test("an empty calendar is no matter where nothing is to be done, or another work center can", () => {
  const workCenters = [workCenter("saw", "closed"), workCenter("drill")];
  expect(schedule({ operations: [drill], workCenters }).findings).toEqual([]);
  const moved = schedule({
    operations: [operation()],
    alternatives: [
      { itemId: "bracket", step: 10, workCenterId: "drill", runMsPerUnit: 120_000, setupMs: 0 },
    ],
    workCenters,
  });
  expect(bars(moved)).toEqual(["WO-1 · 10 0–200"]);
  expect(moved.findings.map(({ code }) => code)).toEqual(["calendar.empty"]);
});

test("without a calendar a work center works always", () => {
  const result = schedule({ operations: [operation({ left: 3_000 })] });
  expect(bars(result)).toEqual(["WO-1 · 10 0–3000"]);
  expect(result.findings).toEqual([]);
});

test("what the rest of a calendar has no time for is left out by name, with what follows it", () => {
  const result = schedule({
    operations: [
      operation({ left: 3_000 }),
      operation({ step: 20, workCenterId: "drill" }),
      operation({ number: "WO-2" }),
    ],
    workCenters: [workCenter("saw", "short"), workCenter("drill")],
    workingTime: shifts("short", [6, 14]),
  });
  expect(bars(result)).toEqual(["WO-2 · 10 360–460"]);
  expect(result.findings.map(({ code, culprits }) => [code, culprits])).toEqual([
    ["calendar.too_short", ["saw", "WO-1 · 10"]],
    ["operation.no_machine", ["WO-1 · 10"]],
    ["operation.waits_for_unplanned", ["WO-1 · 20"]],
  ]);
});

test("orders that together are more than a calendar has time for are planned as far as it goes", () => {
  const orders = [1, 2, 3, 4, 5, 6].map((n) => operation({ number: `WO-${n}` }));
  const result = schedule({
    operations: orders,
    workCenters: [workCenter("saw", "short")],
    workingTime: shifts("short", [6, 10], [30, 34]),
  });
  // Four of 100 minutes go into eight hours, and the second of them pauses over the night.
  expect(result.operations).toHaveLength(4);
  expect(result.operations.every(({ ends }) => ends <= "2026-11-22T10:00:00.000Z")).toBe(true);
  const [first] = result.findings;
  expect(first?.code).toBe("calendar.too_short");
  expect(first?.culprits).toHaveLength(3);
  expect(result.summary).toMatchObject({ operations: 4, unplanned: 2, makespanMinutes: 1_960 });
});

test("work that would reach across the end of a calendar keeps no tool from the others", () => {
  const result = schedule({
    operations: [
      operation({ left: 300 }),
      operation({ left: 300, number: "WO-2" }),
      operation({ left: 300, number: "WO-3", workCenterId: "drill" }),
    ],
    capabilities: [capability("jig", 1)],
    workCenters: [workCenter("saw", "short"), workCenter("drill", "long")],
    workingTime: [...shifts("long", [0, 24]), ...shifts("short", [6, 14])],
  });
  expect(result.operations.map(({ number }) => number)).toContain("WO-3");
  expect(result.operations).toHaveLength(2);
});

test("what runs for longer than its calendar works keeps others from its work center", () => {
  const result = schedule({
    operations: [
      operation({ left: 3_000, state: "running" }),
      operation({ number: "WO-2" }),
      operation({ number: "WO-3", workCenterId: "drill" }),
    ],
    workCenters: [workCenter("saw", "short"), workCenter("drill")],
    workingTime: shifts("short", [0, 14]),
  });
  expect(bars(result)).toEqual(["WO-3 · 10 0–100"]);
  expect(result.findings[0]).toMatchObject({
    code: "calendar.too_short",
    culprits: ["saw", "WO-1 · 10"],
  });
});
