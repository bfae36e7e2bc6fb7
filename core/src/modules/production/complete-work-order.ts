import type { Transaction } from "../../platform/db/transaction.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import { instantOf } from "./instant.ts";
import type { FoundWorkOrder } from "./store/work-orders.ts";

/**
 * A person ends production before the target: in_progress → completed; operations that never began
 * are skipped. @throws Refusal work_order.transition_refused
 */
export function completeWorkOrder(
  tx: Transaction,
  workOrderId: string,
  by: By,
): Promise<FoundWorkOrder> {
  return changeWorkOrder(tx, workOrderId, { kind: "complete", at: instantOf(by.now) }, by);
}
