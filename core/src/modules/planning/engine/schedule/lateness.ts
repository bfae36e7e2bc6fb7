import { arrivalOf } from "./arrival.ts";
import { calendarOf, endOfWork, noBreaks, pausedBetween, startOfWork } from "./calendar.ts";
import { needsOf } from "./needs.ts";
import { predecessorsOf } from "./precedence.ts";
import type { Assignment, LateReason, LateOperation, Operation, Problem } from "./problem.ts";

/**
 * Why each late operation is late: its work is followed back along what arrived last, and every
 * tick it waited is put down to what it waited for. The reasons, the greatest first, together with
 * the work and the transfers on the way add up to its completion.
 */
export function explainLateness(problem: Problem, assignments: Assignment[]): LateOperation[] {
  const floor = lookUp(problem, assignments);
  return assignments
    .flatMap((assignment): LateOperation[] => {
      const { due, weight = 1, transfer = 0 } = floor.asked(assignment);
      const late = due === undefined ? 0 : assignment.end + transfer - due;
      if (late <= 0) return [];
      const reasons = reasonsFor(floor, assignment);
      return [{ operation: assignment.operation, late, cost: late * weight, reasons }];
    })
    .sort((a, b) => b.cost - a.cost || a.operation - b.operation);
}

interface Floor {
  problem: Problem;
  asked: (assignment: Assignment) => Operation;
  placeOf: Map<number, Assignment>;
  /** The one before it on its machine. */
  before: Map<Assignment, Assignment>;
  calendars: ReturnType<typeof calendarOf>[];
  /** Who uses a resource, by end. */
  usersOf: Map<number, Assignment[]>;
}

function lookUp(problem: Problem, assignments: Assignment[]): Floor {
  const { machines, operations } = problem;
  const placeOf = new Map(assignments.map((one) => [one.operation, one]));
  const before = new Map<Assignment, Assignment>();
  const last = new Map<number, Assignment>();
  const usersOf = new Map<number, Assignment[]>();
  const none: Operation = { alternatives: [] };
  const asked = ({ operation }: Assignment): Operation => operations[operation] ?? none;
  for (const one of assignments) {
    const previous = last.get(one.machine);
    if (previous) before.set(one, previous);
    last.set(one.machine, one);
    for (const { resource } of needsOf(asked(one))) {
      const users = usersOf.get(resource);
      if (users) users.push(one);
      else usersOf.set(resource, [one]);
    }
  }
  const calendars = machines.map(({ breaks = [] }) => calendarOf(breaks));
  return { problem, asked, placeOf, before, calendars, usersOf };
}

function reasonsFor(floor: Floor, late: Assignment): LateReason[] {
  const waits = new Map<string, LateReason>();
  const add = (reason: LateReason): void => {
    if (reason.ticks <= 0) return;
    const key = `${reason.kind} ${reason.machine} ${reason.resource}`;
    const known = waits.get(key);
    if (known === undefined) waits.set(key, { ...reason });
    else known.ticks += reason.ticks;
  };
  let work = 0;
  let until = late.end + (floor.asked(late).transfer ?? 0);
  for (let one: Assignment | undefined = late; one !== undefined;) {
    const { pin, release = 0 } = floor.asked(one);
    const before = lastArrival(floor, one);
    const ready = Math.min(one.start, before?.ready ?? 0);
    const calendar = floor.calendars[one.machine] ?? noBreaks;
    const paused = pausedBetween(calendar, one.start, Math.min(until, one.end));
    work += until - one.start - paused;
    add({ kind: "calendar", machine: one.machine, ticks: paused });
    if (pin?.start !== undefined && pin.start === one.start)
      add({
        kind: "fence",
        machine: one.machine,
        operation: one.operation,
        ticks: one.start - ready,
      });
    else {
      const material = Math.min(one.start, Math.max(ready, release));
      add({ kind: "material", operation: one.operation, ticks: material - ready });
      for (const wait of waitsAtMachine(floor, one, material)) add(wait);
    }
    one = before?.assignment;
    until = ready;
  }
  const reasons = [...waits.values()].sort((a, b) => b.ticks - a.ticks);
  // Late even without a single wait: the order was given too little time.
  return [...reasons, { kind: "work", ticks: work }];
}

/** Of what it follows, the one that let it start last; what lies behind that tick is its own. */
function lastArrival(
  floor: Floor,
  one: Assignment,
): { assignment: Assignment; ready: number } | null {
  let latest: { assignment: Assignment; ready: number } | null = null;
  for (const index of predecessorsOf(floor.asked(one))) {
    const assignment = floor.placeOf.get(index);
    if (!assignment) continue;
    const calendar = floor.calendars[assignment.machine] ?? noBreaks;
    const { first, last } = arrivalOf(floor.problem, assignment, calendar);
    // It may end when the last batch is there, and starts as long before.
    const ready = Math.max(first, last - (one.end - one.start));
    if (latest === null || ready > latest.ready) latest = { assignment, ready };
  }
  return latest;
}

/** From `ready` to the start: the operation before it, the changeover, a resource, a break. */
function waitsAtMachine(floor: Floor, one: Assignment, ready: number): LateReason[] {
  const { machine, start } = one;
  const calendar = floor.calendars[machine] ?? noBreaks;
  const before = floor.before.get(one);
  const { setups, setUpFor, availableFrom = 0 } = floor.problem.machines[machine] ?? {};
  const from = before ? (floor.asked(before).family ?? 0) : setUpFor;
  const setup = from === undefined ? 0 : (setups?.[from]?.[floor.asked(one).family ?? 0] ?? 0);
  const free = Math.min(start, before?.end ?? availableFrom);
  const setUp = Math.min(start, endOfWork(calendar, free, setup));
  const isFrozen = before !== undefined && floor.asked(before).pin?.start === before.start;
  const busy = Math.max(0, free - ready);
  const changing = Math.max(0, setUp - Math.max(ready, free));
  const waits: LateReason[] = [
    {
      kind: before === undefined || isFrozen ? "fence" : "capacity",
      machine,
      ...(before ? { operation: before.operation } : {}),
      ticks: busy,
    },
    { kind: "setup", machine, ...(before ? { operation: before.operation } : {}), ticks: changing },
  ];
  // What is left: a unit of a resource that came free at the start, else the calendar.
  const idleFrom = Math.max(ready, setUp);
  const holder = lastHolder(floor, one, idleFrom);
  const held = holder ? Math.max(0, holder.until - idleFrom) : 0;
  const opens = startOfWork(calendar, idleFrom, one.end - start, true);
  const resting = holder ? 0 : Math.max(0, Math.min(start, opens) - idleFrom);
  if (holder)
    waits.push({
      kind: "resource",
      resource: holder.resource,
      operation: holder.operation,
      ticks: held,
    });
  waits.push({ kind: "calendar", machine, ticks: Math.max(resting, start - idleFrom - held) });
  return waits;
}

function lastHolder(
  floor: Floor,
  one: Assignment,
  from: number,
): { resource: number; operation: number; until: number } | null {
  let last: { resource: number; operation: number; until: number } | null = null;
  for (const { resource } of needsOf(floor.asked(one)))
    for (const { operation, end } of floor.usersOf.get(resource) ?? [])
      if (end > from && end <= one.start && end > (last?.until ?? from))
        last = { resource, operation, until: end };
  return last;
}
