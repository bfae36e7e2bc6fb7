import { calendarOf, endOfWork, startOfWork } from "./calendar.ts";
import type { Inspected, Note } from "./inspect.ts";
import type { Assignment, Problem } from "./problem.ts";
import { isTicks } from "./ticks.ts";

/**
 * The frozen zone. A pin that cannot hold (wrong machine, before its predecessor or the machine's
 * start, on top of another, or behind an operation that is not frozen) is named and let go; its
 * operation is planned like any other.
 */
export function freeze(
  problem: Problem,
  kept: number[],
  alternatives: Inspected["alternatives"],
  note: Note,
): Map<number, Assignment> {
  const frozen = new Map<number, Assignment>();
  const lastOn = new Map<number, Assignment>();
  const pinned = kept
    .flatMap((index) => {
      const pin = problem.operations[index]?.pin;
      return pin ? [{ index, pin, start: pin.start }] : [];
    })
    .sort(
      (a, b) =>
        (a.start ?? 0) - (b.start ?? 0) ||
        chainDepth(problem, a.index) - chainDepth(problem, b.index),
    );
  for (const { index, pin, start } of pinned) {
    const row = alternatives.get(index)?.find(({ machine }) => machine === pin.machine);
    if (!row) {
      note(
        "pin.impossible",
        [index],
        `Operation ${index} is held on work center ${pin.machine}, which cannot do it; the pin is let go.`,
        [pin.machine],
      );
      continue;
    }
    if (start === undefined) continue;
    const calendar = calendarOf(problem.machines[row.machine] ?? {});
    const end = isTicks(start) ? endOfWork(calendar, start, row.time) : start;
    const assignment = { operation: index, machine: row.machine, start, end };
    const reason = whyNotFrozen(problem, assignment, frozen, lastOn);
    if (reason) {
      note(
        "pin.impossible",
        [index],
        `Operation ${index} cannot be frozen at ${start}: ${reason}; the pin is let go.`,
        [row.machine],
      );
      continue;
    }
    frozen.set(index, assignment);
    lastOn.set(row.machine, assignment);
  }
  return frozen;
}

function chainDepth(problem: Problem, index: number): number {
  let depth = 0;
  for (
    let after = problem.operations[index]?.after;
    after !== undefined;
    after = problem.operations[after]?.after
  )
    depth += 1;
  return depth;
}

function whyNotFrozen(
  problem: Problem,
  { operation, machine, start, end }: Assignment,
  frozen: Map<number, Assignment>,
  lastOn: Map<number, Assignment>,
): string | null {
  const { after, family, release } = problem.operations[operation] ?? {};
  const { setups, setUpFor, availableFrom } = problem.machines[machine] ?? {};
  if (!isTicks(start)) return "the start is no whole number >= 0";
  if (start < (release ?? 0)) return `it is released at ${release}`;
  if (after !== undefined) {
    const before = frozen.get(after);
    if (!before) return `it follows ${after}, which is not frozen`;
    const free = before.end + (problem.operations[after]?.transfer ?? 0);
    if (start < free) return `it follows ${after}, which arrives at ${free}`;
  }
  const calendar = calendarOf(problem.machines[machine] ?? {});
  const { isSplittable = false } = problem.operations[operation] ?? {};
  const opens = startOfWork(calendar, start, end - start, isSplittable);
  if (opens > start) return `work center ${machine} has a break; the next start is ${opens}`;
  const last = lastOn.get(machine);
  const state = last ? (problem.operations[last.operation]?.family ?? 0) : setUpFor;
  const setup = state === undefined ? 0 : (setups?.[state]?.[family ?? 0] ?? 0);
  const free = endOfWork(calendar, last?.end ?? availableFrom ?? 0, setup);
  return start < free ? `work center ${machine} is free at ${free}` : null;
}
