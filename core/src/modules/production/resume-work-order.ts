import type { Transaction } from "../../platform/db/transaction.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import { instantOf } from "./instant.ts";
import type { FoundWorkOrder } from "./store/work-orders.ts";

/**
 * Lets a held order go on where it was. A paused operation goes on with its next piece, because its
 * machine may be busy with another order. @throws Refusal work_order.transition_refused
 */
export function resumeWorkOrder(
  tx: Transaction,
  workOrderId: string,
  by: By,
): Promise<FoundWorkOrder> {
  return changeWorkOrder(tx, workOrderId, { kind: "resume", at: instantOf(by.now) }, by);
}
