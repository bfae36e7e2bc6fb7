import type { Operation, WorkOrder } from "@millwright/contracts/api";
import type { OperationState } from "@millwright/contracts/states";

/** The job a work center should work on: one operation of one order. */
export type WantedJob = {
  workOrderId: string;
  number: string;
  step: number;
  /** Good pieces still missing. */
  remaining: number;
  /** Pieces that the operation before has passed on and that wait to be worked on. */
  waiting: number;
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
    const { step, workCenterId } = operation;
    const previous = operations[index - 1];
    const remaining = reachable(operation, previous, Number(order.quantity));
    if (!states.includes(operation.state) || remaining <= 0) return [];
    const worked = Number(operation.good) + Number(operation.scrap);
    const waiting = previous ? Number(previous.good) - worked : remaining;
    return [[workCenterId, { workOrderId, number, step, remaining, waiting }]];
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
