import type { Transaction } from "../../platform/db/transaction.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import type { FoundWorkOrder } from "./store/work-orders.ts";

/**
 * Hands the order to the shop floor: firmed → released, and its first operation is ready. The next
 * count on its work center may start it. @throws Refusal work_order.transition_refused
 */
export function releaseWorkOrder(
  tx: Transaction,
  workOrderId: string,
  by: By,
): Promise<FoundWorkOrder> {
  return changeWorkOrder(tx, workOrderId, { kind: "release" }, by);
}
