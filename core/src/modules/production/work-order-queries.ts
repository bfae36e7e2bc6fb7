import type { WorkOrder, WorkOrderSummary } from "@millwright/contracts/api";
import {
  type WorkOrderCommand,
  workOrderCommands,
  type workOrderSorts,
  type WorkOrderState,
} from "@millwright/contracts/states";
import { toQuantity } from "@millwright/contracts/units";
import { type RawBuilder, sql } from "kysely";

import { type ListOrder, type OrderedList, orderOf } from "../../platform/db/list-order.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { unknownWorkOrder } from "./change-work-order.ts";
import { reasonAgainst } from "./domain/decide.ts";
import { type FoundWorkOrder, loadWorkOrders, shownOf } from "./store/work-orders.ts";

/** The list of work orders: newest first, as their ids are made. */
export const workOrderList: OrderedList<WorkOrderSummary, (typeof workOrderSorts)[number]> = {
  key: [{ by: sql`o.work_order_id`, as: "uuid", of: ({ workOrderId }) => workOrderId }],
  isDescending: true,
  fields: {
    number: { by: sql`o.number`, as: "code", of: ({ number }) => number },
    itemNumber: { by: sql`o.item_number`, as: "code", of: ({ itemNumber }) => itemNumber },
    quantity: { by: sql`o.quantity`, as: "number", of: ({ quantity }) => quantity },
    dueDate: { by: sql`o.due_date`, as: "time", of: ({ dueDate }) => dueDate },
    state: { by: sql`o.state`, as: "code", of: ({ state }) => state },
  },
};

/** A page of orders. One more than `limit` when there is a next page. */
export async function readWorkOrderPage(
  tx: Transaction,
  options: {
    order: ListOrder<WorkOrderSummary>;
    after: readonly string[] | null;
    state: WorkOrderState | undefined;
    search: string | undefined;
    limit: number;
  },
): Promise<WorkOrderSummary[]> {
  const { order, after, state } = options;
  const search = options.search?.toLowerCase() ?? "";
  // Only what is asked for is in the statement, so that its plan can be kept.
  const where = sql`
    ${order.after(after)}
    ${state === undefined ? sql`` : sql`and o.state = ${state}`}
    ${
      search === ""
        ? sql``
        : sql`and position(${search} in lower(o.number || ' ' || o.item_number || ' ' || o.item_name)) > 0`
    }`;
  return readSummaries(tx, where, options.limit + 1, order.orderBy);
}

/** Summaries of these orders; those that do not exist are left out. */
export function readWorkOrderSummaries(
  tx: Transaction,
  workOrderIds: readonly string[],
): Promise<WorkOrderSummary[]> {
  const ids = [...workOrderIds];
  return readSummaries(tx, sql`o.work_order_id = any (${ids}::uuid[])`, ids.length);
}

/** Numbers of these orders; those that do not exist are left out. */
export async function readNumbers(
  tx: Transaction,
  workOrderIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ number: string }>`
    select number
      from production.work_order
     where work_order_id = any (${[...workOrderIds]}::uuid[])`.execute(tx.over());
  return rows.map(({ number }) => number);
}

/** The order with its operations and what may be asked of it. @throws Refusal work_order.unknown */
export async function readWorkOrder(tx: Transaction, workOrderId: string): Promise<WorkOrder> {
  const [found] = await loadWorkOrders(tx, [workOrderId]);
  if (found === undefined) throw unknownWorkOrder(workOrderId);
  return showWorkOrder(found);
}

/** An order that was just read or changed, as `readWorkOrder` answers it. */
export function showWorkOrder(found: FoundWorkOrder): WorkOrder {
  const { order } = found;
  const operations = order.operations.map((operation) => ({
    ...operation,
    workCenterName: found.workCenterNames.get(operation.step) ?? "",
    good: toQuantity(operation.good),
    scrap: toQuantity(operation.scrap),
  }));
  return {
    workOrderId: order.workOrderId,
    number: order.number,
    itemId: order.itemId,
    itemNumber: found.itemNumber,
    itemName: found.itemName,
    uom: found.uom,
    quantity: toQuantity(order.quantity),
    ...shownOf(order),
    state: order.state,
    dueDate: order.dueDate,
    version: order.version,
    operations,
    commands: Object.fromEntries(
      commands.map((command) => {
        const reason = reasonAgainst(order, command);
        return [command, { isAllowed: reason === null, reason }];
      }),
    ),
  };
}

const commands = Object.keys(workOrderCommands) as WorkOrderCommand[];

/** Quantities come as PostgreSQL writes a numeric, which is how they cross the wire. */
type SummaryRow = Omit<WorkOrderSummary, "dueDate"> & { dueDate: Date | null };

// A page of 50 and the row that proves the next one. As a literal: PostgreSQL takes a bound limit for a
// tenth of the table, finds that dear, and so plans the statement anew every time.
const usualRows = 51;

async function readSummaries(
  tx: Transaction,
  where: RawBuilder<unknown>,
  limit: number,
  orderBy: RawBuilder<unknown> = orderOf(workOrderList, undefined).orderBy,
): Promise<WorkOrderSummary[]> {
  const { rows } = await sql<SummaryRow>`
    select o.work_order_id as "workOrderId", o.number, o.item_id as "itemId",
           o.item_number as "itemNumber", o.item_name as "itemName", o.uom, o.quantity,
           o.good, o.scrap, o.state, o.due_date as "dueDate", o.version,
           o.current_step as "currentStep", o.current_operation_name as "currentOperationName"
      from production.work_order o
     where ${where}
     order by ${orderBy}
     limit ${limit === usualRows ? sql.lit(usualRows) : limit}`.execute(tx.over());
  return rows.map((row) => ({
    ...row,
    dueDate: row.dueDate?.toISOString() ?? null,
  }));
}
