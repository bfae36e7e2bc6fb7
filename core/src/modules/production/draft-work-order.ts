import type { StoredItem } from "@millwright/contracts/api";
import { checkCountable } from "@millwright/contracts/states";
import {
  Decimal,
  iso8601Schema,
  itemIdSchema,
  type Quantity,
  workCenterIdSchema,
  workOrderIdSchema,
} from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import type { Engineering } from "../engineering/index.ts";
import type { By } from "./change-work-order.ts";
import { fold, type WorkOrderEvent } from "./domain/work-order.ts";
import { nextWorkOrderNumber } from "./store/number-sequence.ts";
import { insertWorkOrder } from "./store/work-orders.ts";

export type AskedOrder = {
  itemId: string;
  /** In the item's uom, > 0. */
  quantity: Quantity;
  dueDate: string | null;
  number?: string | undefined;
};

/**
 * Drafts a work order: the item's routing is copied, so later changes of it do not change the order.
 * Gives back the new order's id.
 * @throws Refusal item.unknown · item.not_made · work_order.quantity_not_positive ·
 *   quantity.too_precise · quantity.too_large · work_order.number_taken
 */
export async function draftWorkOrder(
  tx: Transaction,
  deps: { engineering: Engineering; newId: () => string },
  asked: AskedOrder,
  by: By,
): Promise<string> {
  const item = await deps.engineering.item(tx, asked.itemId);
  const made = checkItem(item, asked);
  const workOrderId = workOrderIdSchema.parse(deps.newId());
  for (let attempt = 1; attempt <= numbersTried; attempt += 1) {
    const number = asked.number ?? (await nextWorkOrderNumber(tx));
    const event = drafted(made, { ...asked, workOrderId, number });
    const order = fold([event]);
    invariant(order !== null, "a draft folds to an order");
    const isNew = await insertWorkOrder(
      tx,
      { order, itemNumber: made.number, itemName: made.name, uom: made.uom, releasedTime: null },
      event,
      by.actor,
    );
    if (isNew) return workOrderId;
    if (asked.number !== undefined) break;
  }
  throw new Refusal("work_order.number_taken", "This work order number is in use.");
}

// Somebody may have given numbers of the sequence by hand; a longer run of them is refused.
const numbersTried = 20;

function checkItem(item: StoredItem | null, asked: AskedOrder): StoredItem {
  if (item === null) {
    throw new Refusal("item.unknown", `There is no item ${asked.itemId}.`, { kind: "absent" });
  }
  if (item.kind !== "make" || item.operations.length === 0) {
    throw new Refusal(
      "item.not_made",
      `Item ${item.number} cannot be made: it is a ${item.kind} item with ${item.operations.length} operations.`,
    );
  }
  if (!new Decimal(asked.quantity).isPositive() || new Decimal(asked.quantity).isZero()) {
    throw new Refusal("work_order.quantity_not_positive", "The quantity must be more than 0.", {
      kind: "invalid",
    });
  }
  checkCountable(asked.quantity, item);
  return item;
}

function drafted(
  item: StoredItem,
  asked: AskedOrder & { workOrderId: string; number: string },
): WorkOrderEvent {
  return {
    type: "work_order.drafted",
    payload: {
      workOrderId: workOrderIdSchema.parse(asked.workOrderId),
      number: asked.number,
      itemId: itemIdSchema.parse(item.itemId),
      quantity: asked.quantity,
      dueDate: asked.dueDate === null ? null : iso8601Schema.parse(asked.dueDate),
      operations: item.operations.map((operation) => ({
        ...operation,
        workCenterId: workCenterIdSchema.parse(operation.workCenterId),
      })),
    },
  };
}
