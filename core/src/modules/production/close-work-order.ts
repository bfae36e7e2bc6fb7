import type { Transaction } from "../../platform/db/transaction.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import type { FoundWorkOrder } from "./store/work-orders.ts";

/** Ends the order for good: completed → closed. @throws Refusal work_order.transition_refused */
export function closeWorkOrder(
  tx: Transaction,
  workOrderId: string,
  by: By,
): Promise<FoundWorkOrder> {
  return changeWorkOrder(tx, workOrderId, { kind: "close" }, by);
}
