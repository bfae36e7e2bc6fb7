import type { ScheduleRows } from "./schedule-rows.ts";
import { calendarEmpty, calendarHeld, operationName, type TaskFinding } from "./finding.ts";
import { type Breaks, workedFrom } from "./working-time.ts";

type WorkCenter = ScheduleRows["workCenters"][number] & {
  /** Null: it works always. */
  breaks: Breaks | null;
};

/**
 * Work centers that can be planned on. Left out is who has no working time, or less than what runs there
 * still takes; a finding names it if there is work for it. Without a calendar one works always.
 */
export function openWorkCenters(
  rows: ScheduleRows,
  breaks: ReadonlyMap<string, Breaks>,
  running: ReadonlyMap<string, { row: ScheduleRows["operations"][number]; ticks: number }>,
): { open: WorkCenter[]; findings: TaskFinding[] } {
  const wanted = new Set(
    [...rows.operations, ...rows.alternatives].map(({ workCenterId }) => workCenterId),
  );
  const open: WorkCenter[] = [];
  const findings: TaskFinding[] = [];
  for (const workCenter of rows.workCenters) {
    const { workCenterId, name, calendarId } = workCenter;
    const off = calendarId === null ? null : (breaks.get(calendarId) ?? null);
    const worked = off === null ? Infinity : workedFrom(off, 0);
    const runs = running.get(workCenterId);
    if (worked === 0) {
      if (wanted.has(workCenterId)) findings.push(calendarEmpty(name));
    } else if (runs !== undefined && runs.ticks > worked) {
      findings.push(calendarHeld(name, operationName(runs.row)));
    } else {
      open.push({ ...workCenter, breaks: off });
    }
  }
  return { open, findings };
}
