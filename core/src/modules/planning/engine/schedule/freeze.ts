import { calendarOf, endOfWork, startOfWork, type Calendar } from "./calendar.ts";
import type { Inspected, Note } from "./inspected.ts";
import { needsOf } from "./needs.ts";
import { predecessorsOf } from "./precedence.ts";
import type { Assignment, Problem } from "./problem.ts";
import { isTicks, startMax } from "./ticks.ts";

/**
 * The frozen zone. A pin that cannot hold (wrong machine, before its predecessor or the machine's
 * start, on top of another, behind an operation that is not frozen, more than a resource has) is
 * named and let go; its operation is planned like any other.
 */
export function freeze(
  problem: Problem,
  kept: number[],
  alternatives: Inspected["alternatives"],
  note: Note,
): Map<number, Assignment> {
  const frozen = new Map<number, Assignment>();
  const lastOn = new Map<number, Assignment>();
  const calendars = problem.machines.map(({ breaks = [] }) => calendarOf(breaks));
  for (const { index, pin } of inOrderOfStart(problem, kept)) {
    const { machine, start } = pin;
    const row = alternatives.get(index)?.find((alternative) => alternative.machine === machine);
    if (!row) {
      note(
        "pin.impossible",
        [index],
        `Operation ${index} is held on work center ${machine}, which cannot do it; the pin is let go.`,
        [machine],
      );
      continue;
    }
    if (start === undefined) continue;
    const calendar = calendars[machine] ?? calendarOf([]);
    const end = isTicks(start) ? endOfWork(calendar, start, row.time) : start;
    const assignment = { operation: index, machine, start, end };
    const reason =
      whyNotFrozen(problem, assignment, calendar, frozen, lastOn) ??
      whyShort(problem, assignment, frozen);
    if (reason) {
      note(
        "pin.impossible",
        [index],
        `Operation ${index} cannot be frozen at ${start}: ${reason}; the pin is let go.`,
        [machine],
      );
      continue;
    }
    frozen.set(index, assignment);
    lastOn.set(machine, assignment);
  }
  return frozen;
}

/** By start; of those with one start, what others follow goes first. */
function inOrderOfStart(
  problem: Problem,
  kept: number[],
): { index: number; pin: { machine: number; start?: number } }[] {
  const pinned = kept.flatMap((index) => {
    const pin = problem.operations[index]?.pin;
    return pin ? [{ index, pin }] : [];
  });
  const isPinned = new Set(pinned.map(({ index }) => index));
  const depths = new Map<number, number>();
  // Steps among pinned operations only: what follows something else cannot be frozen anyway.
  const depthOf = (index: number): number => {
    const known = depths.get(index);
    if (known !== undefined) return known;
    depths.set(index, 0);
    const operation = problem.operations[index];
    const before = operation ? predecessorsOf(operation).filter((p) => isPinned.has(p)) : [];
    const depth = before.reduce((most, p) => Math.max(most, 1 + depthOf(p)), 0);
    depths.set(index, depth);
    return depth;
  };
  // Along the starts, so that no call goes deeper than the operations of one start.
  const byStart = pinned.toSorted((a, b) => (a.pin.start ?? 0) - (b.pin.start ?? 0));
  for (const { index } of byStart) depthOf(index);
  return byStart.toSorted(
    (a, b) =>
      (a.pin.start ?? 0) - (b.pin.start ?? 0) ||
      (depths.get(a.index) ?? 0) - (depths.get(b.index) ?? 0),
  );
}

function whyNotFrozen(
  problem: Problem,
  { operation, machine, start, end }: Assignment,
  calendar: Calendar,
  frozen: Map<number, Assignment>,
  lastOn: Map<number, Assignment>,
): string | null {
  const asked = problem.operations[operation];
  const { setups, setUpFor, availableFrom } = problem.machines[machine] ?? {};
  if (!isTicks(start) || start >= startMax)
    return `the start is no whole number from 0 to ${startMax}`;
  if (start < (asked?.release ?? 0)) return `it is released at ${asked?.release}`;
  for (const after of asked ? predecessorsOf(asked) : []) {
    const before = frozen.get(after);
    if (!before) return `it follows ${after}, which is not frozen`;
    const free = before.end + (problem.operations[after]?.transfer ?? 0);
    if (start < free) return `it follows ${after}, which arrives at ${free}`;
  }
  const opens = startOfWork(calendar, start, end - start, asked?.isSplittable ?? false);
  if (opens > start) return `work center ${machine} has a break; the next start is ${opens}`;
  const last = lastOn.get(machine);
  const state = last ? (problem.operations[last.operation]?.family ?? 0) : setUpFor;
  const setup = state === undefined ? 0 : (setups?.[state]?.[asked?.family ?? 0] ?? 0);
  const free = endOfWork(calendar, last?.end ?? availableFrom ?? 0, setup);
  return start < free ? `work center ${machine} is free at ${free}` : null;
}

/** Too much of a resource at its start, when those that started before it hold the most. */
function whyShort(
  problem: Problem,
  { operation, start, end }: Assignment,
  frozen: Map<number, Assignment>,
): string | null {
  const asked = problem.operations[operation];
  for (const { resource, amount } of asked ? needsOf(asked) : []) {
    const capacity = problem.resources?.[resource]?.capacity ?? 0;
    let left = capacity - amount;
    for (const other of frozen.values()) {
      if (other.start >= end || other.end <= start) continue;
      for (const need of problem.operations[other.operation]?.needs ?? [])
        if (need.resource === resource) left -= need.amount ?? 1;
    }
    if (left < 0) return `resource ${resource} has ${capacity} units, and others hold them`;
  }
  return null;
}
