import type { Transaction } from "../../platform/db/transaction.ts";
import type { Attributes } from "../../platform/authz/catalogue.ts";
import type { Authorise, Permission } from "../../platform/http/permission.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Equipment } from "../equipment/index.ts";
import { unknownWorkOrder } from "./change-work-order.ts";
import { loadWorkOrders } from "./store/work-orders.ts";

/** Whether an order may be commanded can hang on the order: behind it the use case asks. */
export function mayToOrder(action: string | { param: string }): Permission {
  return { objectType: "work_order", action, on: "object" };
}

type Asked = { authorise: Authorise; action: string; equipment: Equipment };

/**
 * Whether the caller may do this to an order. What conditions may name of it never changes after the
 * draft, so it is read without a lock, and only when a rule hangs on it.
 * @throws Refusal permission.missing · work_order.unknown
 */
export function askAboutOrder(
  tx: Transaction,
  { authorise, action, equipment }: Asked,
  workOrderId: string,
): Promise<void> {
  const object = async () => {
    const [found] = await loadWorkOrders(tx, [workOrderId]);
    if (found === undefined) throw unknownWorkOrder(workOrderId);
    const { order, itemNumber } = found;
    return attributesOf(tx, equipment, {
      itemId: order.itemId,
      itemNumber,
      quantity: order.quantity.toFixed(),
      workCenterIds: order.operations.map(({ workCenterId }) => workCenterId),
    });
  };
  return authorise({ objectType: "work_order", action, object });
}

/**
 * The same of an order that is still to be drafted.
 * @throws Refusal permission.missing
 */
export function askAboutDraft(
  tx: Transaction,
  { authorise, action, equipment, engineering }: Asked & { engineering: Engineering },
  { itemId, quantity }: { itemId: string; quantity: string },
): Promise<void> {
  const object = async () => {
    const item = await engineering.item(tx, itemId);
    return attributesOf(tx, equipment, {
      itemId,
      itemNumber: item?.number ?? null,
      quantity,
      workCenterIds: item?.operations.map(({ workCenterId }) => workCenterId) ?? [],
    });
  };
  return authorise({ objectType: "work_order", action, object });
}

async function attributesOf(
  tx: Transaction,
  equipment: Equipment,
  {
    workCenterIds,
    ...order
  }: {
    itemId: string;
    itemNumber: string | null;
    quantity: string;
    workCenterIds: readonly string[];
  },
): Promise<Attributes> {
  const centers = (await equipment.workCenters(tx)).filter(({ workCenterId }) =>
    workCenterIds.includes(workCenterId),
  );
  return {
    ...order,
    workCenterNames: centers.map(({ name }) => name),
    areaNames: [...new Set(centers.map(({ areaName }) => areaName))],
  };
}
