import type { PlanFinding } from "@millwright/contracts/api";

import type { ThreadTask } from "../../../platform/threads/run-in-thread.ts";
import type { Assignment, LateReason, Problem, Schedule } from "../engine/schedule/problem.ts";
import { solve } from "../engine/schedule/solve.ts";

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
  const started = performance.now();
  let toldAt = 0;
  const schedule = solve(task.problem, {
    seed: task.seed,
    shouldStop: () => {
      const elapsedS = (performance.now() - started) / 1000;
      if (elapsedS - toldAt > 0.25) {
        toldAt = elapsedS;
        tell(Math.min(elapsedS, task.seconds), task.seconds, "searching");
      }
      return elapsedS >= task.seconds;
    },
  });
  const { findings } = schedule;
  return {
    operations: schedule.assignments.flatMap((assignment) => scheduledRow(task, assignment)),
    late: lateRows(task, schedule),
    findings: findings.slice(0, findingsMax).map(({ code, operations, machines, message }) => ({
      code,
      culprits: [
        ...operations.slice(0, 20).map((row) => operationName(task, row)),
        ...machines.slice(0, 20).map((row) => task.workCenters[row]?.name ?? `machine ${row}`),
      ],
      message,
    })),
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
    operation: operation === undefined ? null : operationName(task, operation),
    item: isMaterial ? (task.operations[operation]?.materialItem ?? null) : null,
  };
}

function operationName({ operations }: ScheduleTask, row: number): string {
  const reference = operations[row];
  return reference === undefined ? `operation ${row}` : `${reference.number} · ${reference.step}`;
}
