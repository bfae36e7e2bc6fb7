import fc from "fast-check";
import { expect, test } from "vitest";

import { checkSchedule } from "./check.ts";
import { anyProblem } from "./problem.arbitrary.ts";
import type { Problem } from "./problem.ts";
import { repair } from "./repair.ts";
import { solve } from "./solve.ts";

const step = (machine: number, after?: number): Problem["operations"][number] => ({
  alternatives: [{ machine, time: 10 }],
  ...(after === undefined ? {} : { after }),
  due: 60,
});

const shop: Problem = {
  machines: [{}, {}],
  operations: [step(0), step(0), step(1, 0), step(1, 1), step(1)],
};
const plan = solve(shop, { seed: 1, shouldStop: () => false, iterationsMax: 200 });

test("keeps what is done and running, moves only what the stop moves, and names it", () => {
  const first = plan.assignments.find(({ machine, start }) => machine === 0 && start === 0);
  const { schedule, moved, problem } = repair(shop, plan, { machine: 0, now: 12, until: 40 });
  expect(checkSchedule(problem, schedule)).toEqual([]);
  expect(schedule.assignments).toContainEqual(first);
  const stopped = schedule.assignments.filter(({ machine, end }) => machine === 0 && end > 12);
  expect(stopped.map(({ start }) => start)).toEqual([40]);
  expect(moved).toContain(stopped[0]?.operation);
  expect(moved).not.toContain(first?.operation);
});

const single = (isSplittable: boolean): Problem => ({
  machines: [{}],
  operations: [{ alternatives: [{ machine: 0, time: 10 }], isSplittable, due: 5 }],
});

test("work that may pause goes on after the stop, other work starts again", () => {
  expect(endAfterStop(true)).toBe(26);
  expect(endAfterStop(false)).toBe(30);
});

const overlapping: Problem = {
  machines: [{}, {}, {}],
  operations: [
    { alternatives: [{ machine: 0, time: 100 }], overlapAfter: 10 },
    { alternatives: [{ machine: 1, time: 100 }], after: 0, due: 120 },
  ],
};
const overlapped = solve(overlapping, { seed: 1, shouldStop: () => false, iterationsMax: 10 });

test.each([
  ["both are done", 200],
  ["both run", 50],
  ["only the first runs", 5],
])("overlapping operations stay where they are when another machine stops and %s", (_, now) => {
  const { schedule, moved, problem } = repair(overlapping, overlapped, {
    machine: 2,
    now,
    until: now + 100,
  });
  expect(moved).toEqual([]);
  expect(schedule.findings).toEqual([]);
  expect(schedule.weightedTardiness).toBe(0);
  expect(checkSchedule(problem, schedule)).toEqual([]);
});

test("what cannot have been done is named and planned again, not in the past", () => {
  const changed = structuredClone(shop);
  changed.operations.push({ ...step(0), release: 30 });
  const first = { operation: 5, machine: 0, start: 20, end: 30 };
  const told = { ...plan, assignments: [...plan.assignments, first] };
  const { schedule } = repair(changed, told, { machine: 1, now: 50, until: 60 });
  expect(schedule.findings).toMatchObject([{ code: "pin.impossible", operations: [5] }]);
  const place = schedule.assignments.find(({ operation }) => operation === 5);
  expect(place?.start).toBeGreaterThanOrEqual(50);
});

test("every repaired plan is feasible, and the same twice", () => {
  fc.assert(
    fc.property(anyProblem, fc.nat(60), fc.integer({ min: 1, max: 40 }), (problem, now, length) => {
      const before = solve(problem, { seed: 1, shouldStop: () => false, iterationsMax: 20 });
      const stop = { machine: 0, now, until: now + length };
      const repaired = repair(problem, before, stop, 30);
      expect(checkSchedule(repaired.problem, repaired.schedule)).toEqual([]);
      expect(repair(problem, before, stop, 30)).toEqual(repaired);
    }),
    { numRuns: 100 },
  );
}, 20_000);

function endAfterStop(isSplittable: boolean): number | undefined {
  const asked = single(isSplittable);
  const before = solve(asked, { seed: 1, shouldStop: () => false, iterationsMax: 10 });
  return repair(asked, before, { machine: 0, now: 4, until: 20 }).schedule.assignments[0]?.end;
}
