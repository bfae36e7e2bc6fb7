import type { WorkOrderSummary } from "@millwright/contracts/api";

/** Past its due date and not made yet. `now`: epoch milliseconds. */
export function isLate(order: Pick<WorkOrderSummary, "dueDate" | "state">, now: number): boolean {
  if (order.dueDate === null || madeStates.includes(order.state)) return false;
  return Date.parse(order.dueDate) < now;
}

const madeStates: readonly string[] = ["completed", "closed", "cancelled"];
