import type { MrpRunInput, PlanFinding } from "@millwright/contracts/api";
import type { NetChangeFallback } from "@millwright/contracts/states";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { plannedPoints } from "../engine/mrp/alternates.ts";
import { composeInput } from "../engine/mrp/compose-input.ts";
import type { Finding, FindingCode } from "../engine/mrp/finding.ts";
import { supplyKinds } from "../engine/mrp/input.ts";
import type { OrderRef } from "../engine/mrp/need.ts";
import { findingsOf, type MrpPlan } from "../engine/mrp/plan.ts";
import { ordersOf } from "../engine/mrp/planned-orders.ts";
import { runMrpPart } from "../engine/mrp/run-part.ts";
import { readUsers } from "../store/net-change-queries.ts";
import type { PlanFrame } from "./input-rows.ts";
import type { KeptOrders } from "./kept-orders.ts";
import { type MrpTask, type PlannedItem, plannedItems, PlanRows, type Rows } from "./plan-rows.ts";
import { readMrpTask } from "./read-records.ts";
import { pointId } from "./stocking-points.ts";

/** An item as it is planned now, with all its rows; messages are numbered when they are stored. */
export type ReplannedItem = PlannedItem & { rows: Rows; isChanged: boolean };

type Given = {
  frame: PlanFrame;
  asked: MrpRunInput;
  decimals: number;
  /** Of the plan: what was found near these items must not change unseen. */
  findings: readonly PlanFinding[];
  itemIds: readonly string[];
  level: number;
  orders: KeptOrders;
};

/** Plans items of one level with the orders that everything they are used in has now. */
export async function planPart(
  tx: Transaction,
  given: Given,
): Promise<{ items: ReplannedItem[] } | { fallback: NetChangeFallback }> {
  const { frame, asked, decimals, itemIds, orders } = given;
  const users = await readUsers(tx, { startDay: frame.startDay, itemIds });
  if (users.isAlternate) return { fallback: "alternates" };
  const planned = new Set(itemIds);
  const around = [...planned.union(new Set(users.itemIds))];
  const task = await readMrpTask(tx, frame, asked, { planned: itemIds, around, decimals });
  if (task.records.lines?.some(({ alternates = [] }) => alternates.length > 0) === true) {
    return { fallback: "alternates" };
  }
  await orders.load(tx, around);
  const { input, findings } = composeInput({
    ...task.records,
    points: task.records.points.map((point, row) =>
      isOf(planned, task, row) ? point : { ...point, safetyLeadDays: 0 },
    ),
  });
  const plan = runMrpPart(input, fixedIn(task, planned, orders));
  if (isNear(task, planned, [...findings, ...findingsOf(plan)], given.findings)) {
    return { fallback: "findings" };
  }
  return { items: itemsOf({ task, plan, planned, ...given }) };
}

/** Orders of the points that are not planned here, by row of the points. */
function fixedIn(task: MrpTask, planned: ReadonlySet<string>, orders: KeptOrders) {
  const rows = [...task.points.keys()].filter((row) => !isOf(planned, task, row));
  return new Map(rows.map((row) => [row, orders.ofPoint(idOf(task, row))]));
}

function itemsOf({
  task,
  plan,
  planned,
  level,
  orders,
}: Given & { task: MrpTask; plan: MrpPlan; planned: ReadonlySet<string> }): ReplannedItem[] {
  const points = plannedPoints(plan.structure).filter((row) => isOf(planned, task, row));
  const changed = new Set<string>();
  for (const point of points) {
    const { itemId = "", fromSiteId = null } = task.points[point] ?? {};
    const kind = supplyKinds[plan.input.points.kind[point] ?? 0] ?? "buy";
    const now = ordersOf(plan, point).map((order) => ({ ...order, kind, fromSiteId }));
    if (orders.replace(idOf(task, point), now).isChanged) changed.add(itemId);
  }
  const numberOf = ({ point, ordinal }: OrderRef) =>
    orders.ofPoint(idOf(task, point))[ordinal]?.orderNumber ?? Number.NaN;
  const collected = new PlanRows(task, plan, numberOf);
  for (const point of points) collected.add(point);
  const ordersByItem = Map.groupBy(collected.made.orders, ({ itemId }) => itemId);
  const pegsByItem = Map.groupBy(collected.made.pegs, ({ itemId }) => itemId);
  const messagesByItem = Map.groupBy(collected.made.messages, ({ itemId }) => itemId);
  return plannedItems(task, plan)
    .filter(({ itemId }) => planned.has(itemId))
    .map((item) => ({
      ...item,
      level,
      isChanged: changed.has(item.itemId),
      rows: {
        orders: ordersByItem.get(item.itemId) ?? [],
        pegs: pegsByItem.get(item.itemId) ?? [],
        messages: messagesByItem.get(item.itemId) ?? [],
      },
    }));
}

/** Whether anything was found about the planned items, now or when the plan was made. */
function isNear(
  task: MrpTask,
  planned: ReadonlySet<string>,
  found: readonly Finding[],
  before: readonly PlanFinding[],
): boolean {
  const isNow = found.some(
    ({ points }) => points.length === 0 || points.some((row) => isOf(planned, task, row)),
  );
  if (isNow || before.length === 0) return isNow;
  const names = new Set(
    task.points.filter(({ itemId }) => planned.has(itemId)).map(({ name }) => name),
  );
  return before.some(
    ({ code, culprits }) =>
      codesOfRows.has(code) ||
      culprits.length === 0 ||
      culprits.length >= culpritsShownMax ||
      culprits.some((name) => names.has(name)),
  );
}

/** What they say numbers rows of the whole input, which a change may have shifted. */
const codesOfRows: ReadonlySet<string> = new Set<FindingCode>([
  "alternate.not_plannable",
  "by_product.not_plannable",
  "demand.not_plannable",
  "line.bad_factor",
  "on_hand.not_plannable",
  "receipt.not_plannable",
  "structure.repeated_point",
  "structure.unknown_point",
]);

/** A finding that names so many may be about more. @see shownFinding */
const culpritsShownMax = 20;

function isOf(planned: ReadonlySet<string>, { points }: MrpTask, row: number): boolean {
  return planned.has(points[row]?.itemId ?? "");
}

function idOf({ points }: MrpTask, row: number): string {
  const place = points[row];
  return place === undefined ? "" : pointId(place);
}
