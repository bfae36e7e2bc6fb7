import type { Transaction } from "../../platform/db/transaction.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import type { FoundWorkOrder } from "./store/work-orders.ts";

/**
 * Gives the order up for a reason, from any state before completed.
 * @throws Refusal work_order.transition_refused · work_order.reason_missing
 */
export function cancelWorkOrder(
  tx: Transaction,
  workOrderId: string,
  by: By & { reason: string },
): Promise<FoundWorkOrder> {
  return changeWorkOrder(tx, workOrderId, { kind: "cancel", reason: by.reason }, by);
}
