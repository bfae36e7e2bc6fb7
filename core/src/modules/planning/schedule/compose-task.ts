import type { Machine, Operation, Problem } from "../engine/schedule/problem.ts";
import { type OperationReference, type ScheduleTask, tickMs } from "./schedule-thread.ts";

/** What was read, with ids; times in milliseconds and minutes as their fields say. */
export type ScheduleRows = {
  /** By order and step. */
  operations: readonly {
    workOrderId: string;
    number: string;
    itemId: string;
    itemNumber: string;
    step: number;
    name: string;
    workCenterId: string;
    state: string;
    /** Pieces still to be made here. */
    left: number;
    runMsPerUnit: number;
    setupMs: number;
    dueTime: Date | null;
    workOrderState: string;
    transferQuantity: number | null;
    setupFamilyId: string | null;
  }[];
  alternatives: readonly {
    itemId: string;
    step: number;
    workCenterId: string;
    runMsPerUnit: number;
    setupMs: number;
  }[];
  capabilities: readonly { itemId: string; step: number; capabilityId: string; capacity: number }[];
  workCenters: readonly { workCenterId: string; name: string; calendarId: string | null }[];
  /** Ascending per calendar. */
  workingTime: readonly { calendarId: string; starts: Date; ends: Date }[];
  /** Work center null: every one without an entry of its own. */
  setups: readonly { workCenterId: string | null; fromId: string; toId: string; minutes: number }[];
  /** Last arrival of what an order waits for. */
  material: readonly { workOrderId: string; itemNumber: string; arrives: Date }[];
  previous: readonly { workOrderId: string; step: number; workCenterId: string; starts: Date }[];
};

/**
 * The scheduler's problem: a work center is a machine, a minute is a tick, tick 0 is `start`.
 * - What runs is fixed where it runs, for what it still has to make.
 * - With a setup matrix and a family, the matrix says the change-over; else the routing's setup time.
 * - Work pauses over breaks: routings do not say yet what may not.
 */
export function composeTask(
  rows: ScheduleRows,
  start: Date,
): Omit<ScheduleTask, "seconds" | "seed"> {
  const startMs = Math.floor(start.getTime() / tickMs) * tickMs;
  const tickOf = (time: Date) => Math.ceil((time.getTime() - startMs) / tickMs);
  const families = new Map<string, number>();
  for (const { fromId, toId } of rows.setups) {
    for (const id of [fromId, toId]) if (!families.has(id)) families.set(id, families.size + 1);
  }
  const breaks = breaksByCalendar(rows.workingTime, tickOf);
  const machines = rows.workCenters.map(({ workCenterId, calendarId }): Machine => {
    const setups = setupsOf(workCenterId, rows.setups, families);
    const off = calendarId === null ? undefined : breaks.get(calendarId);
    return { ...(setups !== null && { setups }), ...(off !== undefined && { breaks: off }) };
  });
  const machineOf = new Map(rows.workCenters.map(({ workCenterId }, row) => [workCenterId, row]));
  const resourceOf = new Map<string, number>();
  const resources: { capacity: number }[] = [];
  for (const { capabilityId, capacity } of rows.capabilities) {
    if (resourceOf.has(capabilityId)) continue;
    resourceOf.set(capabilityId, resources.push({ capacity }) - 1);
  }
  const alternatives = Map.groupBy(rows.alternatives, keyOf);
  const capabilities = Map.groupBy(rows.capabilities, keyOf);
  const material = new Map(rows.material.map((row) => [row.workOrderId, row]));
  const previous = new Map(rows.previous.map((row) => [`${row.workOrderId} ${row.step}`, row]));
  const references: OperationReference[] = [];
  const occupied = new Set<number>();

  const operations = rows.operations.map((row, index): Operation => {
    const before = rows.operations[index - 1];
    const isFirst = before?.workOrderId !== row.workOrderId;
    const isLast = rows.operations[index + 1]?.workOrderId !== row.workOrderId;
    const isRunning = row.state === "running" || row.state === "setup";
    const machine = machineOf.get(row.workCenterId);
    const family = row.setupFamilyId === null ? undefined : families.get(row.setupFamilyId);
    const places = [row, ...(alternatives.get(keyOf(row)) ?? [])];
    const choices = places.flatMap((place) => {
      const there = machineOf.get(place.workCenterId);
      if (there === undefined) return [];
      const isMatrix = family !== undefined && machines[there]?.setups !== undefined;
      const setupMs = isMatrix || isRunning ? 0 : place.setupMs;
      return [{ machine: there, time: ticksOf(setupMs + place.runMsPerUnit * row.left) }];
    });
    const dueTick =
      row.dueTime === null ? null : Math.floor((row.dueTime.getTime() - startMs) / tickMs);
    const arriving = material.get(row.workOrderId);
    const release = isFirst && arriving !== undefined ? tickOf(arriving.arrives) : 0;
    const isFixed =
      isRunning && machine !== undefined && !occupied.has(machine) && worksAt(machines[machine], 0);
    if (isFixed) occupied.add(machine);
    const last = previous.get(`${row.workOrderId} ${row.step}`);
    const lastMachine = last === undefined ? undefined : machineOf.get(last.workCenterId);
    const lastTick = last === undefined ? -1 : tickOf(last.starts);
    references.push({
      workOrderId: row.workOrderId,
      step: row.step,
      number: row.number,
      itemNumber: row.itemNumber,
      name: row.name,
      isFixed,
      overdueMinutes: isLast ? Math.max(0, -(dueTick ?? 0)) : 0,
      materialItem: release > 0 ? (arriving?.itemNumber ?? null) : null,
    });
    const needs = (capabilities.get(keyOf(row)) ?? []).flatMap(({ capabilityId }) => {
      const resource = resourceOf.get(capabilityId);
      return resource === undefined ? [] : [{ resource }];
    });
    return {
      alternatives: isRunning && choices[0] !== undefined ? [choices[0]] : choices,
      isSplittable: true,
      // What runs already did not wait for the step before it.
      ...(!isFirst && !isRunning && { after: index - 1 }),
      ...(row.transferQuantity !== null &&
        row.transferQuantity < row.left && {
          overlapAfter: ticksOf(row.setupMs + row.runMsPerUnit * row.transferQuantity),
        }),
      ...(isLast && dueTick !== null && { due: Math.max(0, dueTick) }),
      ...(release > 0 && !isRunning && { release }),
      ...(family !== undefined && { family }),
      ...(needs.length > 0 && { needs }),
      ...(isFixed && machine !== undefined && { pin: { machine, start: 0 } }),
      ...(lastMachine !== undefined &&
        lastTick >= 0 && { previous: { machine: lastMachine, start: lastTick } }),
    };
  });
  const problem: Problem = { machines, operations, resources };
  return { problem, startMs, operations: references, workCenters: rows.workCenters };
}

const keyOf = ({ itemId, step }: { itemId: string; step: number }) => `${itemId} ${step}`;

/** Whole minutes, at least one: what is begun must be ended. */
function ticksOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / tickMs));
}

function worksAt(machine: Machine | undefined, tick: number): boolean {
  return !(machine?.breaks ?? []).some(({ from, to }) => from <= tick && tick < to);
}

/** Breaks are what lies between working times, from tick 0 to the end of the calendar that was read. */
function breaksByCalendar(
  workingTime: ScheduleRows["workingTime"],
  tickOf: (time: Date) => number,
): Map<string, { from: number; to: number }[]> {
  const byCalendar = Map.groupBy(workingTime, ({ calendarId }) => calendarId);
  return new Map(
    [...byCalendar].map(([calendarId, spans]) => {
      const breaks: { from: number; to: number }[] = [];
      let worked = 0;
      for (const { starts, ends } of spans) {
        const from = tickOf(starts);
        if (from > worked) breaks.push({ from: worked, to: from });
        worked = Math.max(worked, tickOf(ends));
      }
      return [calendarId, breaks] as const;
    }),
  );
}

/** Null when no entry is for this work center: then routings say their setups. */
function setupsOf(
  workCenterId: string,
  entries: ScheduleRows["setups"],
  families: ReadonlyMap<string, number>,
): number[][] | null {
  const size = families.size + 1;
  const setups = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  let isAny = false;
  // The general entries first, so that its own overwrite them.
  for (const own of [null, workCenterId]) {
    for (const { workCenterId: of, fromId, toId, minutes } of entries) {
      if (of !== own) continue;
      const row = setups[families.get(fromId) ?? 0];
      if (row !== undefined) row[families.get(toId) ?? 0] = Math.ceil(minutes);
      isAny = true;
    }
  }
  return isAny ? setups : null;
}
