import type { Problem, Schedule } from "../engine/schedule/problem.ts";
import { solve } from "../engine/schedule/solve.ts";
import { calendarEnd } from "./working-time.ts";

/** Tells how far it is, and says whether the search may go on. */
export type Timer = (seconds: number) => () => boolean;

/**
 * The best schedule found in the time given, and by machine the operations that its calendar had no room
 * for. The engine would let them run on behind `calendarEnd`; they are taken out, and what is left is
 * planned again, in as much time once more: work that reached across had kept people and tools from the rest.
 */
export function searchWithinCalendars(
  problem: Problem,
  { seed, seconds, stopAfter }: { seed: number; seconds: number; stopAfter: Timer },
): { schedule: Schedule; behind: Map<number, number[]> } {
  const behind = new Map<number, number[]>();
  let rest = problem;
  let schedule = solve(rest, { seed, shouldStop: stopAfter(seconds) });
  // Each round takes out at least one operation.
  for (let out = behindCalendars(rest, schedule); out.length > 0;) {
    for (const { operation, machine } of out) {
      const others = behind.get(machine);
      if (others === undefined) behind.set(machine, [operation]);
      else others.push(operation);
    }
    rest = without(rest, new Set(out.map(({ operation }) => operation)));
    schedule = solve(rest, { seed, shouldStop: stopAfter(2 * seconds) });
    out = behindCalendars(rest, schedule);
  }
  return { schedule, behind };
}

function behindCalendars({ machines }: Problem, { assignments }: Schedule) {
  return assignments.filter(
    ({ machine, end }) => end > calendarEnd && machines[machine]?.breaks !== undefined,
  );
}

function without(problem: Problem, operations: ReadonlySet<number>): Problem {
  return {
    ...problem,
    operations: problem.operations.map((operation, row) =>
      operations.has(row) ? { ...operation, alternatives: [] } : operation,
    ),
  };
}
