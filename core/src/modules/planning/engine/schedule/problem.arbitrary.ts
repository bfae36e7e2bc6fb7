import fc from "fast-check";

import type { Goal, Machine, Operation, Problem } from "./problem.ts";

/**
 * Small random problems with every feature of the structure, mostly but not always well-formed. A
 * third of them is about the makespan alone, without breaks: those are searched in another way; a
 * third has joins, resources and a previous plan as well.
 */
export const anyProblem: fc.Arbitrary<Problem> = fc
  .tuple(problemWithDues(), fc.nat(2), anyPlant())
  .map(([problem, kind, plant]) => {
    if (kind === 0) return simplified(problem);
    return kind === 1 ? problem : extended(problem, plant);
  });

interface Plant {
  capacities: number[];
  goals: Goal[] | undefined;
  /** Drawn on in turn, as often as there are operations. */
  extras: {
    after: number | undefined;
    need: { resource: number; amount: number } | undefined;
    previous: { machine: number; start: number } | undefined;
  }[];
}

function anyPlant(): fc.Arbitrary<Plant> {
  const goal = fc.constantFrom<Goal>("tardiness", "setup", "makespan", "change");
  return fc.record({
    capacities: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    goals: fc.option(fc.uniqueArray(goal, { minLength: 1 }), { nil: undefined }),
    extras: fc.array(
      fc.record({
        after: fc.option(fc.nat(20), { nil: undefined, freq: 2 }),
        need: fc.option(
          fc.record({ resource: fc.nat(2), amount: fc.integer({ min: 1, max: 3 }) }),
          {
            nil: undefined,
          },
        ),
        previous: fc.option(fc.record({ machine: fc.nat(3), start: fc.nat(60) }), {
          nil: undefined,
        }),
      }),
      { minLength: 1, maxLength: 20 },
    ),
  });
}

function extended(
  { machines, operations }: Problem,
  { capacities, goals, extras }: Plant,
): Problem {
  return {
    machines,
    resources: capacities.map((capacity) => ({ capacity })),
    ...(goals === undefined ? {} : { goals }),
    operations: operations.map((operation, index) => {
      const { after, need, previous } = extras[index % extras.length] ?? {};
      const joined = [operation.after ?? [], after ?? []].flat();
      return {
        ...operation,
        ...(joined.length > 0 ? { after: joined } : {}),
        ...(need ? { needs: [need] } : {}),
        ...(previous ? { previous } : {}),
      };
    }),
  };
}

function simplified({ machines, operations }: Problem): Problem {
  return {
    goals: ["makespan"],
    machines: machines.map((machine) => {
      const plain = { ...machine };
      delete plain.breaks;
      return plain;
    }),
    operations: operations.map((operation) => {
      const plain = { ...operation };
      delete plain.due;
      return plain;
    }),
  };
}

function problemWithDues(): fc.Arbitrary<Problem> {
  return fc
    .record({
      machineCount: fc.integer({ min: 1, max: 4 }),
      jobLengths: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 7 }),
      families: fc.integer({ min: 1, max: 3 }),
    })
    .chain(({ machineCount, jobLengths, families }) =>
      fc.record({
        machines: fc.array(machineOf(families), {
          minLength: machineCount,
          maxLength: machineCount,
        }),
        operations: fc
          .tuple(
            ...jobLengths.flatMap((length, job) =>
              Array.from({ length }, (_, step) => {
                const before = jobLengths.slice(0, job).reduce((a, b) => a + b, 0) + step - 1;
                return operationOf(machineCount, families, step > 0 ? before : undefined);
              }),
            ),
          )
          .map((operations) => operations),
      }),
    );
}

const breaksOf = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 10 })), {
    maxLength: 4,
  })
  .map((pairs) => {
    let tick = -1;
    return pairs.map(([work, rest]) => {
      const from = tick + work;
      tick = from + rest;
      return { from, to: tick };
    });
  });

function machineOf(families: number): fc.Arbitrary<Machine> {
  const row = fc.array(fc.nat(9), { minLength: families, maxLength: families });
  return fc.record(
    {
      availableFrom: fc.nat(20),
      setups: fc.array(row, { minLength: families, maxLength: families }),
      setUpFor: fc.nat(families - 1),
      breaks: breaksOf,
    },
    { requiredKeys: [] },
  );
}

function operationOf(machines: number, families: number, after?: number): fc.Arbitrary<Operation> {
  // One machine too many on purpose: some operations have no work center, some pins are impossible.
  const machine = fc.oneof(
    { weight: 30, arbitrary: fc.nat(machines - 1) },
    { weight: 1, arbitrary: fc.constant(machines) },
  );
  return fc
    .record(
      {
        alternatives: fc.array(fc.record({ machine, time: fc.nat(20) }), {
          minLength: 1,
          maxLength: 3,
        }),
        transfer: fc.nat(5),
        overlapAfter: fc.nat(25),
        release: fc.nat(40),
        due: fc.nat(80),
        weight: fc.nat(4),
        isSplittable: fc.boolean(),
        family: fc.nat(families - 1),
        pin: fc.oneof(
          { weight: 6, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.record({ machine }) },
          { weight: 1, arbitrary: fc.record({ machine, start: fc.nat(60) }) },
        ),
      },
      { requiredKeys: ["alternatives"] },
    )
    .map(({ pin, ...operation }) => ({
      ...operation,
      ...(pin === undefined ? {} : { pin }),
      ...(after === undefined ? {} : { after }),
    }));
}
