import type { Operation, WorkOrder } from "@millwright/contracts/api";

/** The job a work center should work on: one operation of one order. */
export type WantedJob = {
  workOrderId: string;
  number: string;
  step: number;
  /** Good pieces still missing. */
  remaining: number;
};

const workable: ReadonlySet<string> = new Set(["ready", "setup", "running", "paused"]);

/**
 * Per work center (by id) the first operation that may run, orders in the given sequence. An order
 * on hold has none: its job is taken off the machines.
 */
export function dispatch(orders: readonly WorkOrder[]): Map<string, WantedJob> {
  const jobs = new Map<string, WantedJob>();
  for (const { workOrderId, number, quantity, state, operations } of orders) {
    if (state !== "released" && state !== "in_progress") continue;
    for (const [index, operation] of operations.entries()) {
      const remaining = reachable(operation, operations[index - 1], Number(quantity));
      if (!workable.has(operation.state) || remaining <= 0) continue;
      if (jobs.has(operation.workCenterId)) continue;
      jobs.set(operation.workCenterId, { workOrderId, number, step: operation.step, remaining });
    }
  }
  return jobs;
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
