import fc from "fast-check";
import { expect, test } from "vitest";

import { explainLateness } from "./lateness.ts";
import { anyProblem } from "./problem.arbitrary.ts";
import type { Problem } from "./problem.ts";
import { solve } from "./solve.ts";

/** Worked out by hand, so that no search stands between the question and the answer. */
const problem: Problem = {
  machines: [
    {
      setups: [
        [0, 3],
        [3, 0],
      ],
      breaks: [{ from: 40, to: 50 }],
    },
    { availableFrom: 4 },
  ],
  resources: [{ capacity: 1 }],
  operations: [
    { alternatives: [{ machine: 0, time: 10 }], pin: { machine: 0, start: 0 } },
    { alternatives: [{ machine: 0, time: 8 }], family: 1, due: 9, weight: 2 },
    { alternatives: [{ machine: 1, time: 6 }], release: 7, after: 1 },
    { alternatives: [{ machine: 1, time: 5 }], needs: [{ resource: 0 }] },
    { alternatives: [{ machine: 0, time: 9 }], needs: [{ resource: 0 }], family: 1, due: 20 },
    {
      alternatives: [{ machine: 0, time: 30 }],
      release: 31,
      due: 61,
      after: 4,
      isSplittable: true,
    },
  ],
};
const assignments = [
  { operation: 0, machine: 0, start: 0, end: 10 },
  { operation: 1, machine: 0, start: 13, end: 21 },
  { operation: 3, machine: 1, start: 18, end: 23 },
  { operation: 4, machine: 0, start: 23, end: 32 },
  { operation: 5, machine: 0, start: 35, end: 75 },
];

test("puts every tick of waiting down to what was waited for", () => {
  const late = explainLateness(problem, assignments);
  expect(late.map(({ operation, late: ticks, cost }) => [operation, ticks, cost])).toEqual([
    [1, 12, 24],
    [5, 14, 14],
    [4, 12, 12],
  ]);
  const reasonsOf = (operation: number) => late.find((one) => one.operation === operation)?.reasons;
  expect(reasonsOf(1)).toEqual([
    { kind: "fence", machine: 0, operation: 0, ticks: 10 },
    { kind: "setup", machine: 0, operation: 0, ticks: 3 },
    { kind: "work", ticks: 8 },
  ]);
  expect(reasonsOf(4)).toEqual([
    { kind: "capacity", machine: 0, operation: 1, ticks: 21 },
    { kind: "resource", resource: 0, operation: 3, ticks: 2 },
    { kind: "work", ticks: 9 },
  ]);
  expect(reasonsOf(5)).toEqual([
    { kind: "capacity", machine: 0, operation: 1, ticks: 21 },
    { kind: "calendar", machine: 0, ticks: 10 },
    { kind: "setup", machine: 0, operation: 4, ticks: 3 },
    { kind: "resource", resource: 0, operation: 3, ticks: 2 },
    { kind: "work", ticks: 39 },
  ]);
});

test("names material that comes too late", () => {
  const waiting: Problem = {
    machines: [{}],
    operations: [{ alternatives: [{ machine: 0, time: 5 }], release: 20, due: 12 }],
  };
  const { late } = solve(waiting, { seed: 1, shouldStop: () => false, iterationsMax: 10 });
  expect(late).toEqual([
    {
      operation: 0,
      late: 13,
      cost: 13,
      reasons: [
        { kind: "material", operation: 0, ticks: 20 },
        { kind: "work", ticks: 5 },
      ],
    },
  ]);
});

test("of overlapped work only what lies before the first batch counts; the last one may be waited for", () => {
  const overlapped: Problem = {
    machines: [{}, { breaks: [{ from: 60, to: 70 }] }, {}],
    operations: [
      { alternatives: [{ machine: 0, time: 100 }], overlapAfter: 10, transfer: 2 },
      { alternatives: [{ machine: 1, time: 50 }], after: 0, overlapAfter: 5, isSplittable: true },
      { alternatives: [{ machine: 2, time: 20 }], after: 1, due: 0 },
    ],
  };
  const places = [
    { operation: 0, machine: 0, start: 0, end: 100 },
    { operation: 1, machine: 1, start: 42, end: 102 },
    { operation: 2, machine: 2, start: 82, end: 102 },
  ];
  expect(explainLateness(overlapped, places)[0]?.reasons).toEqual([
    { kind: "calendar", machine: 1, ticks: 10 },
    { kind: "work", ticks: 92 },
  ]);
});

test("the reasons of every late operation add up to its completion", () => {
  fc.assert(
    fc.property(anyProblem, (problem) => {
      const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 20 });
      for (const { operation, reasons } of schedule.late) {
        const assignment = schedule.assignments.find((one) => one.operation === operation);
        const completion = (assignment?.end ?? 0) + (problem.operations[operation]?.transfer ?? 0);
        expect(reasons.reduce((sum, { ticks }) => sum + ticks, 0)).toBe(completion);
      }
    }),
    { numRuns: 100 },
  );
}, 20_000);
