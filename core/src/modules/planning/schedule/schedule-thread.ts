import type { PlanFinding } from "@millwright/contracts/api";

import type { ThreadTask } from "../../../platform/threads/run-in-thread.ts";
import type { Assignment, LateReason, Schedule } from "../engine/schedule/problem.ts";
import { calendarTooShort } from "./finding.ts";
import { type ScheduleTask, tickMs } from "./schedule-task.ts";
import { searchWithinCalendars, type Timer } from "./search.ts";
import { capabilityName, nameOf, shownFinding, workCenterName } from "./words.ts";

export type ScheduledRow = {
  workOrderId: string;
  step: number;
  number: string;
  itemNumber: string;
  name: string;
  workCenterId: string;
  starts: string;
  ends: string;
  isFixed: boolean;
};

export type LateRow = {
  workOrderId: string;
  number: string;
  itemNumber: string;
  lateMinutes: number;
  reasons: {
    kind: LateReason["kind"];
    minutes: number;
    workCenter: string | null;
    operation: string | null;
    item: string | null;
    capability: string | null;
  }[];
};

export type ScheduleResult = {
  operations: ScheduledRow[];
  late: LateRow[];
  findings: PlanFinding[];
  findingCount: number;
  summary: Record<string, number>;
};

/** Searches for the given time, then says in people's words what the engine says in rows. */
export const run: ThreadTask<ScheduleTask, ScheduleResult> = (task, tell) => {
  const { schedule, behind } = searchWithinCalendars(task.problem, {
    ...task,
    stopAfter: timer(task, tell),
  });
  const findings = [
    ...task.findings,
    ...[...behind].map(([machine, operations]) =>
      calendarTooShort(
        workCenterName(task, machine),
        operations.map((row) => nameOf(task, row)),
      ),
    ),
    ...schedule.findings.map((finding) => shownFinding(task, finding)),
  ];
  const letGo = pinsLetGo(schedule);
  return {
    operations: schedule.assignments.flatMap((row) => scheduledRow(task, row, letGo)),
    late: lateRows(task, schedule),
    findings: findings.slice(0, findingsMax),
    findingCount: findings.length,
    summary: {
      operations: schedule.assignments.length,
      unplanned: schedule.unplanned.length,
      lateOrders: schedule.late.length,
      makespanMinutes: schedule.makespan,
      lowerBoundMinutes: schedule.lowerBound,
      tardinessMinutes: schedule.weightedTardiness,
      setupMinutes: schedule.setup,
      changeMinutes: schedule.change,
      moves: schedule.iterations,
    },
  };
};

const findingsMax = 200;

/** Of the time that has passed since it was made; it tells of the asked seconds at most. */
function timer({ seconds: asked }: ScheduleTask, tell: Parameters<typeof run>[1]): Timer {
  const started = performance.now();
  let toldAt = 0;
  return (seconds) => () => {
    const elapsedS = (performance.now() - started) / 1000;
    if (elapsedS - toldAt > 0.25) {
      toldAt = elapsedS;
      tell(Math.min(elapsedS, asked), asked, "searching");
    }
    return elapsedS >= seconds;
  };
}

function scheduledRow(
  task: ScheduleTask,
  { operation, machine, start, end }: Assignment,
  letGo: ReadonlySet<number>,
) {
  const reference = task.operations[operation];
  const workCenterId = task.workCenters[machine]?.workCenterId;
  if (reference === undefined || workCenterId === undefined) return [];
  const { workOrderId, step, number, itemNumber, name } = reference;
  const at = (tick: number) => new Date(task.startMs + tick * tickMs).toISOString();
  const isFixed = task.problem.operations[operation]?.pin?.start === start && !letGo.has(operation);
  const where = { workCenterId, starts: at(start), ends: at(end), isFixed };
  return [{ workOrderId, step, number, itemNumber, name, ...where }];
}

/** What was to stay where it is and cannot; a finding says why. */
function pinsLetGo({ findings }: Schedule): ReadonlySet<number> {
  return new Set(
    findings.flatMap(({ code, operations }) => (code === "pin.impossible" ? operations : [])),
  );
}

function lateRows(task: ScheduleTask, { late }: Schedule): LateRow[] {
  return late.flatMap(({ operation, late: ticks, reasons }) => {
    const reference = task.operations[operation];
    if (reference === undefined) return [];
    const { workOrderId, number, itemNumber, overdueMinutes } = reference;
    return [
      {
        workOrderId,
        number,
        itemNumber,
        lateMinutes: ticks + overdueMinutes,
        reasons: reasons.slice(0, reasonsMax).map((reason) => shownReason(task, reason)),
      },
    ];
  });
}

const reasonsMax = 10;

function shownReason(task: ScheduleTask, reason: LateReason) {
  const { kind, ticks, machine, operation, resource } = reason;
  const isMaterial = kind === "material" && operation !== undefined;
  return {
    kind,
    minutes: ticks,
    workCenter: machine === undefined ? null : workCenterName(task, machine),
    operation: operation === undefined ? null : nameOf(task, operation),
    item: isMaterial ? (task.operations[operation]?.materialItem ?? null) : null,
    capability: resource === undefined ? null : capabilityName(task, resource),
  };
}
