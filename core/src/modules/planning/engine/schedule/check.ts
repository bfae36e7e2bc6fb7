import type { Assignment, Problem, Schedule } from "./problem.ts";

/**
 * Verifies a schedule against the problem alone and returns one sentence per violation; none means
 * feasible. Shares no code with the engine: it reads only the public structures, and its plain
 * quadratic-free walk over the result is meant to be checked by eye.
 */
export function checkSchedule(problem: Problem, schedule: Schedule): string[] {
  return [
    ...checkCompleteness(problem, schedule),
    ...checkPlaces(problem, schedule),
    ...checkMachines(problem, schedule),
    ...checkResources(problem, schedule),
    ...checkPrecedence(problem, schedule),
    ...checkFigures(problem, schedule),
  ];
}

/** Every operation is planned once, or left out and named by a finding. */
function checkCompleteness(
  problem: Problem,
  { assignments, unplanned, findings }: Schedule,
): string[] {
  const times = new Map<number, number>();
  for (const { operation } of assignments) times.set(operation, (times.get(operation) ?? 0) + 1);
  const named = new Set(findings.flatMap(({ operations }) => operations));
  return [...problem.operations.keys()].flatMap((operation) => {
    const planned = times.get(operation) ?? 0;
    if (unplanned.includes(operation)) {
      if (planned > 0) return [`operation ${operation} is both planned and left out`];
      return named.has(operation) ? [] : [`operation ${operation} is left out without a finding`];
    }
    return planned === 1 ? [] : [`operation ${operation} is planned ${planned} times`];
  });
}

/** An allowed work center, its time, the release date, the pin. */
function checkPlaces(problem: Problem, { assignments, findings }: Schedule): string[] {
  const freed = new Set(
    findings
      .filter(({ code }) => code === "pin.impossible")
      .flatMap(({ operations }) => operations),
  );
  return assignments.flatMap(({ operation, machine, start, end }) => {
    const asked = problem.operations[operation];
    if (!asked) return [`operation ${operation} does not exist`];
    const errors: string[] = [];
    const breaks = problem.machines[machine]?.breaks ?? [];
    const work = end - start - pausedBetween(breaks, start, end);
    if (!asked.alternatives.some((a) => a.machine === machine && a.time === work))
      errors.push(`operation ${operation} cannot take ${work} on work center ${machine}`);
    if (breaks.some(({ from, to }) => from <= start && start < to))
      errors.push(`operation ${operation} starts at ${start}, in a break`);
    if (!asked.isSplittable && pausedBetween(breaks, start, end) > 0)
      errors.push(`operation ${operation} is split by a break`);
    if (!Number.isInteger(start) || start < (asked.release ?? 0))
      errors.push(`operation ${operation} starts at ${start}, before its release`);
    const { pin } = asked;
    if (pin && !freed.has(operation)) {
      if (pin.machine !== machine)
        errors.push(`operation ${operation} left its pinned work center`);
      if (pin.start !== undefined && pin.start !== start)
        errors.push(`operation ${operation} is frozen at ${pin.start} but starts at ${start}`);
    }
    return errors;
  });
}

/** A whole number that a plan can have as an index or a tick. */
function isPlace(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 30;
}

/** Ticks of the breaks between two ticks. */
function pausedBetween(breaks: { from: number; to: number }[], start: number, end: number): number {
  return breaks.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)),
    0,
  );
}

/** One at a time in the order of the list, with the setup in between. */
function checkMachines(problem: Problem, { assignments }: Schedule): string[] {
  return problem.machines.flatMap(
    ({ availableFrom = 0, setups, setUpFor, breaks = [] }, machine) => {
      const errors: string[] = [];
      const queue = assignments.filter((a) => a.machine === machine);
      let free = availableFrom;
      let state = setUpFor;
      for (const { operation, start, end } of queue) {
        const family = problem.operations[operation]?.family ?? 0;
        const setup = state === undefined ? 0 : (setups?.[state]?.[family] ?? 0);
        const isReady = start >= free && start - free - pausedBetween(breaks, free, start) >= setup;
        if (!isReady)
          errors.push(
            `work center ${machine}: operation ${operation} starts at ${start}, free from ${free} + ${setup} of setup`,
          );
        free = end;
        state = family;
      }
      return errors;
    },
  );
}

/** At no tick are more units in use than there are; what ends gives its units to what starts then. */
function checkResources(problem: Problem, { assignments }: Schedule): string[] {
  return (problem.resources ?? []).flatMap(({ capacity }, r) => {
    const changes = assignments.flatMap(({ operation, start, end }) => {
      const amount = (problem.operations[operation]?.needs ?? [])
        .filter(({ resource }) => resource === r)
        .reduce((sum, need) => sum + (need.amount ?? 1), 0);
      return end > start && amount > 0
        ? [
            { tick: start, units: amount },
            { tick: end, units: -amount },
          ]
        : [];
    });
    let used = 0;
    for (const { tick, units } of changes.toSorted(
      (a, b) => a.tick - b.tick || a.units - b.units,
    )) {
      used += units;
      if (used > capacity) return [`resource ${r}: ${used} of ${capacity} units in use at ${tick}`];
    }
    return [];
  });
}

function checkPrecedence(problem: Problem, { assignments }: Schedule): string[] {
  const planned = new Map(assignments.map((a) => [a.operation, a]));
  return assignments.flatMap((next) => {
    const { after = [] } = problem.operations[next.operation] ?? {};
    return [after].flat().flatMap((pred) => {
      const before = planned.get(pred);
      if (!before)
        return [`operation ${next.operation} is planned without its predecessor ${pred}`];
      return checkArc(problem, before, next);
    });
  });
}

function checkArc(problem: Problem, before: Assignment, next: Assignment): string[] {
  const { transfer = 0, overlapAfter } = problem.operations[before.operation] ?? {};
  const arrival = before.end + transfer;
  if (overlapAfter === undefined)
    return next.start < arrival
      ? [
          `operation ${next.operation} starts at ${next.start}, before ${before.operation} arrives at ${arrival}`,
        ]
      : [];
  const sent = next.start - transfer;
  const breaks = problem.machines[before.machine]?.breaks ?? [];
  const worked = sent - before.start - pausedBetween(breaks, before.start, sent);
  const hasFirstBatch = sent >= before.end || (sent >= before.start && worked >= overlapAfter);
  return !hasFirstBatch || next.end < arrival
    ? [`operation ${next.operation} overtakes ${before.operation} beyond its overlap`]
    : [];
}

function checkFigures(problem: Problem, schedule: Schedule): string[] {
  const { makespan, lowerBound, weightedTardiness, tardinessBound } = schedule;
  let end = 0;
  let tardiness = 0;
  let setup = 0;
  let change = 0;
  const states = problem.machines.map(({ setUpFor }) => setUpFor);
  for (const assignment of schedule.assignments) {
    const asked = problem.operations[assignment.operation];
    const { machine, start } = assignment;
    const state = states[machine];
    if (state !== undefined)
      setup += problem.machines[machine]?.setups?.[state]?.[asked?.family ?? 0] ?? 0;
    states[machine] = asked?.family ?? 0;
    if (asked?.previous && [asked.previous.machine, asked.previous.start].every(isPlace)) {
      const lengths = asked.alternatives.filter((a) => a.machine === machine).map((a) => a.time);
      change += Math.abs(start - asked.previous.start);
      if (machine !== asked.previous.machine) change += Math.min(...lengths);
    }
    const completed = assignment.end + (asked?.transfer ?? 0);
    end = Math.max(end, completed);
    if (asked?.due !== undefined && completed > asked.due)
      tardiness += (completed - asked.due) * (asked.weight ?? 1);
  }
  const errors: string[] = [];
  if (end !== makespan) errors.push(`the makespan is ${end}, not ${makespan}`);
  if (lowerBound > end) errors.push(`the lower bound ${lowerBound} is above the makespan ${end}`);
  if (tardiness !== weightedTardiness)
    errors.push(`the weighted tardiness is ${tardiness}, not ${weightedTardiness}`);
  if (setup !== schedule.setup) errors.push(`the setups take ${setup}, not ${schedule.setup}`);
  if (change !== schedule.change) errors.push(`the change is ${change}, not ${schedule.change}`);
  if (tardinessBound > tardiness)
    errors.push(`the tardiness bound ${tardinessBound} is above the tardiness ${tardiness}`);
  return errors;
}
