import type { Problem } from "../engine/schedule/problem.ts";
import type { TaskFinding } from "./finding.ts";

export const tickMs = 60_000;

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
  /** By row of `problem.resources`: skills and tools. */
  capabilities: readonly string[];
  /** What was wrong already with what the problem was made of. */
  findings: readonly TaskFinding[];
};

export type OperationReference = {
  workOrderId: string;
  step: number;
  number: string;
  itemNumber: string;
  name: string;
  /** Minutes the order was overdue at tick 0: the engine's due tick is at least 0. */
  overdueMinutes: number;
  /** What its material waits for, when it does. */
  materialItem: string | null;
};
