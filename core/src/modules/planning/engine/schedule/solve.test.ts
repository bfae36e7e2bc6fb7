import fc from "fast-check";
import { expect, test } from "vitest";

import { checkSchedule } from "./check.ts";
import { anyProblem } from "./problem.arbitrary.ts";
import type { Problem } from "./problem.ts";
import { solve } from "./solve.ts";

const never = (): boolean => false;

/** Fisher and Thompson 1963, 6 × 6: pairs machine, time. Its optimum is 55. */
const ft06: Problem = jobShop(6, [
  [2, 1, 0, 3, 1, 6, 3, 7, 5, 3, 4, 6],
  [1, 8, 2, 5, 4, 10, 5, 10, 0, 10, 3, 4],
  [2, 5, 3, 4, 5, 8, 0, 9, 1, 1, 4, 7],
  [1, 5, 0, 5, 2, 5, 3, 3, 4, 8, 5, 9],
  [2, 9, 1, 3, 4, 5, 5, 4, 0, 3, 3, 1],
  [1, 3, 3, 3, 5, 9, 0, 10, 4, 4, 2, 1],
]);

test("finds the optimum of ft06", () => {
  const schedule = solve(ft06, { seed: 1, shouldStop: never, iterationsMax: 20_000 });
  expect(checkSchedule(ft06, schedule)).toEqual([]);
  expect(schedule.makespan).toBe(55);
});

test("gives the same schedule for the same seed and number of moves", () => {
  const options = { seed: 7, shouldStop: never, iterationsMax: 9000 };
  expect(solve(ft06, options)).toEqual(solve(ft06, options));
});

test("plans every random problem feasibly, not below its bound, and the same twice", () => {
  fc.assert(
    fc.property(anyProblem, fc.nat(1000), (problem, seed) => {
      const options = { seed, shouldStop: never, iterationsMax: 80 };
      const schedule = solve(problem, options);
      expect(checkSchedule(problem, schedule)).toEqual([]);
      expect(schedule.lowerBound).toBeLessThanOrEqual(schedule.makespan);
      expect(solve(problem, options)).toEqual(schedule);
    }),
    { numRuns: 120 },
  );
}, 20_000);

test("is never later with more moves", () => {
  fc.assert(
    fc.property(anyProblem, (problem) => {
      const late = [0, 50, 300].map(
        (iterationsMax) =>
          solve({ ...problem, goals: ["tardiness"] }, { seed: 3, shouldStop: never, iterationsMax })
            .weightedTardiness,
      );
      expect(late).toEqual(late.toSorted((a, b) => b - a));
    }),
    { numRuns: 25 },
  );
}, 20_000);

test("returns a dispatched schedule when it is cancelled before it starts", () => {
  const schedule = solve(ft06, { seed: 1, shouldStop: () => true });
  expect(schedule.iterations).toBe(0);
  expect(checkSchedule(ft06, schedule)).toEqual([]);
});

test("stops within 64 moves of being cancelled, with the best schedule so far", () => {
  let asked = 0;
  const schedule = solve(ft06, { seed: 1, shouldStop: () => (asked += 1) > 5 });
  expect(schedule.iterations).toBeLessThanOrEqual(5 * 64);
  expect(checkSchedule(ft06, schedule)).toEqual([]);
});

const manyOf = (k: number): Problem["operations"][number] => ({
  alternatives: [{ machine: 0, time: 1 + (k % 50) }],
  family: k % 5,
  due: 100 * k,
});

test("answers within a second of being cancelled, even with one work center for everything", () => {
  const setups = [0, 1, 2, 3, 4].map((a) => [0, 1, 2, 3, 4].map((b) => 3 * Math.abs(a - b)));
  for (const goals of [["makespan"], ["tardiness", "setup", "makespan"]] as const) {
    const operations = Array.from({ length: 5000 }, (_, k) => manyOf(k));
    const problem: Problem = { machines: [{ setups }], operations, goals };
    const started = performance.now();
    let longest = 0;
    let asked = started;
    const schedule = solve(problem, {
      seed: 1,
      shouldStop: () => {
        longest = Math.max(longest, performance.now() - asked);
        asked = performance.now();
        return asked - started > 700;
      },
    });
    // From the last question to the answer, and between any two questions.
    expect(Math.max(longest, performance.now() - asked)).toBeLessThan(1000);
    expect(checkSchedule(problem, schedule)).toEqual([]);
  }
}, 20_000);

test("hands its schedules to another search and uses the ones it gets", () => {
  const good: Int32Array[] = [];
  solve(ft06, {
    seed: 1,
    shouldStop: never,
    iterationsMax: 20_000,
    exchange: (own) => (good.push(own), null),
  });
  const best = good.reduce((a, b) => ((b[0] ?? 0) < (a[0] ?? 0) ? b : a));
  let calls = 0;
  const schedule = solve(ft06, {
    seed: 2,
    shouldStop: () => calls > 0,
    exchange: () => ((calls += 1), best),
  });
  expect(schedule.makespan).toBe(55);
  expect(checkSchedule(ft06, schedule)).toEqual([]);
});

test("an empty problem has an empty plan", () => {
  const schedule = solve({ machines: [], operations: [] }, { seed: 1, shouldStop: never });
  expect(schedule).toMatchObject({ assignments: [], makespan: 0, unplanned: [], findings: [] });
});

test("prefers the sequence with the cheap changeovers", () => {
  // Families 0 and 1 alternate in the list; each change costs 10, so the best plan groups them.
  const problem: Problem = {
    machines: [
      {
        setups: [
          [0, 10],
          [10, 0],
        ],
      },
    ],
    operations: [0, 1, 0, 1, 0, 1].map((family) => ({
      alternatives: [{ machine: 0, time: 5 }],
      family,
    })),
  };
  const schedule = solve(problem, { seed: 1, shouldStop: never, iterationsMax: 2000 });
  expect(schedule.makespan).toBe(40);
});

test("overlaps by transfer batch, but does not overtake", () => {
  const problem: Problem = {
    machines: [{}, {}],
    operations: [
      { alternatives: [{ machine: 0, time: 100 }], overlapAfter: 10, transfer: 2 },
      { alternatives: [{ machine: 1, time: 30 }], after: 0 },
    ],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: never, iterationsMax: 10 });
  // The last batch arrives at 102, so the faster step may not end before: 102 - 30 = 72.
  expect(schedule.assignments[1]).toMatchObject({ start: 72, end: 102 });
});

test("finds the least weighted tardiness of a work center by itself", () => {
  const order = fc.record({
    time: fc.integer({ min: 1, max: 9 }),
    due: fc.nat(30),
    weight: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(order, { minLength: 1, maxLength: 6 }), (orders) => {
      const problem: Problem = {
        machines: [{}],
        operations: orders.map(({ time, due, weight }) => ({
          alternatives: [{ machine: 0, time }],
          due,
          weight,
        })),
      };
      const schedule = solve(problem, { seed: 1, shouldStop: never, iterationsMax: 500 });
      expect(checkSchedule(problem, schedule)).toEqual([]);
      expect(schedule.weightedTardiness).toBe(leastTardiness(orders, 0));
    }),
    { numRuns: 30 },
  );
}, 20_000);

/** Every sequence tried, by hand. */
function leastTardiness(
  orders: { time: number; due: number; weight: number }[],
  start: number,
): number {
  const costs = orders.map((first, index) => {
    const end = start + first.time;
    return (
      first.weight * Math.max(0, end - first.due) + leastTardiness(orders.toSpliced(index, 1), end)
    );
  });
  return costs.length === 0 ? 0 : Math.min(...costs);
}

function jobShop(machineCount: number, rows: number[][]): Problem {
  return {
    machines: Array.from({ length: machineCount }, () => ({})),
    operations: rows.flatMap((row, job) =>
      Array.from({ length: row.length / 2 }, (_, step) => ({
        alternatives: [{ machine: row[2 * step] ?? 0, time: row[2 * step + 1] ?? 0 }],
        ...(step > 0 ? { after: (job * row.length) / 2 + step - 1 } : {}),
      })),
    ),
  };
}

const part = (machine: number, time: number): Problem["operations"][number] => ({
  alternatives: [{ machine, time }],
});

test("an assembly starts when the last of its parts is there", () => {
  const problem: Problem = {
    machines: [{}, {}, {}],
    operations: [
      part(0, 9),
      part(1, 4),
      { ...part(2, 5), after: [0, 1] },
      { ...part(0, 2), after: 1 },
    ],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: never, iterationsMax: 200 });
  expect(checkSchedule(problem, schedule)).toEqual([]);
  expect(schedule.assignments.find(({ operation }) => operation === 2)?.start).toBe(9);
});

test("one operator for three work centers makes them take turns, the most urgent first", () => {
  const problem: Problem = {
    machines: [{}, {}, {}],
    resources: [{ capacity: 1 }],
    operations: [30, 20, 10].map((due, machine) => ({
      alternatives: [{ machine, time: 10 }],
      needs: [{ resource: 0 }],
      due,
    })),
  };
  const schedule = solve(problem, { seed: 1, shouldStop: never, iterationsMax: 300 });
  expect(schedule.assignments.map(({ operation, start }) => [operation, start])).toEqual([
    [2, 0],
    [1, 10],
    [0, 20],
  ]);
});

test("setups count before the makespan, unless the caller says otherwise", () => {
  // Two work centers; only the first is set up for the family of all orders.
  const setups = [
    [0, 6],
    [6, 0],
  ];
  const problem: Problem = {
    machines: [
      { setups, setUpFor: 0 },
      { setups, setUpFor: 1 },
    ],
    operations: [0, 0, 0, 0].map(() => ({
      alternatives: [
        { machine: 0, time: 10 },
        { machine: 1, time: 10 },
      ],
    })),
  };
  const options = { seed: 1, shouldStop: never, iterationsMax: 300 };
  expect(solve(problem, options)).toMatchObject({ setup: 0, makespan: 40 });
  const short = solve({ ...problem, goals: ["makespan"] }, options);
  expect(short).toMatchObject({ setup: 6, makespan: 26 });
});

test("of equally good plans the one nearest to the previous plan is taken", () => {
  // Any sequence of the three is as good as any other.
  const starts = [20, 0, 10];
  const problem: Problem = {
    machines: [{}],
    operations: starts.map((start) => ({
      alternatives: [{ machine: 0, time: 10 }],
      previous: { machine: 0, start },
    })),
  };
  const schedule = solve(problem, { seed: 1, shouldStop: never, iterationsMax: 100 });
  expect(schedule.change).toBe(0);
  expect(schedule.assignments.map(({ operation }) => operation)).toEqual([1, 2, 0]);
});

test("no bound is above what overlapped work that may pause can reach", () => {
  const problem: Problem = {
    machines: [{}, { breaks: [{ from: 480, to: 1440 }] }, {}],
    operations: [
      { alternatives: [{ machine: 0, time: 1440 }], overlapAfter: 60, isSplittable: true },
      {
        alternatives: [{ machine: 1, time: 500 }],
        after: 0,
        overlapAfter: 60,
        isSplittable: true,
      },
      { alternatives: [{ machine: 2, time: 1000 }], after: 1, isSplittable: true, due: 1000 },
    ],
  };
  const schedule = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 100 });
  expect(checkSchedule(problem, schedule)).toEqual([]);
  expect(schedule).toMatchObject({ makespan: 1520, lowerBound: 1440, weightedTardiness: 520 });
});
