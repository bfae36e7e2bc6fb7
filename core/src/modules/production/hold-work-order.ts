import type { Transaction } from "../../platform/db/transaction.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import { instantOf } from "./instant.ts";
import type { FoundWorkOrder } from "./store/work-orders.ts";

/**
 * Stops the order for a reason: released or in_progress → on_hold; its running operations pause. What
 * the machine makes meanwhile goes to the next ready operation, or stays with this one if there is
 * none. @throws Refusal work_order.transition_refused ·
 * work_order.reason_missing
 */
export function holdWorkOrder(
  tx: Transaction,
  workOrderId: string,
  by: By & { reason: string },
): Promise<FoundWorkOrder> {
  const command = { kind: "hold", reason: by.reason, at: instantOf(by.now) } as const;
  return changeWorkOrder(tx, workOrderId, command, by);
}
