import { freeze } from "./freeze.ts";
import type { Assignment, Finding, FindingCode, Machine, Operation, Problem } from "./problem.ts";
import { isTicks, ticksMax } from "./ticks.ts";

/** What of a problem can be planned, and why the rest cannot. */
export interface Inspected {
  /** Operations for the search, by index. */
  planned: number[];
  /** Possible alternatives of each planned or frozen operation; one per machine, the fastest. */
  alternatives: Map<number, { machine: number; time: number }[]>;
  /** Frozen operations by index. */
  frozen: Map<number, Assignment>;
  unplanned: number[];
  findings: Finding[];
}

/** Never throws on bad data: what is impossible is named in a finding and left out. */
export function inspect(problem: Problem): Inspected {
  const findings: Finding[] = [];
  const note = (
    code: FindingCode,
    operations: number[],
    message: string,
    machines: number[] = [],
  ): void => {
    findings.push({ code, operations, machines, message });
  };
  const broken = new Set<number>();
  const drop = (
    code: FindingCode,
    operations: number[],
    message: string,
    machines: number[] = [],
  ): void => {
    note(code, operations, message, machines);
    for (const index of operations) broken.add(index);
  };
  checkSetups(problem, drop);
  checkBreaks(problem, drop);
  const alternatives = new Map<number, { machine: number; time: number }[]>();
  problem.operations.forEach((operation, index) => {
    if (!hasValidTimes(operation))
      return drop(
        "operation.invalid_time",
        [index],
        `Operation ${index} has a time that is no whole number >= 0; it is not planned.`,
      );
    const possible = possibleAlternatives(problem, operation);
    if (possible.length === 0)
      return drop(
        "operation.no_machine",
        [index],
        `Operation ${index} has no work center that can do it; it is not planned.`,
      );
    alternatives.set(index, possible);
    if (possible.every(({ time }) => time === 0))
      note(
        "operation.zero_length",
        [index],
        `Operation ${index} takes no time; it is planned as a milestone.`,
      );
  });
  checkChains(problem, drop);
  spread(problem, broken, drop);
  const kept = problem.operations.map((_, index) => index).filter((index) => !broken.has(index));
  if (isTooLong(problem, kept, alternatives)) {
    drop(
      "problem.too_long",
      kept,
      `The plan could pass ${ticksMax} ticks; choose a longer tick. Nothing is planned.`,
    );
    return {
      planned: [],
      alternatives,
      frozen: new Map(),
      unplanned: [...broken].sort((a, b) => a - b),
      findings,
    };
  }
  const frozen = freeze(problem, kept, alternatives, note);
  return {
    planned: kept.filter((index) => !frozen.has(index)),
    alternatives,
    frozen,
    unplanned: [...broken].sort((a, b) => a - b),
    findings,
  };
}

export type Note = (
  code: FindingCode,
  operations: number[],
  message: string,
  machines?: number[],
) => void;

function hasValidTimes(operation: Operation): boolean {
  const { alternatives, transfer, overlapAfter, release, family, due, weight } = operation;
  return (
    [transfer, overlapAfter, release, family, due, weight].every(isTicks) &&
    alternatives.every(({ time }) => isTicks(time))
  );
}

/** A bad matrix cannot be guessed: everything that could only run there would be wrong. */
function checkSetups(problem: Problem, drop: Note): void {
  problem.machines.forEach(({ setups, availableFrom, setUpFor }, k) => {
    const isSquare =
      setups === undefined ||
      setups.every((row) => row.length === setups.length && row.every(isTicks));
    if (
      !isSquare ||
      !isTicks(availableFrom) ||
      !isTicks(setUpFor) ||
      (setUpFor ?? 0) >= (setups?.length ?? Infinity)
    )
      drop(
        "machine.invalid_setups",
        [],
        `Work center ${k} has an invalid setup matrix or start; nothing is planned on it.`,
        [k],
      );
  });
}

function checkBreaks(problem: Problem, drop: Note): void {
  problem.machines.forEach((machine, k) => {
    if (hasValidBreaks(machine)) return;
    drop(
      "machine.invalid_breaks",
      [],
      `Work center ${k} has a calendar whose breaks are empty, overlap, are out of order or never end; nothing is planned on it.`,
      [k],
    );
  });
}

function hasValidBreaks({ breaks = [] }: Machine): boolean {
  return breaks.every(
    ({ from, to }, k) =>
      isTicks(from) && isTicks(to) && from < to && from > (breaks[k - 1]?.to ?? -1),
  );
}

function isUsable(problem: Problem, machine: number, family: number): boolean {
  const found = problem.machines[machine];
  if (found && !hasValidBreaks(found)) return false;
  if (!found || !isTicks(found.availableFrom) || !isTicks(found.setUpFor)) return false;
  const { setups, setUpFor } = found;
  if (setups === undefined) return true;
  const isSquare = setups.every((row) => row.length === setups.length && row.every(isTicks));
  return isSquare && family < setups.length && (setUpFor ?? 0) < setups.length;
}

function possibleAlternatives(
  problem: Problem,
  { alternatives, family, pin }: Operation,
): { machine: number; time: number }[] {
  const fastest = new Map<number, number>();
  for (const { machine, time } of alternatives) {
    if (isUsable(problem, machine, family ?? 0))
      fastest.set(machine, Math.min(time, fastest.get(machine) ?? Infinity));
  }
  const all = [...fastest].map(([machine, time]) => ({ machine, time }));
  const held = all.filter(({ machine }) => machine === pin?.machine);
  return held.length > 0 ? held : all;
}

/** Names each cycle once, and each second successor of an operation. */
function checkChains(problem: Problem, drop: Note): void {
  const { operations } = problem;
  const followerOf = new Map<number, number>();
  operations.forEach(({ after }, index) => {
    if (after === undefined) return;
    if (operations[after] === undefined)
      return drop(
        "precedence.unknown",
        [index],
        `Operation ${index} follows ${after}, which does not exist; it is not planned.`,
      );
    const other = followerOf.get(after);
    if (other !== undefined)
      return drop(
        "precedence.branch",
        [index],
        `Operation ${index} follows ${after}, which ${other} follows already; it is not planned.`,
      );
    followerOf.set(after, index);
  });
  const seen = new Int32Array(operations.length);
  operations.forEach((_, start) => {
    const walk: number[] = [];
    let index: number | undefined = start;
    while (index !== undefined && seen[index] === 0) {
      seen[index] = start + 1;
      walk.push(index);
      index = operations[index]?.after;
    }
    if (index !== undefined && seen[index] === start + 1) {
      const cycle = walk.slice(walk.indexOf(index)).reverse();
      drop(
        "precedence.cycle",
        cycle,
        `Operations ${cycle.join(" → ")} wait for each other in a cycle; they are not planned.`,
      );
    }
  });
}

/** What follows an operation that is left out is left out too. */
function spread(problem: Problem, broken: Set<number>, drop: Note): void {
  const waiting = new Map<number, number[]>();
  problem.operations.forEach(({ after }, index) => {
    if (after !== undefined) waiting.set(after, [...(waiting.get(after) ?? []), index]);
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

function isTooLong(
  problem: Problem,
  kept: number[],
  alternatives: Inspected["alternatives"],
): boolean {
  let setupMax = 0;
  for (const { setups = [] } of problem.machines)
    for (const row of setups)
      for (const ticks of row) if (isTicks(ticks)) setupMax = Math.max(setupMax, ticks);
  const usable = problem.machines.filter(
    (machine) => hasValidBreaks(machine) && isTicks(machine.availableFrom),
  );
  let latest = Math.max(
    0,
    ...usable.map(({ availableFrom = 0, breaks = [] }) =>
      Math.max(availableFrom, breaks.at(-1)?.to ?? 0),
    ),
  );
  let work = 0;
  for (const index of kept) {
    const operation = problem.operations[index];
    const times = (alternatives.get(index) ?? []).map(({ time }) => time);
    latest = Math.max(latest, operation?.release ?? 0, operation?.pin?.start ?? 0);
    work += Math.max(0, ...times) + (operation?.transfer ?? 0) + setupMax;
  }
  return latest + work >= ticksMax;
}
