import { expect, test } from "vitest";

import { checkSchedule } from "./check.ts";
import type { FindingCode, Operation, Problem } from "./problem.ts";
import { solve } from "./solve.ts";

/** Each bad operation set stands beside one good operation on machine 1, which must be planned. */
const cases: {
  name: string;
  bad: Operation[];
  code: FindingCode;
  culprits: number[];
  unplanned: number[];
}[] = [
  {
    name: "no alternatives",
    bad: [{ alternatives: [] }],
    code: "operation.no_machine",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "a work center that does not exist",
    bad: [{ alternatives: [{ machine: 9, time: 3 }] }],
    code: "operation.no_machine",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "a fraction of a tick",
    bad: [{ alternatives: [{ machine: 0, time: 1.5 }] }],
    code: "operation.invalid_time",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "no time at all",
    bad: [{ alternatives: [JSON.parse('{ "machine": 0 }')] }],
    code: "operation.invalid_time",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "a work center that does not exist beside one that does",
    bad: [
      {
        alternatives: [
          { machine: 0, time: 3 },
          { machine: 9, time: 1 },
        ],
      },
    ],
    code: "operation.unknown_machine",
    culprits: [1],
    unplanned: [],
  },
  {
    name: "a place in the previous plan that is none",
    bad: [{ ...step(), previous: { machine: 0, start: Number.NaN } }],
    code: "operation.invalid_previous",
    culprits: [1],
    unplanned: [],
  },
  {
    name: "an operation that follows itself through another",
    bad: [step(2), step(1)],
    code: "precedence.cycle",
    culprits: [1, 2],
    unplanned: [1, 2],
  },
  {
    name: "a circle with a branch that leads out of it",
    bad: [{ ...step(), after: [2, 3] }, step(1), step(), step(2)],
    code: "precedence.cycle",
    culprits: [1, 2],
    unplanned: [1, 2, 4],
  },
  {
    name: "an operation that follows itself",
    bad: [step(1)],
    code: "precedence.cycle",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "more people than there are",
    bad: [{ ...step(), needs: [{ resource: 0, amount: 3 }] }],
    code: "operation.resource_short",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "a resource that does not exist",
    bad: [{ ...step(), needs: [{ resource: 4 }] }],
    code: "operation.resource_short",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "a weight beyond all measure",
    bad: [{ ...step(), due: 1, weight: 1e9 }],
    code: "operation.invalid_time",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "frozen operations that need more people at once than there are",
    bad: [
      { ...step(), needs: [{ resource: 0, amount: 2 }], pin: { machine: 0, start: 0 } },
      {
        alternatives: [{ machine: 1, time: 4 }],
        needs: [{ resource: 0 }],
        pin: { machine: 1, start: 2 },
      },
    ],
    code: "pin.impossible",
    culprits: [2],
    unplanned: [],
  },
  {
    name: "an unknown predecessor",
    bad: [step(77)],
    code: "precedence.unknown",
    culprits: [1],
    unplanned: [1],
  },
  {
    name: "a successor of something impossible",
    bad: [{ alternatives: [] }, step(1)],
    code: "operation.waits_for_unplanned",
    culprits: [2],
    unplanned: [1, 2],
  },
  {
    name: "a pin on a work center that cannot do it",
    bad: [{ ...step(), pin: { machine: 1 } }],
    code: "pin.impossible",
    culprits: [1],
    unplanned: [],
  },
  {
    name: "two frozen on top of each other",
    bad: [
      { ...step(), pin: { machine: 0, start: 0 } },
      { ...step(), pin: { machine: 0, start: 2 } },
    ],
    code: "pin.impossible",
    culprits: [2],
    unplanned: [],
  },
  {
    name: "frozen behind something that is not",
    bad: [step(), { ...step(1), pin: { machine: 0, start: 50 } }],
    code: "pin.impossible",
    culprits: [2],
    unplanned: [],
  },
  {
    name: "no length",
    bad: [{ alternatives: [{ machine: 0, time: 0 }] }],
    code: "operation.zero_length",
    culprits: [1],
    unplanned: [],
  },
  {
    name: "a time beyond all plans",
    bad: [{ alternatives: [{ machine: 0, time: 2 ** 30 - 1 }] }],
    code: "operation.too_long",
    culprits: [1],
    unplanned: [1],
  },
];

test.each(cases)("names $name and plans the rest", ({ bad, code, culprits, unplanned }) => {
  const problem: Problem = {
    machines: [{}, {}],
    resources: [{ capacity: 2 }],
    operations: [{ alternatives: [{ machine: 1, time: 5 }] }, ...bad],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 50 });
  const finding = schedule.findings.find((found) => found.code === code);
  expect(finding?.operations.toSorted((a, b) => a - b)).toEqual(culprits);
  expect(schedule.unplanned).toEqual(unplanned);
  expect(checkSchedule(problem, schedule)).toEqual([]);
});

test("a crooked setup matrix takes its work center out of the plan, not the others", () => {
  const problem: Problem = {
    machines: [{ setups: [[0, 1], [2]] }, {}],
    operations: [
      { alternatives: [{ machine: 0, time: 1 }] },
      {
        alternatives: [
          { machine: 0, time: 1 },
          { machine: 1, time: 9 },
        ],
      },
    ],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 50 });
  expect(schedule.findings.map(({ code }) => code)).toEqual([
    "machine.invalid_setups",
    "operation.no_machine",
  ]);
  expect(schedule.assignments).toEqual([{ operation: 1, machine: 1, start: 0, end: 9 }]);
});

test("a calendar whose break never ends takes its work center out of the plan", () => {
  const problem: Problem = {
    machines: [{ breaks: [{ from: 0, to: Infinity }] }, {}],
    operations: [step(), { alternatives: [{ machine: 1, time: 9 }] }],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 50 });
  expect(schedule.findings.map(({ code, machines }) => [code, machines])).toEqual([
    ["machine.invalid_breaks", [0]],
    ["operation.no_machine", [0]],
  ]);
  expect(schedule.unplanned).toEqual([0]);
});

test("frozen operations stay, and the rest starts behind them with the setup they leave", () => {
  const problem: Problem = {
    machines: [
      {
        setups: [
          [0, 7],
          [7, 0],
        ],
      },
    ],
    operations: [
      { alternatives: [{ machine: 0, time: 5 }], family: 0, pin: { machine: 0, start: 3 } },
      { alternatives: [{ machine: 0, time: 5 }], family: 1 },
    ],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 50 });
  expect(schedule.assignments).toEqual([
    { operation: 0, machine: 0, start: 3, end: 8 },
    { operation: 1, machine: 0, start: 15, end: 20 },
  ]);
});

test("a month without a minute of work does not stop the others", () => {
  const problem: Problem = {
    machines: [{ breaks: [{ from: 0, to: 2 ** 30 - 1 }] }, { breaks: [{ from: 10, to: 12 }] }],
    operations: [
      step(),
      { alternatives: [{ machine: 1, time: 43_200 }] },
      { alternatives: [{ machine: 1, time: 9 }] },
    ],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 50 });
  expect(schedule.findings.map(({ code, operations }) => [code, operations])).toEqual([
    ["machine.never_works", []],
    ["operation.no_machine", [0]],
    ["operation.fits_no_gap", [1]],
  ]);
  expect(schedule.assignments).toEqual([
    { operation: 2, machine: 1, start: 0, end: 9 },
    { operation: 1, machine: 1, start: 12, end: 43_212 },
  ]);
});

test("what fits before a frozen operation is planned there, the setups to and from it included", () => {
  const problem: Problem = {
    machines: [
      {
        setups: [
          [0, 7],
          [7, 0],
        ],
      },
    ],
    operations: [
      { alternatives: [{ machine: 0, time: 5 }], pin: { machine: 0, start: 100 } },
      { alternatives: [{ machine: 0, time: 60 }], family: 1 },
      { alternatives: [{ machine: 0, time: 40 }], family: 1 },
    ],
    goals: ["makespan"],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 50 });
  expect(checkSchedule(problem, schedule)).toEqual([]);
  expect(schedule.assignments.map(({ operation, start }) => [operation, start])).toEqual([
    [1, 0],
    [0, 100],
    [2, 112],
  ]);
});

function step(after?: number): Operation {
  return { alternatives: [{ machine: 0, time: 4 }], ...(after === undefined ? {} : { after }) };
}

test("one matrix beyond all measure takes its work center out of the plan, in no time", () => {
  const families = 2_000;
  const great = Array.from({ length: families }, () => Array.from({ length: families }, () => 1));
  const problem: Problem = {
    machines: [{ setups: great }, ...Array.from({ length: 200 }, () => ({ setups: [[0]] }))],
    operations: [
      { alternatives: [{ machine: 0, time: 5 }] },
      { alternatives: [{ machine: 1, time: 5 }] },
    ],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => true });
  expect(schedule.findings).toMatchObject([
    { code: "machine.invalid_setups", machines: [0] },
    { code: "operation.no_machine", operations: [0] },
  ]);
  expect(schedule.assignments).toHaveLength(1);
});

test("thousands held on one work center in the wrong order are planned", () => {
  const count = 4_000;
  const operations = Array.from({ length: count }, (_, index) => ({
    alternatives: [{ machine: 0, time: 1 }],
    pin: { machine: 0 },
    ...(index < count - 1 ? { after: index + 1 } : {}),
  }));
  const schedule = solve({ machines: [{}], operations }, { seed: 1, shouldStop: () => true });
  expect(schedule).toMatchObject({ makespan: count, findings: [] });
});
