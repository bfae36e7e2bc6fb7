import type { Operation, WorkOrder } from "@millwright/contracts/api";
import type { OperationState } from "@millwright/contracts/states";

/** The job a work center should work on: one operation of one order. */
export type WantedJob = {
  workOrderId: string;
  number: string;
  step: number;
  /** Good pieces still missing. */
  remaining: number;
};

/**
 * Per work center (by id) what to work on: what has begun there before what is ready, orders in the
 * given sequence. The core gives counts in the same order, so both mean the same pieces. An order
 * on hold has no jobs: they are taken off the machines.
 */
export function dispatch(orders: readonly WorkOrder[]): Map<string, WantedJob> {
  const open = orders.filter(({ state }) => state === "released" || state === "in_progress");
  const begun = open.flatMap((order) => jobsOf(order, ["running", "setup"]));
  const ready = open.flatMap((order) => jobsOf(order, ["paused", "ready"]));
  const jobs = new Map<string, WantedJob>();
  for (const [workCenterId, job] of [...begun, ...ready]) {
    if (!jobs.has(workCenterId)) jobs.set(workCenterId, job);
  }
  return jobs;
}

function jobsOf(order: WorkOrder, states: readonly OperationState[]): [string, WantedJob][] {
  const { workOrderId, number, operations } = order;
  return operations.flatMap((operation, index): [string, WantedJob][] => {
    const remaining = reachable(operation, operations[index - 1], Number(order.quantity));
    if (!states.includes(operation.state) || remaining <= 0) return [];
    return [[operation.workCenterId, { workOrderId, number, step: operation.step, remaining }]];
  });
}

/** Scrap upstream lowers what can be reached: nobody waits for pieces that cannot come. */
function reachable(
  operation: Operation,
  previous: Operation | undefined,
  quantity: number,
): number {
  const good = Number(operation.good);
  if (previous?.state !== "done") return quantity - good;
  return Math.min(quantity, Number(previous.good) - Number(operation.scrap)) - good;
}
