import { Decimal, type Quantity } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import { instantOf } from "./instant.ts";
import { loadWorkOrders, lockWorkOrder } from "./store/work-orders.ts";

/**
 * A person puts right what was reported: a signed difference with a reason. Works on a completed order
 * too, which stays completed.
 * @throws Refusal work_order.unknown · operation.unknown · operation.not_open ·
 *   operation.correction_too_large
 */
export async function correctProgress(
  tx: Transaction,
  asked: { workOrderId: string; step: number; good: Quantity; scrap: Quantity; reason: string },
  by: By,
): Promise<void> {
  const { workOrderId, step, reason } = asked;
  const [good, scrap] = [new Decimal(asked.good), new Decimal(asked.scrap)];
  lockWorkOrder(tx, workOrderId);
  const [found] = await loadWorkOrders(tx, [workOrderId]);
  const operation = found?.order.operations.find((candidate) => candidate.step === step);
  if (operation !== undefined) {
    const after = { good: operation.good.plus(good), scrap: operation.scrap.plus(scrap) };
    if (after.good.isNegative() || after.scrap.isNegative()) {
      throw new Refusal(
        "operation.correction_too_large",
        `Step ${step} has ${operation.good.toFixed()} good and ${operation.scrap.toFixed()} scrapped pieces: not more can be taken away.`,
        { current: operation.good.toFixed(), asked: good.toFixed() },
      );
    }
  }
  const command = { kind: "correct", step, good, scrap, reason, at: instantOf(by.now) } as const;
  await changeWorkOrder(tx, workOrderId, command, by);
}
