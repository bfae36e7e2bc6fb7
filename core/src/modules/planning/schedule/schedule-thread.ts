import type { PlanFinding } from "@millwright/contracts/api";

import type { ThreadTask } from "../../../platform/threads/run-in-thread.ts";
import type {
  Assignment,
  Finding,
  LateReason,
  Problem,
  Schedule,
} from "../engine/schedule/problem.ts";
import { calendarTooShort, culpritsMax, operationName, type TaskFinding } from "./finding.ts";
import { searchWithinCalendars, type Timer } from "./search.ts";

/** What a scheduling run is given: the engine's problem, and what its rows stand for. */
export type ScheduleTask = {
  problem: Problem;
  /** Instant of tick 0; a tick is a minute. */
  startMs: number;
  seconds: number;
  seed: number;
  /** By row of `problem.operations`. */
  operations: readonly OperationReference[];
  /** By row of `problem.machines`. */
  workCenters: readonly { workCenterId: string; name: string }[];
  /** What was wrong already with what the problem was made of. */
  findings: readonly TaskFinding[];
};

export type OperationReference = {
  workOrderId: string;
  step: number;
  number: string;
  itemNumber: string;
  name: string;
  isFixed: boolean;
  /** Minutes the order was overdue at tick 0: the engine's due tick is at least 0. */
  overdueMinutes: number;
  /** What its material waits for, when it does. */
  materialItem: string | null;
};

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
  }[];
};

export type ScheduleResult = {
  operations: ScheduledRow[];
  late: LateRow[];
  findings: PlanFinding[];
  findingCount: number;
  summary: Record<string, number>;
};

export const tickMs = 60_000;

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
  return {
    operations: schedule.assignments.flatMap((assignment) => scheduledRow(task, assignment)),
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

function shownFinding(task: ScheduleTask, finding: Finding): PlanFinding {
  const { code, operations, machines, message } = finding;
  return {
    code,
    culprits: [
      ...operations.slice(0, culpritsMax).map((row) => nameOf(task, row)),
      ...machines.slice(0, culpritsMax).map((row) => workCenterName(task, row)),
    ],
    message,
  };
}

function scheduledRow(task: ScheduleTask, { operation, machine, start, end }: Assignment) {
  const reference = task.operations[operation];
  const workCenterId = task.workCenters[machine]?.workCenterId;
  if (reference === undefined || workCenterId === undefined) return [];
  const { workOrderId, step, number, itemNumber, name, isFixed } = reference;
  const at = (tick: number) => new Date(task.startMs + tick * tickMs).toISOString();
  const where = { workCenterId, starts: at(start), ends: at(end), isFixed };
  return [{ workOrderId, step, number, itemNumber, name, ...where }];
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

function shownReason(task: ScheduleTask, { kind, ticks, machine, operation }: LateReason) {
  const isMaterial = kind === "material" && operation !== undefined;
  return {
    kind,
    minutes: ticks,
    workCenter: machine === undefined ? null : (task.workCenters[machine]?.name ?? null),
    operation: operation === undefined ? null : nameOf(task, operation),
    item: isMaterial ? (task.operations[operation]?.materialItem ?? null) : null,
  };
}

function nameOf({ operations }: ScheduleTask, row: number): string {
  const reference = operations[row];
  return reference === undefined ? `operation ${row}` : operationName(reference);
}

function workCenterName({ workCenters }: ScheduleTask, row: number): string {
  return workCenters[row]?.name ?? `work center ${row}`;
}
