import { arrivalOf } from "./arrival.ts";
import { calendarOf, endOfWork, noBreaks, startOfWork, type Calendar } from "./calendar.ts";
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
  for (const { index, pin } of inOrderOfStart(problem, kept, alternatives)) {
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
    const calendar = calendars[machine] ?? noBreaks;
    const end = isTicks(start) ? endOfWork(calendar, start, row.time) : start;
    const assignment = { operation: index, machine, start, end };
    const reason =
      whyNotFrozen(problem, assignment, calendars, frozen, lastOn) ??
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

type Pinned = { index: number; pin: { machine: number; start?: number } };

/**
 * By start; of one start first what takes no time, then along the precedence: nothing is looked at
 * before what it can follow.
 */
function inOrderOfStart(
  problem: Problem,
  kept: number[],
  alternatives: Inspected["alternatives"],
): Pinned[] {
  const pinned = kept.flatMap((index): Pinned[] => {
    const pin = problem.operations[index]?.pin;
    return pin ? [{ index, pin }] : [];
  });
  const startOf = ({ pin: { start } }: Pinned): number =>
    start !== undefined && isTicks(start) ? start : Infinity;
  const lasts = ({ index, pin }: Pinned): number => {
    const row = alternatives.get(index)?.find(({ machine }) => machine === pin.machine);
    return row?.time === 0 ? 0 : 1;
  };
  const rank = ranksOfOneStart(problem, pinned, startOf);
  return pinned.toSorted((a, b) =>
    startOf(a) === startOf(b)
      ? lasts(a) - lasts(b) || (rank.get(a.index) ?? 0) - (rank.get(b.index) ?? 0)
      : startOf(a) - startOf(b),
  );
}

/** A place in an order in which each stands behind those of the same start that it follows. */
function ranksOfOneStart(
  problem: Problem,
  pinned: Pinned[],
  startOf: (one: Pinned) => number,
): Map<number, number> {
  const starts = new Map(pinned.map((one) => [one.index, startOf(one)]));
  const followers = new Map<number, number[]>();
  const waitsFor = new Map<number, number>();
  for (const { index } of pinned) {
    const operation = problem.operations[index];
    const before = operation ? predecessorsOf(operation) : [];
    const together = before.filter((after) => starts.get(after) === starts.get(index));
    waitsFor.set(index, together.length);
    for (const after of together) {
      const others = followers.get(after);
      if (others) others.push(index);
      else followers.set(after, [index]);
    }
  }
  const queue = pinned.map(({ index }) => index).filter((index) => waitsFor.get(index) === 0);
  for (let head = 0; head < queue.length; head += 1)
    for (const index of followers.get(queue[head] ?? 0) ?? []) {
      const left = (waitsFor.get(index) ?? 0) - 1;
      waitsFor.set(index, left);
      if (left === 0) queue.push(index);
    }
  return new Map(queue.map((index, place) => [index, place]));
}

function whyNotFrozen(
  problem: Problem,
  { operation, machine, start, end }: Assignment,
  calendars: Calendar[],
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
    const { first, last } = arrivalOf(problem, before, calendars[before.machine] ?? noBreaks);
    if (start < first) return `it follows ${after}, which arrives at ${first}`;
    if (end < last) return `it would end before all of ${after} arrives at ${last}`;
  }
  const calendar = calendars[machine] ?? noBreaks;
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
