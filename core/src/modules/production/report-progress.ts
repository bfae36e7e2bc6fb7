import { Decimal, type Quantity } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import { instantOf } from "./instant.ts";

/**
 * A person reports pieces since the last report, at a bench without a counter. The first report starts
 * the operation. @throws Refusal operation.unknown · operation.not_open · operation.nothing_reported
 */
export function reportProgress(
  tx: Transaction,
  asked: { workOrderId: string; step: number; good: Quantity; scrap: Quantity },
  by: By,
): Promise<void> {
  return changeWorkOrder(
    tx,
    asked.workOrderId,
    {
      kind: "report",
      step: asked.step,
      workUnitId: null,
      good: new Decimal(asked.good),
      scrap: new Decimal(asked.scrap),
      at: instantOf(by.now),
    },
    by,
  );
}
