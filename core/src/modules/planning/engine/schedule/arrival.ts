import { endOfWork, type Calendar } from "./calendar.ts";
import type { Assignment, Problem } from "./problem.ts";

/** When what an operation makes is there for those that follow it. */
export interface Arrival {
  /** The first transfer batch, or all of it where nothing overlaps: no follower starts earlier. */
  first: number;
  /** All of it: no follower ends earlier. */
  last: number;
}

/** `calendar`: of the machine the operation is on. */
export function arrivalOf(problem: Problem, before: Assignment, calendar: Calendar): Arrival {
  const { transfer = 0, overlapAfter } = problem.operations[before.operation] ?? {};
  const last = before.end + transfer;
  if (overlapAfter === undefined) return { first: last, last };
  const batch = endOfWork(calendar, before.start, overlapAfter);
  return { first: Math.min(last, batch + transfer), last };
}
