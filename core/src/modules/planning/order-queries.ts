import type { ActionMessage, Peg, PlannedOrder } from "@millwright/contracts/api";
import type {
  PlannedOrderState,
  plannedOrderSorts,
  PlanningAction,
} from "@millwright/contracts/states";
import { type RawBuilder, sql } from "kysely";

import type { ListOrder, OrderedList } from "../../platform/db/list-order.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";

export type OrderFilter = {
  search: string | undefined;
  kind: PlannedOrder["kind"] | undefined;
  state: PlannedOrderState | undefined;
  isLate: boolean | undefined;
};

/** The list of orders of a plan: by number. */
export const plannedOrderList: OrderedList<PlannedOrder, (typeof plannedOrderSorts)[number]> = {
  key: [{ by: sql`o.order_number`, as: "integer", of: ({ orderNumber }) => String(orderNumber) }],
  fields: {
    orderNumber: { by: sql`o.order_number`, as: "integer", of: ({ orderNumber }) => orderNumber },
    itemNumber: { by: sql`i.number`, as: "code", of: ({ itemNumber }) => itemNumber },
    kind: { by: sql`o.kind`, as: "code", of: ({ kind }) => kind },
    quantity: { by: sql`o.quantity`, as: "number", of: ({ quantity }) => quantity },
    startDay: { by: sql`o.start_day`, as: "day", of: ({ startDay }) => startDay },
    dueDay: { by: sql`o.due_day`, as: "day", of: ({ dueDay }) => dueDay },
    lateDays: { by: sql`o.late_days`, as: "integer", of: ({ lateDays }) => lateDays },
    state: { by: sql`o.state`, as: "code", of: ({ state }) => state },
  },
};

/** A page of a plan's orders; one more than `limit` if there are. */
export function readOrderPage(
  tx: Transaction,
  asked: OrderFilter & {
    planId: string;
    order: ListOrder<PlannedOrder>;
    after: readonly string[] | null;
    limit: number;
  },
): Promise<PlannedOrder[]> {
  const { planId, order, after, search, kind, state, isLate, limit } = asked;
  const where = sql`
    o.plan_id = ${planId}
    and ${order.after(after)}
    and (${kind ?? null}::text is null or o.kind = ${kind ?? null})
    and (${state ?? null}::text is null or o.state = ${state ?? null})
    and (${isLate ?? null}::boolean is null or (o.late_days > 0) = ${isLate ?? null})
    and (${search ?? null}::text is null
         or position(lower(${search ?? ""}) in lower(i.number || ' ' || i.name)) > 0)`;
  return readOrders(tx, where, limit + 1, order.orderBy);
}

/** @throws Refusal planned_order.unknown */
export async function readOrder(
  tx: Transaction,
  { planId, orderNumber }: { planId: string; orderNumber: number },
): Promise<PlannedOrder> {
  const where = sql`o.plan_id = ${planId} and o.order_number = ${orderNumber}`;
  const [order] = await readOrders(tx, where, 1);
  if (order === undefined) throw unknownOrder(orderNumber);
  return order;
}

export function unknownOrder(orderNumber: number): Refusal {
  return new Refusal("planned_order.unknown", `The plan has no order ${orderNumber}.`, {
    kind: "absent",
  });
}

async function readOrders(
  tx: Transaction,
  where: RawBuilder<unknown>,
  limit: number,
  orderBy: RawBuilder<unknown> = sql`o.order_number`,
): Promise<PlannedOrder[]> {
  const { rows } = await sql<PlannedOrder>`
    select o.plan_id as "planId", o.order_number as "orderNumber", o.item_id as "itemId",
           i.number as "itemNumber", i.name as "itemName", i.uom, o.kind, s.code as "siteCode",
           f.code as "fromSiteCode", o.quantity::text as quantity,
           o.start_day::text as "startDay", o.due_day::text as "dueDay", o.late_days as "lateDays",
           o.state, o.work_order_id as "workOrderId", w.number as "workOrderNumber",
           o.purchase_proposal_id as "purchaseProposalId", o.transfer_id as "transferId",
           t.number as "transferNumber"
      from planning.planned_order o
      join engineering.v_item i using (item_id)
      left join inventory.v_site s using (site_id)
      left join inventory.v_site f on f.site_id = o.from_site_id
      left join production.v_open_work_order w using (work_order_id)
      left join inventory.v_open_transfer t on t.transfer_id = o.transfer_id and t.item_id = o.item_id
     where ${where}
     order by ${orderBy}
     limit ${limit}`.execute(tx.over());
  return rows;
}

/**
 * Up: all pegs between an order and what it is for in the end. Down: between it and all it is made of.
 * Work orders, transfers and proposals are followed like planned orders. At most `pegsShownMax`.
 */
export async function readPegs(
  tx: Transaction,
  asked: { planId: string; orderNumber: number; direction: "up" | "down" },
): Promise<{ rows: Peg[]; isComplete: boolean }> {
  const { planId, orderNumber, direction } = asked;
  const from = sql.raw(direction === "up" ? "supply" : "need");
  const to = sql.raw(direction === "up" ? "need" : "supply");
  const { rows } = await sql<Peg>`
    with recursive reached (order_number, reference) as (
      select ${orderNumber}::integer, null::uuid
       union
      select p.${to}_order, case when p.${to}_kind in ('work_order', 'transfer') then p.${to}_reference end
        from reached r
        join planning.peg p
          on p.plan_id = ${planId}
         and (p.${from}_order = r.order_number or p.${from}_reference = r.reference)
       where p.${to}_order is not null or p.${to}_kind in ('work_order', 'transfer')
    )
    select i.number as "itemNumber", i.name as "itemName", i.uom, m.number as "insteadOfItemNumber",
           l.code as "siteCode",
           p.quantity::text as quantity,
           jsonb_build_object('kind', p.supply_kind, 'orderNumber', p.supply_order,
                              'reference', p.supply_reference, 'label', coalesce(s.number, t.number, '')) as supply,
           jsonb_build_object('kind', p.need_kind, 'orderNumber', p.need_order,
                              'reference', p.need_reference, 'label', p.need_label) as need,
           p.need_day::text as "needDay", p.supply_day::text as "supplyDay"
      from reached r
      join planning.peg p
        on p.plan_id = ${planId}
       and (p.${from}_order = r.order_number or p.${from}_reference = r.reference)
      join engineering.v_item i using (item_id)
      left join engineering.v_item m on m.item_id = p.instead_of_item_id
      left join inventory.v_site l using (site_id)
      left join production.v_open_work_order s on s.work_order_id = p.supply_reference
      left join inventory.v_open_transfer t
        on t.transfer_id = p.supply_reference and t.item_id = p.item_id
     order by i.number, p.need_day, p.supply_order, p.need_order
     limit ${pegsShownMax + 1}`.execute(tx.over());
  return { rows: rows.slice(0, pegsShownMax), isComplete: rows.length <= pegsShownMax };
}

const pegsShownMax = 500;

/** Messages of a plan after `after`; one more than `limit` if there are. */
export async function readMessagePage(
  tx: Transaction,
  asked: { planId: string; after: number; action: PlanningAction | undefined; limit: number },
): Promise<ActionMessage[]> {
  const { rows } = await sql<ActionMessage>`
    select m.message_number as "messageNumber", m.action, i.number as "itemNumber",
           i.name as "itemName", i.uom, o.number as "insteadOfItemNumber",
           s.code as "siteCode", m.order_number as "orderNumber", m.work_order_id as "workOrderId",
           m.transfer_id as "transferId", coalesce(w.number, t.number, '') as label,
           m.from_day::text as "fromDay", m.to_day::text as "toDay",
           m.to_quantity::text as "toQuantity"
      from planning.action_message m
      join engineering.v_item i using (item_id)
      left join engineering.v_item o on o.item_id = m.instead_of_item_id
      left join inventory.v_site s using (site_id)
      left join production.v_open_work_order w using (work_order_id)
      left join inventory.v_open_transfer t on t.transfer_id = m.transfer_id and t.item_id = m.item_id
     where m.plan_id = ${asked.planId}
       and m.message_number > ${asked.after}
       and (${asked.action ?? null}::text is null or m.action = ${asked.action ?? null})
     order by m.message_number
     limit ${asked.limit + 1}`.execute(tx.over());
  return rows;
}
