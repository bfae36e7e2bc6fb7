import { freeze } from "./freeze.ts";
import type { Inspected, Note } from "./inspected.ts";
import { needsOf } from "./needs.ts";
import { findCycles, predecessorsOf } from "./precedence.ts";
import { previousOf } from "./previous.ts";
import type { Finding, Machine, Operation, Problem } from "./problem.ts";
import { isTicks, startMax, ticksMax } from "./ticks.ts";

/** Never throws on bad data: what is impossible is named in a finding and left out. */
export function inspect(problem: Problem): Inspected {
  const findings: Finding[] = [];
  const note: Note = (code, operations, message, machines = []) => {
    findings.push({ code, operations, machines, message });
  };
  const broken = new Set<number>();
  const drop: Note = (code, operations, message, machines = []) => {
    note(code, operations, message, machines);
    for (const index of operations) broken.add(index);
  };
  const usable = problem.machines.map((machine, k) => isMachineUsable(machine, k, note));
  dropGreatestMatrices(problem, usable, note);
  checkCapacities(problem, note);
  const alternatives = new Map<number, { machine: number; time: number }[]>();
  problem.operations.forEach((operation, index) => {
    const possible = inspectOperation(problem, index, operation, usable, drop, note);
    if (possible) alternatives.set(index, possible);
  });
  checkPrecedence(problem, drop);
  spread(problem, broken, drop);
  dropTooLong(problem, alternatives, broken, drop);
  spread(problem, broken, drop);
  const kept = problem.operations.map((_, index) => index).filter((index) => !broken.has(index));
  const frozen = freeze(problem, kept, alternatives, note);
  return {
    usable,
    planned: kept.filter((index) => !frozen.has(index)),
    alternatives,
    frozen,
    unplanned: [...broken].sort((a, b) => a - b),
    findings,
  };
}

/** A bad matrix or calendar cannot be guessed: everything that could only run there would be wrong. */
function isMachineUsable(machine: Machine, k: number, note: Note): boolean {
  const { setups, setUpFor, availableFrom, breaks = [] } = machine;
  const isSquare =
    setups === undefined ||
    setups.every((row) => row.length === setups.length && row.every(isTicks));
  if (
    !isSquare ||
    !isTicks(availableFrom) ||
    !isTicks(setUpFor) ||
    (setUpFor ?? 0) >= (setups?.length ?? Infinity)
  ) {
    note(
      "machine.invalid_setups",
      [],
      `Work center ${k} has an invalid setup matrix or start; nothing is planned on it.`,
      [k],
    );
    return false;
  }
  if (!hasValidBreaks(machine)) {
    note(
      "machine.invalid_breaks",
      [],
      `Work center ${k} has a calendar whose breaks are empty, overlap, are out of order or never end; nothing is planned on it.`,
      [k],
    );
    return false;
  }
  if (Math.max(availableFrom ?? 0, breaks.at(-1)?.to ?? 0) < startMax) return true;
  note(
    "machine.never_works",
    [],
    `Work center ${k} has breaks, or is not available, until after tick ${startMax}; nothing is planned on it.`,
    [k],
  );
  return false;
}

/** The model holds as many cells for each matrix as the greatest one needs: too many of them, and none. */
function dropGreatestMatrices({ machines }: Problem, usable: boolean[], note: Note): void {
  const matrices = machines
    .map(({ setups = [] }, k) => ({ k, families: usable[k] === true ? setups.length : 0 }))
    .filter(({ families }) => families > 0)
    .sort((a, b) => a.families - b.families || b.k - a.k);
  for (let greatest = matrices.at(-1); greatest; greatest = matrices.at(-1)) {
    const { k, families } = greatest;
    if ((1 + matrices.length) * (1 + families) ** 2 <= setupCellsMax) return;
    matrices.pop();
    usable[k] = false;
    note(
      "machine.invalid_setups",
      [],
      `Work center ${k} has a setup matrix of ${families} families, too many beside ${matrices.length} other matrices; nothing is planned on it. Put families together that need the same setup.`,
      [k],
    );
  }
}

/** A quarter of a gigabyte. */
const setupCellsMax = 2 ** 26;

function hasValidBreaks({ breaks = [] }: Machine): boolean {
  return breaks.every(
    ({ from, to }, k) =>
      isTicks(from) && isTicks(to) && from < to && from > (breaks[k - 1]?.to ?? -1),
  );
}

function checkCapacities({ resources = [] }: Problem, note: Note): void {
  resources.forEach(({ capacity }, r) => {
    if (Number.isInteger(capacity) && capacity >= 1) return;
    note(
      "resource.invalid_capacity",
      [],
      `Resource ${r} has a capacity of ${capacity}, no whole number >= 1; nothing that needs it is planned.`,
    );
  });
}

/** Its possible alternatives; null when it cannot be planned. */
function inspectOperation(
  problem: Problem,
  index: number,
  operation: Operation,
  usable: boolean[],
  drop: Note,
  note: Note,
): { machine: number; time: number }[] | null {
  if (!hasValidTimes(operation)) {
    drop(
      "operation.invalid_time",
      [index],
      `Operation ${index} has a time or weight that is no whole number >= 0, a release beyond tick ${startMax} or a weight above ${weightMax}; it is not planned.`,
    );
    return null;
  }
  const short = needsOf(operation).find((need) => !isEnough(problem, need));
  if (short) {
    drop(
      "operation.resource_short",
      [index],
      `Operation ${index} needs ${short.amount} of resource ${short.resource}, which has ${problem.resources?.[short.resource]?.capacity ?? 0}; it is not planned.`,
    );
    return null;
  }
  const possible = possibleAlternatives(problem, operation, usable);
  if (possible.length === 0) {
    drop(
      "operation.no_machine",
      [index],
      `Operation ${index} has no work center that can do it; it is not planned.`,
      operation.alternatives.map(({ machine }) => machine),
    );
    return null;
  }
  const unknown = operation.alternatives
    .map(({ machine }) => machine)
    .filter((machine) => problem.machines[machine] === undefined);
  if (unknown.length > 0)
    note(
      "operation.unknown_machine",
      [index],
      `Operation ${index} names work center ${unknown.join(", ")}, which does not exist; it is planned on the others.`,
    );
  if (operation.previous !== undefined && previousOf(operation) === undefined)
    note(
      "operation.invalid_previous",
      [index],
      `Operation ${index} has a place in the previous plan that is none; it counts as new.`,
    );
  if (possible.every(({ time }) => time === 0))
    note(
      "operation.zero_length",
      [index],
      `Operation ${index} takes no time; it is planned as a milestone.`,
    );
  if (!operation.isSplittable && possible.every((row) => fitsInNoGap(problem, operation, row)))
    note(
      "operation.fits_no_gap",
      [index],
      `Operation ${index} is longer than every working time of its work centers; it is planned behind their last break. Let it pause over breaks, or split it.`,
      possible.map(({ machine }) => machine),
    );
  return possible;
}

/** So that the tardiness of a year of 10,000 orders is still exact in a double. */
const weightMax = 2 ** 20;

function hasValidTimes(operation: Operation): boolean {
  const { alternatives, transfer, overlapAfter, release, family, due, weight } = operation;
  return (
    [transfer, overlapAfter, release, family, due, weight].every(isTicks) &&
    (release ?? 0) < startMax &&
    (weight ?? 1) <= weightMax &&
    // A time must be there: one that is absent is none.
    alternatives.every(({ time }: { time?: number }) => time !== undefined && isTicks(time))
  );
}

function isEnough(
  { resources = [] }: Problem,
  { resource, amount }: { resource: number; amount: number },
): boolean {
  const capacity = resources[resource]?.capacity ?? 0;
  return (
    Number.isInteger(amount) && Number.isInteger(capacity) && amount >= 1 && amount <= capacity
  );
}

function possibleAlternatives(
  problem: Problem,
  { alternatives, family, pin }: Operation,
  usable: boolean[],
): { machine: number; time: number }[] {
  const fastest = new Map<number, number>();
  for (const { machine, time } of alternatives) {
    const { setups } = problem.machines[machine] ?? {};
    if (usable[machine] === true && (family ?? 0) < (setups?.length ?? Infinity))
      fastest.set(machine, Math.min(time, fastest.get(machine) ?? Infinity));
  }
  const all = [...fastest].map(([machine, time]) => ({ machine, time }));
  const held = all.filter(({ machine }) => machine === pin?.machine);
  return held.length > 0 ? held : all;
}

/** Whether all gaps between the breaks still to come are shorter than the work; without any there is no gap. */
function fitsInNoGap(
  problem: Problem,
  { release = 0 }: Operation,
  { machine, time }: { machine: number; time: number },
): boolean {
  const { breaks = [], availableFrom = 0 } = problem.machines[machine] ?? {};
  const first = Math.max(availableFrom, release);
  const left = breaks.filter(({ to }) => to > first);
  return (
    left.length > 0 &&
    left.every(({ from }, k) => from - Math.max(first, left[k - 1]?.to ?? 0) < time)
  );
}

function checkPrecedence(problem: Problem, drop: Note): void {
  problem.operations.forEach((operation, index) => {
    for (const after of predecessorsOf(operation)) {
      if (problem.operations[after] !== undefined) continue;
      drop(
        "precedence.unknown",
        [index],
        `Operation ${index} follows ${after}, which does not exist; it is not planned.`,
      );
    }
  });
  for (const cycle of findCycles(problem))
    drop(
      "precedence.cycle",
      cycle,
      `Operations ${cycle.join(" → ")} wait for each other in a cycle; they are not planned.`,
    );
}

/** What follows an operation that is left out is left out too. */
function spread(problem: Problem, broken: Set<number>, drop: Note): void {
  if (broken.size === 0) return;
  const waiting = new Map<number, number[]>();
  problem.operations.forEach((operation, index) => {
    for (const after of predecessorsOf(operation)) {
      const others = waiting.get(after);
      if (others) others.push(index);
      else waiting.set(after, [index]);
    }
  });
  const queue = [...broken];
  for (let head = 0; head < queue.length; head += 1) {
    const cause = queue[head] ?? 0;
    for (const index of waiting.get(cause) ?? []) {
      if (broken.has(index)) continue;
      drop(
        "operation.waits_for_unplanned",
        [index],
        `Operation ${index} follows ${cause}, which is not planned; neither is it.`,
      );
      queue.push(index);
    }
  }
}

/** Leaves the longest operations out until the rest fits below 2^30 ticks even one after the other. */
function dropTooLong(
  problem: Problem,
  alternatives: Inspected["alternatives"],
  broken: Set<number>,
  drop: Note,
): void {
  let setupMax = 0;
  for (const { setups = [] } of problem.machines)
    for (const row of setups)
      for (const ticks of row) if (isTicks(ticks)) setupMax = Math.max(setupMax, ticks);
  const lengths = [...alternatives]
    .filter(([index]) => !broken.has(index))
    .map(([index, rows]) => {
      const longest = rows.reduce((most, { time }) => Math.max(most, time), 0);
      return { index, ticks: longest + (problem.operations[index]?.transfer ?? 0) + setupMax };
    })
    .sort((a, b) => a.ticks - b.ticks || a.index - b.index);
  let work = lengths.reduce((sum, { ticks }) => sum + ticks, 0);
  for (let last = lengths.pop(); last !== undefined && work >= startMax; last = lengths.pop()) {
    work -= last.ticks;
    drop(
      "operation.too_long",
      [last.index],
      `With operation ${last.index} (${last.ticks} ticks with setup and transfer) the plan could pass ${ticksMax} ticks; choose a longer tick. It is not planned.`,
    );
  }
}
