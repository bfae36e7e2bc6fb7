import type { PlannedOrder } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { iso8601Schema, itemIdSchema, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Inventory } from "../inventory/index.ts";
import type { Production } from "../production/index.ts";
import { readOrder, unknownOrder } from "./order-queries.ts";
import { currentPlanId } from "./store/plans.ts";

type Deps = {
  engineering: Engineering;
  inventory: Inventory;
  production: Production;
  newId: () => string;
  timeZone: (tx: Transaction) => Promise<string>;
};
type By = { actor: Actor; now: Date };
type Key = { planId: string; orderNumber: number };

/**
 * `firm`: the order is meant; a made item becomes a firmed work order, a bought one a purchase proposal,
 * a transfer between sites a drafted one of inventory.
 * `release`: firms what is not firmed, then releases it. Many at once take turns on the order's row, so
 * an order never becomes two. Only the current plan can be acted on: an older one was made without what
 * has been firmed since, and a what-if was never meant.
 * @throws Refusal planned_order.unknown · planned_order.plan_superseded ·
 *   planned_order.transition_refused · item.not_made and what production and inventory refuse
 */
export async function commandPlannedOrder(
  tx: Transaction,
  deps: Deps,
  asked: Key & { command: "firm" | "release" },
  by: By,
): Promise<PlannedOrder> {
  const { command } = asked;
  await lockCurrent(tx, asked);
  const order = await readOrder(tx, asked);
  const allowed: readonly string[] = order.kind === "phantom" ? [] : allowedIn[order.state];
  if (!allowed.includes(command)) {
    throw new Refusal(
      "planned_order.transition_refused",
      order.kind === "phantom"
        ? "A phantom is never made as such: its components are ordered for its parent."
        : `Planned order ${order.orderNumber} is ${order.state} already.`,
      { current: order.state, asked: command, allowed: [...allowed] },
    );
  }
  const sites = await readSites(tx, asked);
  await actsOn[order.kind](tx, deps, { ...order, ...sites }, { command, by });
  await sql`
    update planning.planned_order
       set state = ${command === "firm" ? "firmed" : "released"}
     where plan_id = ${asked.planId} and order_number = ${asked.orderNumber}`.execute(tx.over());
  return readOrder(tx, asked);
}

const allowedIn = {
  proposed: ["firm", "release"],
  firmed: ["release"],
  released: [],
} as const satisfies Record<PlannedOrder["state"], readonly string[]>;

async function lockCurrent(tx: Transaction, { planId, orderNumber }: Key): Promise<void> {
  // A net change takes this lock for itself: it never replaces an order that is being firmed.
  await sql`select from planning.plan where plan_id = ${planId} for share`.execute(tx.over());
  const { rows } = await sql<{ is_current: boolean }>`
    select coalesce(o.plan_id = ${currentPlanId(sql`'mrp'`)}, false) as is_current
      from planning.planned_order o
     where o.plan_id = ${planId} and o.order_number = ${orderNumber}
       for update of o`.execute(tx.over());
  const [row] = rows;
  if (row === undefined) throw unknownOrder(orderNumber);
  if (!row.is_current) {
    throw new Refusal(
      "planned_order.plan_superseded",
      "This is a what-if or there is a newer plan. Act on the orders of the current plan.",
    );
  }
}

/** Sites by id; the answer to the outside names them by code. */
async function readSites(tx: Transaction, { planId, orderNumber }: Key): Promise<Sites> {
  const { rows } = await sql<Sites>`
    select site_id as "siteId", from_site_id as "fromSiteId"
      from planning.planned_order
     where plan_id = ${planId} and order_number = ${orderNumber}`.execute(tx.over());
  invariant(rows[0] !== undefined, "the order was just locked");
  return rows[0];
}

type Sites = { siteId: string | null; fromSiteId: string | null };
type Order = PlannedOrder & Sites;
type Act = { command: "firm" | "release"; by: By };
type ActOn = (tx: Transaction, deps: Deps, order: Order, act: Act) => Promise<void>;

async function actOnMade(
  tx: Transaction,
  deps: Deps,
  order: Order,
  { command, by }: Act,
): Promise<void> {
  const { production, engineering, newId } = deps;
  let { workOrderId } = order;
  if (workOrderId === null) {
    const dueDate = await endOfDay(tx, order.dueDay, await deps.timeZone(tx));
    const { itemId, quantity } = order;
    workOrderId = await production.draft(
      tx,
      { engineering, newId },
      { itemId, quantity, dueDate },
      by,
    );
    await production.firm(tx, workOrderId, by);
    if (order.siteId !== null) await keepSite(tx, workOrderId, order.siteId);
    await sql`
      update planning.planned_order
         set work_order_id = ${workOrderId}, state = 'firmed'
       where plan_id = ${order.planId} and order_number = ${order.orderNumber}`.execute(tx.over());
  }
  if (command === "release") await production.release(tx, workOrderId, by);
}

/** A work order knows no site: plans remember for which they made it. */
async function keepSite(tx: Transaction, workOrderId: string, siteId: string): Promise<void> {
  await sql`
    insert into planning.work_order_site (tenant_id, work_order_id, site_id)
    values (${tx.tenantId}, ${workOrderId}, ${siteId})`.execute(tx.over());
}

async function actOnTransfer(
  tx: Transaction,
  { inventory, engineering, newId }: Deps,
  order: Order,
  { command, by }: Act,
): Promise<void> {
  let { transferId } = order;
  if (transferId === null) {
    const { siteId, fromSiteId, itemId, quantity, startDay: shipDay, dueDay } = order;
    invariant(siteId !== null && fromSiteId !== null, "a transfer goes from a site to a site");
    const lines = [{ itemId, quantity: toQuantity(quantity) }];
    const asked = { fromId: fromSiteId, toId: siteId, lines, shipDay, dueDay, note: "" };
    ({ transferId } = await inventory.draftTransfer(tx, { engineering, newId }, asked, by));
    await sql`
      update planning.planned_order
         set transfer_id = ${transferId}, state = 'firmed'
       where plan_id = ${order.planId} and order_number = ${order.orderNumber}`.execute(tx.over());
  }
  if (command === "release") await inventory.commandTransfer(tx, { transferId, command }, by);
}

async function actOnBought(
  tx: Transaction,
  { newId }: Deps,
  order: Order,
  { command, by }: Act,
): Promise<void> {
  const purchaseProposalId = order.purchaseProposalId ?? newId();
  const { itemId, siteId, quantity, startDay, dueDay, planId, orderNumber } = order;
  const state = command === "firm" ? "firmed" : "released";
  const { rows } = await sql`
    insert into planning.purchase_proposal as p
      (tenant_id, purchase_proposal_id, item_id, site_id, quantity, start_day, due_day, state)
    values
      (${tx.tenantId}, ${purchaseProposalId}, ${itemId}, ${siteId}, ${quantity}::numeric,
       ${startDay}::date, ${dueDay}::date, ${state})
    on conflict (tenant_id, purchase_proposal_id) do update
       set state = excluded.state
     where p.state = 'firmed'
    returning p.purchase_proposal_id`.execute(tx.over());
  if (rows.length === 0) throw proposalClosed(orderNumber, command);
  await sql`
    update planning.planned_order
       set purchase_proposal_id = ${purchaseProposalId}, state = ${state}
     where plan_id = ${planId} and order_number = ${orderNumber}`.execute(tx.over());
  if (command === "firm") return;
  tx.emit([
    newEvent("planned_order.released@1", {
      tenantId: tx.tenantId,
      stream: `purchase_proposal:${purchaseProposalId}`,
      streamVersion: null,
      payload: {
        planId,
        orderNumber,
        purchaseProposalId,
        itemId: itemIdSchema.parse(itemId),
        quantity,
        startDay,
        dueDay,
      },
      actor: by.actor,
    }),
  ]);
}

/** Whoever closed it said that it arrived or will not come: the order of a plan does not know. */
function proposalClosed(orderNumber: number, command: Act["command"]): Refusal {
  return new Refusal(
    "planned_order.transition_refused",
    `The purchase proposal of planned order ${orderNumber} is closed: it arrived or will not come. ` +
      "Update the plan or run MRP, which proposes anew what is still missing.",
    { current: "closed", asked: command, allowed: [] },
  );
}

const actsOn = {
  make: actOnMade,
  buy: actOnBought,
  transfer: actOnTransfer,
  phantom: () => Promise.reject(new Error("a phantom is refused before")),
} satisfies Record<PlannedOrder["kind"], ActOn>;

/** A day's work may take the whole day: due a minute before its midnight at the site. */
async function endOfDay(tx: Transaction, day: string, timeZone: string) {
  const { rows } = await sql<{ due: Date }>`
    select (${day}::date + time '23:59') at time zone ${timeZone} as due`.execute(tx.over());
  invariant(rows[0] !== undefined, "a day has an end");
  return iso8601Schema.parse(rows[0].due.toISOString());
}
