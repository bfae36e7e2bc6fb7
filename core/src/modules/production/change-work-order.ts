import type { Actor } from "@millwright/contracts/events";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { type Command, decide } from "./domain/decide.ts";
import {
  type FoundWorkOrder,
  loadWorkOrders,
  lockWorkOrder,
  saveWorkOrders,
} from "./store/work-orders.ts";

/** Who commands, and when by our clock. */
export type By = { actor: Actor; now: Date };

/**
 * What every command to one order does: lock, load, decide on the state found, save with its events.
 * Many at once take turns, so that nobody loses a report to five lost races; the version stays as the
 * proof against writers that do not lock. Answers the order as it is now, so that nobody reads it again.
 * @throws Refusal work_order.unknown and what `decide` refuses
 */
export async function changeWorkOrder(
  tx: Transaction,
  workOrderId: string,
  command: Command,
  by: By,
): Promise<FoundWorkOrder> {
  lockWorkOrder(tx, workOrderId);
  const [found] = await loadWorkOrders(tx, [workOrderId]);
  if (found === undefined) throw unknownWorkOrder(workOrderId);
  const { state, events } = decide(found.order, command);
  await saveWorkOrders(tx, [{ before: found.order, after: state, events }], by);
  const isReleased = events.some(({ type }) => type === "work_order.released");
  return { ...found, order: state, releasedTime: isReleased ? by.now : found.releasedTime };
}

export function unknownWorkOrder(workOrderId: string): Refusal {
  return new Refusal("work_order.unknown", `There is no work order ${workOrderId}.`, {
    kind: "absent",
  });
}
