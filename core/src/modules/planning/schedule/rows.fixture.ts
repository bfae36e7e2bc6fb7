import { composeTask } from "./compose-task.ts";
import type { ScheduleRows } from "./schedule-rows.ts";
import { run, type ScheduleResult } from "./schedule-thread.ts";

const start = new Date("2026-11-21T00:00:00Z");

/** Hours from the start of the schedule. */
export const hour = (hours: number) => new Date(start.getTime() + hours * 3_600_000);

type OperationRow = ScheduleRows["operations"][number];

/** Of order WO-1, 100 minutes on the saw, but for what is said. */
export function operation(row: Partial<OperationRow> = {}): OperationRow {
  const number = row.number ?? "WO-1";
  return {
    workOrderId: number,
    number,
    itemId: "bracket",
    itemNumber: "BR",
    step: 10,
    name: "Cut",
    workCenterId: "saw",
    state: "ready",
    left: 100,
    runMsPerUnit: 60_000,
    setupMs: 0,
    dueTime: null,
    workOrderState: "released",
    transferQuantity: null,
    setupFamilyId: null,
    ...row,
  };
}

/** A work center is named by its id. */
export function workCenter(workCenterId: string, calendarId: string | null = null) {
  return { workCenterId, name: workCenterId, calendarId };
}

/** What step 10 of the bracket needs, named by its id. */
export function capability(capabilityId: string, capacity: number) {
  return { itemId: "bracket", step: 10, capabilityId, name: capabilityId, capacity };
}

/** Shifts of a calendar by the hours of the schedule at which they begin and end. */
export function shifts(calendarId: string, ...hours: [number, number][]) {
  return hours.map(([from, to]) => ({ calendarId, starts: hour(from), ends: hour(to) }));
}

/** The schedule of what was read, as a plan keeps it. */
export function schedule(rows: Partial<ScheduleRows>): ScheduleResult {
  const read: ScheduleRows = {
    operations: [],
    alternatives: [],
    capabilities: [],
    workCenters: [workCenter("saw")],
    workingTime: [],
    setups: [],
    material: [],
    previous: [],
    ...rows,
  };
  return run({ ...composeTask(read, start), seconds: 0.1, seed: 1 }, () => undefined);
}

/** Order, step, and the minutes from the start of the schedule at which it starts and ends. */
export function bars({ operations }: ScheduleResult): string[] {
  return operations.map(
    ({ number, step, starts, ends }) => `${number} · ${step} ${minute(starts)}–${minute(ends)}`,
  );
}

const minute = (time: string) => (Date.parse(time) - start.getTime()) / 60_000;
