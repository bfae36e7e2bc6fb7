import type { Machine, Operation, Problem } from "../engine/schedule/problem.ts";
import { calendarTooShort, operationName } from "./finding.ts";
import { openWorkCenters } from "./open-work-centers.ts";
import type { ScheduleRows } from "./schedule-rows.ts";
import { type OperationReference, type ScheduleTask, tickMs } from "./schedule-task.ts";
import { breaksByCalendar, firstWorked, workedFrom } from "./working-time.ts";

/**
 * The scheduler's problem: a work center is a machine, a minute is a tick, tick 0 is `start`.
 * - What runs is fixed where it runs, for what it still has to make: from now on, or, when its calendar
 *   rests, from its next working time.
 * - A work center without a calendar works always; by a calendar nothing is planned beyond its working
 *   time, and findings name what that leaves out.
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
  const running = whatRuns(rows.operations);
  const { open, findings } = openWorkCenters(rows, breaksByCalendar(rows, tickOf), running);
  const machines = open.map(({ workCenterId, breaks }): Machine => {
    const setups = setupsOf(workCenterId, rows.setups, families);
    return { ...(setups !== null && { setups }), ...(breaks !== null && { breaks: [...breaks] }) };
  });
  const machineOf = new Map(open.map(({ workCenterId }, row) => [workCenterId, row]));
  const fits = ({ machine, time }: { machine: number; time: number }, release: number) => {
    const breaks = open[machine]?.breaks ?? null;
    return breaks === null || time <= workedFrom(breaks, release);
  };
  const resourceOf = new Map<string, number>();
  const resources: { capacity: number; name: string }[] = [];
  for (const { capabilityId, name, capacity } of rows.capabilities) {
    if (resourceOf.has(capabilityId)) continue;
    resourceOf.set(capabilityId, resources.push({ capacity, name }) - 1);
  }
  const alternatives = Map.groupBy(rows.alternatives, keyOf);
  const needed = Map.groupBy(rows.capabilities, keyOf);
  const material = new Map(rows.material.map((row) => [row.workOrderId, row]));
  const previous = new Map(rows.previous.map((row) => [`${row.workOrderId} ${row.step}`, row]));
  const references: OperationReference[] = [];
  const tooLong = new Map<number, string[]>();

  const operations = rows.operations.map((row, index): Operation => {
    const before = rows.operations[index - 1];
    const isFirst = before?.workOrderId !== row.workOrderId;
    const isLast = rows.operations[index + 1]?.workOrderId !== row.workOrderId;
    const isRunning = isRunningIn(row);
    const machine = machineOf.get(row.workCenterId);
    const family = row.setupFamilyId === null ? undefined : families.get(row.setupFamilyId);
    const places = [row, ...(isRunning ? [] : (alternatives.get(keyOf(row)) ?? []))];
    const possible = places.flatMap((place) => {
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
    const choices = possible.filter((choice) => fits(choice, isRunning ? 0 : release));
    if (choices.length === 0) {
      for (const choice of possible) {
        const others = tooLong.get(choice.machine);
        if (others === undefined) tooLong.set(choice.machine, [operationName(row)]);
        else others.push(operationName(row));
      }
    }
    const isFirstRunning = running.get(row.workCenterId)?.row === row;
    const pin =
      machine !== undefined && isFirstRunning
        ? { machine, start: firstWorked(open[machine]?.breaks ?? []) }
        : null;
    const last = previous.get(`${row.workOrderId} ${row.step}`);
    const lastMachine = last === undefined ? undefined : machineOf.get(last.workCenterId);
    const lastTick = last === undefined ? -1 : tickOf(last.starts);
    references.push({
      workOrderId: row.workOrderId,
      step: row.step,
      number: row.number,
      itemNumber: row.itemNumber,
      name: row.name,
      overdueMinutes: isLast ? Math.max(0, -(dueTick ?? 0)) : 0,
      materialItem: release > 0 ? (arriving?.itemNumber ?? null) : null,
    });
    const needs = (needed.get(keyOf(row)) ?? []).flatMap(({ capabilityId }) => {
      const resource = resourceOf.get(capabilityId);
      return resource === undefined ? [] : [{ resource }];
    });
    return {
      alternatives: choices,
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
      ...(pin !== null && { pin }),
      ...(lastMachine !== undefined &&
        lastTick >= 0 && { previous: { machine: lastMachine, start: lastTick } }),
    };
  });
  const problem: Problem = {
    machines,
    operations,
    resources: resources.map(({ capacity }) => ({ capacity })),
  };
  for (const [machine, names] of tooLong) {
    findings.push(calendarTooShort(open[machine]?.name ?? "", names));
  }
  const capabilities = resources.map(({ name }) => name);
  return { problem, startMs, operations: references, workCenters: open, capabilities, findings };
}

/** By work center the first operation that runs there, and what it still takes. */
function whatRuns(operations: ScheduleRows["operations"]) {
  const running = new Map<string, { row: ScheduleRows["operations"][number]; ticks: number }>();
  for (const row of operations) {
    if (!isRunningIn(row) || running.has(row.workCenterId)) continue;
    running.set(row.workCenterId, { row, ticks: ticksOf(row.runMsPerUnit * row.left) });
  }
  return running;
}

function isRunningIn({ state }: { state: string }): boolean {
  return state === "running" || state === "setup";
}

const keyOf = ({ itemId, step }: { itemId: string; step: number }) => `${itemId} ${step}`;

/** Whole minutes, at least one: what is begun must be ended. */
function ticksOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / tickMs));
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
