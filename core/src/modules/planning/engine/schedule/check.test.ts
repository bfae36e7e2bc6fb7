import { expect, test } from "vitest";

import { checkSchedule } from "./check.ts";
import type { Problem, Schedule } from "./problem.ts";

/** Two jobs of two steps; by hand, so that the checker is tested against no engine. */
const problem: Problem = {
  machines: [
    {
      availableFrom: 2,
      setups: [
        [0, 3],
        [3, 0],
      ],
      setUpFor: 0,
    },
    {},
  ],
  operations: [
    { alternatives: [{ machine: 0, time: 4 }], transfer: 1 },
    {
      alternatives: [
        { machine: 0, time: 9 },
        { machine: 1, time: 5 },
      ],
      after: 0,
    },
    { alternatives: [{ machine: 0, time: 2 }], family: 1, release: 5, overlapAfter: 1 },
    { alternatives: [{ machine: 1, time: 3 }], after: 2, due: 11, weight: 3 },
  ],
};

const good: Schedule = {
  assignments: [
    { operation: 0, machine: 0, start: 2, end: 6 },
    { operation: 1, machine: 1, start: 7, end: 12 },
    { operation: 2, machine: 0, start: 9, end: 11 },
    { operation: 3, machine: 1, start: 12, end: 15 },
  ],
  makespan: 15,
  lowerBound: 12,
  weightedTardiness: 12,
  tardinessBound: 3,
  setup: 3,
  change: 0,
  late: [],
  unplanned: [],
  findings: [],
  iterations: 0,
};

test("passes a schedule that keeps every rule", () => {
  expect(checkSchedule(problem, good)).toEqual([]);
});

/** The k-th assignment changed, and what the checker must say about it. */
const bad: { name: string; change: Partial<Schedule>; says: RegExp }[] = [
  {
    name: "a missing operation",
    change: { assignments: good.assignments.slice(0, 3), makespan: 12 },
    says: /operation 3 is planned 0 times/,
  },
  {
    name: "one planned twice",
    change: {
      assignments: [...good.assignments, { operation: 3, machine: 1, start: 15, end: 18 }],
      makespan: 18,
    },
    says: /planned 2 times/,
  },
  {
    name: "one left out in silence",
    change: { assignments: good.assignments.slice(0, 3), makespan: 12, unplanned: [3] },
    says: /left out without a finding/,
  },
  {
    name: "the time of another alternative",
    change: moved(1, { end: 16 }, 16),
    says: /cannot take 9 on work center 1/,
  },
  {
    name: "a work center not allowed",
    change: moved(3, { machine: 0 }),
    says: /cannot take 3 on work center 0/,
  },
  {
    name: "a start before the release",
    change: moved(2, { start: 4, end: 6 }),
    says: /before its release/,
  },
  {
    name: "a start before the work center is free",
    change: moved(0, { start: 1, end: 5 }),
    says: /free from 2/,
  },
  { name: "a missing setup", change: moved(2, { start: 8, end: 10 }), says: /free from 6 \+ 3/ },
  {
    name: "two at a time",
    change: moved(3, { start: 11, end: 14 }, 14),
    says: /starts at 11, free from 12/,
  },
  {
    name: "a start before the transfer",
    change: moved(1, { start: 6, end: 11 }),
    says: /before 0 arrives at 7/,
  },
  {
    name: "a start before the first batch",
    change: moved(3, { start: 4, end: 7 }, 12),
    says: /overtakes 2/,
  },
  { name: "a wrong makespan", change: { makespan: 14 }, says: /the makespan is 15, not 14/ },
  {
    name: "a wrong tardiness",
    change: { weightedTardiness: 9 },
    says: /the weighted tardiness is 12, not 9/,
  },
  {
    name: "a bound above the tardiness",
    change: { tardinessBound: 13 },
    says: /above the tardiness 12/,
  },
  { name: "wrong setups", change: { setup: 4 }, says: /the setups take 3, not 4/ },
  { name: "a wrong change", change: { change: 1 }, says: /the change is 0, not 1/ },
  { name: "a bound above the makespan", change: { lowerBound: 16 }, says: /above the makespan/ },
];

test.each(bad)("refuses $name", ({ change, says }) => {
  expect(checkSchedule(problem, { ...good, ...change }).join("\n")).toMatch(says);
});

test("refuses work in a break, unless it may be split, and only then pauses for it", () => {
  expect(atNoon([{ from: 7, to: 8 }], true)).toMatch(/operation 1 starts at 7, in a break/);
  expect(atNoon([{ from: 8, to: 9 }], false)).toMatch(/operation 1 is split by a break/);
  expect(atNoon([{ from: 8, to: 9 }], true)).toMatch(/cannot take 4 on work center 1/);
  expect(atNoon([{ from: 1, to: 7 }], false)).toBe("");
});

function atNoon(breaks: { from: number; to: number }[], isSplittable: boolean): string {
  const machines = [problem.machines[0] ?? {}, { breaks }];
  const operations = problem.operations.map((operation) => ({ ...operation, isSplittable }));
  return checkSchedule({ machines, operations }, good).join("\n");
}

const pinned: {
  name: string;
  pins: (Problem["operations"][number]["pin"] | undefined)[];
  says: RegExp;
}[] = [
  {
    name: "a pin to another work center",
    pins: [undefined, { machine: 0 }],
    says: /left its pinned work center/,
  },
  {
    name: "a frozen operation that moved",
    pins: [{ machine: 0, start: 3 }],
    says: /is frozen at 3 but starts at 2/,
  },
];

test.each(pinned)("refuses $name", ({ pins, says }) => {
  const operations = problem.operations.map((operation, index) => {
    const pin = pins[index];
    return pin === undefined ? operation : { ...operation, pin };
  });
  expect(checkSchedule({ ...problem, operations }, good).join("\n")).toMatch(says);
});

test("refuses more units in use than there are, and a part that one of its components reaches late", () => {
  const needing = problem.operations.map((operation, index) =>
    index === 1 || index === 2 ? { ...operation, needs: [{ resource: 0 }] } : operation,
  );
  const asked = { ...problem, resources: [{ capacity: 1 }], operations: needing };
  expect(checkSchedule(asked, good).join("\n")).toMatch(/resource 0: 2 of 1 units in use at 9/);
  expect(checkSchedule({ ...asked, resources: [{ capacity: 2 }] }, good)).toEqual([]);
  const joined = problem.operations.map((operation, index) =>
    index === 3 ? { ...operation, after: [2, 1] } : operation,
  );
  expect(checkSchedule({ ...problem, operations: joined }, good)).toEqual([]);
  const late = moved(1, { start: 8, end: 13 });
  expect(
    checkSchedule({ ...problem, operations: joined }, { ...good, ...late }).join("\n"),
  ).toMatch(/operation 3 starts at 12, before 1 arrives at 13/);
});

function moved(
  operation: number,
  to: { machine?: number; start?: number; end?: number },
  makespan = 15,
): Partial<Schedule> {
  return {
    makespan,
    assignments: good.assignments.map((a) => (a.operation === operation ? { ...a, ...to } : a)),
  };
}
