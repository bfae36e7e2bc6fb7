import { checkCountable } from "@millwright/contracts/states";
import { Decimal, type Quantity } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Equipment } from "../equipment/index.ts";
import { type By, changeWorkOrder } from "./change-work-order.ts";
import type { WorkOrder } from "./domain/work-order.ts";
import { instantOf } from "./instant.ts";
import { loadWorkOrders } from "./store/work-orders.ts";

/**
 * A person reports pieces since the last report, at a bench without a counter. The first report starts
 * the operation. Where a machine counts, its pieces would be counted twice: there a person corrects.
 * @throws Refusal operation.unknown · operation.not_open · operation.nothing_reported ·
 *   operation.counted_by_machine · quantity.too_precise · quantity.too_large
 */
export async function reportProgress(
  tx: Transaction,
  deps: { engineering: Engineering; equipment: Equipment },
  asked: { workOrderId: string; step: number; good: Quantity; scrap: Quantity },
  by: By,
): Promise<void> {
  const [found] = await loadWorkOrders(tx, [asked.workOrderId]);
  if (found !== undefined) {
    await refuseCounted(tx, deps.equipment, found.order, asked.step);
    const item = await deps.engineering.item(tx, found.order.itemId);
    if (item !== null) {
      checkCountable(asked.good, item);
      checkCountable(asked.scrap, item);
    }
  }
  await changeWorkOrder(
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

async function refuseCounted(
  tx: Transaction,
  equipment: Equipment,
  order: WorkOrder,
  step: number,
): Promise<void> {
  const operation = order.operations.find((candidate) => candidate.step === step);
  if (operation === undefined) return;
  const center = (await equipment.workCenters(tx)).find(
    ({ workCenterId }) => workCenterId === operation.workCenterId,
  );
  const workUnitIds = center?.workUnits.map(({ workUnitId }) => workUnitId) ?? [];
  const bindings = await equipment.countBindings(tx, workUnitIds);
  if (!bindings.some(({ validTo }) => validTo === null)) return;
  throw new Refusal(
    "operation.counted_by_machine",
    `${center?.name ?? "The machine"} counts the pieces of step ${step} itself: a report would count them twice. Correct the operation instead, with a reason.`,
    { asked: "report_progress", allowed: ["correct"] },
  );
}
