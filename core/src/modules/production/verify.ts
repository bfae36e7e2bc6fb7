import type { LoggedEvent } from "@millwright/contracts/events";

import type { Transaction } from "../../platform/db/transaction.ts";
import { keyOf, payloadOf, readStream } from "../../platform/events/log.ts";
import { fold, type WorkOrder, type WorkOrderEvent } from "./domain/work-order.ts";
import { loadWorkOrders, shownOf, streamOf, workOrderEventKeys } from "./store/work-orders.ts";
import { readWorkOrderSummaries } from "./work-order-queries.ts";

/**
 * Proves that the stored order is the fold of its events. Null when it is; else both, as text, so that
 * a person sees the difference.
 */
export async function verifyWorkOrder(
  tx: Transaction,
  workOrderId: string,
): Promise<{ stored: string; folded: string } | null> {
  const [found] = await loadWorkOrders(tx, [workOrderId]);
  const [summary] = await readWorkOrderSummaries(tx, [workOrderId]);
  const events = await readStream(tx, streamOf(workOrderId));
  const order = fold(events.map(toWorkOrderEvent));
  const stored = asText(found?.order ?? null) + asListed(summary);
  const folded = asText(order) + asListed(order && shownOf(order));
  return stored === folded ? null : { stored, folded };
}

function toWorkOrderEvent(event: LoggedEvent): WorkOrderEvent {
  const key = workOrderEventKeys.find((known) => known === keyOf(event));
  if (key === undefined) throw new Error(`stream ${event.stream} holds a foreign ${keyOf(event)}`);
  return { type: event.type, payload: payloadOf(key, event) } as WorkOrderEvent;
}

/** Field order and the zone an instant is written in do not matter, so both are fixed here. */
function asText(order: WorkOrder | null): string {
  return JSON.stringify(
    order && {
      ...order,
      dueDate: instant(order.dueDate),
      operations: order.operations.map((operation) => [
        operation.step,
        operation.name,
        operation.workCenterId,
        operation.workUnitId,
        operation.state,
        operation.good,
        operation.scrap,
        operation.runMsPerUnit,
        operation.setupMs,
        instant(operation.startedTime),
        instant(operation.doneTime),
      ]),
    },
  );
}

/** What lists show of the operations. */
function asListed(shown: ReturnType<typeof shownOf> | null | undefined): string {
  if (!shown) return "";
  return JSON.stringify([shown.good, shown.scrap, shown.currentStep, shown.currentOperationName]);
}

function instant(iso: string | null): string | null {
  return iso === null ? null : new Date(iso).toISOString();
}
