import { assertNever } from "@millwright/contracts/units";

import { planningStep } from "./alternates.ts";
import { isPlannable } from "./check-input.ts";
import { DirtySteps } from "./dirty-steps.ts";
import { addDemand } from "./demand-store.ts";
import { neverExpires } from "./input.ts";
import type { MrpPlan, NetChange } from "./plan.ts";
import { noteNews } from "./note-news.ts";
import { clearNews, type OrderNews } from "./order-news.ts";
import { type Orders, type OrderRows, rowsOfRank } from "./orders.ts";
import { takeStep } from "./plan-point.ts";
import { addStock } from "./point-terms.ts";
import { prepareNetChange } from "./prepare-net-change.ts";
import { reviseLotForLot, unchanged } from "./revise.ts";
import { forgetRequirements } from "./requirements.ts";
import { widenWindow } from "./window.ts";

/**
 * A change of what is planned for. Rows are those of the input; a demand is removed by quantity 0. A
 * change of the structure (BOM, lead times, rules, calendars) needs a full run.
 */
export type Change =
  | { kind: "demand_added"; point: number; day: number; quantity: number; isForecast: boolean }
  | { kind: "demand_changed"; row: number; day: number; quantity: number }
  | { kind: "on_hand_changed"; row: number; quantity: number }
  | { kind: "receipt_changed"; row: number; day: number; quantity: number };

/** What became of a change. A refused change leaves the plan as it was. */
export type Replanned = {
  readonly refused: readonly { readonly change: Change; readonly reason: string }[];
  /** Points that were netted again, in planning sequence. */
  readonly netted: readonly number[];
  /** Those among them whose planned orders changed. */
  readonly changed: readonly number[];
};

/**
 * Net change: applies the changes and plans anew only what they touch, level by level. A point whose
 * orders stay the same passes nothing on. The plan afterwards equals that of a full run on the changed
 * input; rows of orders that were replaced stay unused until the next full run.
 */
export function replan(plan: MrpPlan, changes: readonly Change[]): Replanned {
  const netChange = prepareNetChange(plan);
  const refused: { change: Change; reason: string }[] = [];
  const dirty = new DirtySteps(plan, netChange);
  const touched = new Set<number>();
  for (const change of changes) {
    const outcome = apply(plan, change);
    if (typeof outcome === "number") touched.add(outcome);
    else refused.push({ change, reason: outcome.reason });
  }
  for (const point of touched) {
    forgetRequirements(netChange.requirements, plan.structure.rank[point] ?? 0);
    dirty.mark(point);
  }
  const planned = takeDirtySteps(plan, netChange, { dirty, touched });
  dirty.clear();
  clearNews(netChange.news);
  return { refused, ...planned };
}

function takeDirtySteps(
  plan: MrpPlan,
  netChange: NetChange,
  { dirty, touched }: { dirty: DirtySteps; touched: ReadonlySet<number> },
) {
  const netted: number[] = [];
  const changed: number[] = [];
  for (const batch of dirty.inOrder()) {
    for (const step of batch) {
      const point = plan.structure.alternates?.mains[step - plan.input.points.count] ?? step;
      // What an alternate can spare is found out anew: those who took of it take again.
      dirty.markTakers(step);
      const isPlanned = planningStep(plan.structure.alternates, point) === step;
      if (isPlanned) netted.push(point);
      const revised = touched.has(point) ? null : reviseLotForLot(plan, netChange, point);
      const news = revised ?? takeAgain(plan, netChange.news, { step, point });
      if (news === unchanged || !isPlanned) continue;
      changed.push(point);
      dirty.tell(point, news);
    }
  }
  return { netted, changed };
}

/**
 * Returns the number of the news, or `unchanged`. Equal ones keep their rows; those that differ take
 * them over where there is room, so that changes upon changes do not fill the table.
 */
function takeAgain(
  plan: MrpPlan,
  news: OrderNews,
  { step, point }: { step: number; point: number },
): number {
  const { orders } = plan;
  const rank = plan.structure.rank[point] ?? 0;
  const before = rowsOfRank(orders, rank);
  const length = orders.length;
  takeStep(plan, step);
  const after = rowsOfRank(orders, rank);
  const isSame = hasSameOrders(orders, before, after);
  const of = isSame ? unchanged : noteNews(plan, news, point, before);
  if (isSame || widthOf(after) <= widthOf(before)) {
    if (!isSame) moveRows(orders, after, before.first);
    orders.ofRank[4 * rank] = before.first;
    orders.length = length;
  }
  return of;
}

function widthOf({ count, isWide }: OrderRows): number {
  return isWide ? 2 * count : count;
}

function moveRows({ due, quantity }: Orders, from: OrderRows, to: number): void {
  const end = widthOf(from);
  for (let row = 0; row < end; row += 1) {
    due[to + row] = due[from.first + row] ?? 0;
    quantity[to + row] = quantity[from.first + row] ?? 0;
  }
}

function hasSameOrders({ due, quantity }: Orders, before: OrderRows, after: OrderRows): boolean {
  if (after.count !== before.count || after.isWide !== before.isWide) return false;
  const rows = widthOf(before);
  for (let row = 0; row < rows; row += 1) {
    const isOrder = row < before.count;
    if (isOrder && due[before.first + row] !== due[after.first + row]) return false;
    if (quantity[before.first + row] !== quantity[after.first + row]) return false;
  }
  return true;
}

/** Returns the point that is touched. */
function apply(plan: MrpPlan, change: Change): number | { reason: string } {
  const { input } = plan;
  switch (change.kind) {
    case "demand_added": {
      const { point, day, quantity } = change;
      if (!(point >= 0 && point < input.points.count)) return { reason: `no point ${point}` };
      if (!isPlannable(day, quantity)) return notPlannable(day, quantity);
      addDemand(plan.demands, change);
      widenWindow(plan.window, day, plan.structure);
      return point;
    }
    case "demand_changed":
      return applyDated(plan, plan.demands, change);
    case "receipt_changed":
      return applyDated(plan, input.receipts, change);
    case "on_hand_changed": {
      const { row, quantity } = change;
      const point = input.onHand.point[row] ?? -1;
      if (point < 0) return { reason: `no stock in row ${row}` };
      const expires = input.onHand.lastDay[row] !== neverExpires;
      if (!Number.isSafeInteger(quantity) || (expires && quantity < 0)) {
        return { reason: `stock of ${quantity} is not plannable` };
      }
      const before = input.onHand.quantity[row] ?? 0;
      addStock(plan.terms, plan.structure.rank[point] ?? 0, quantity - before);
      input.onHand.quantity[row] = quantity;
      return point;
    }
    default:
      return assertNever(change);
  }
}

function notPlannable(day: number, quantity: number): { reason: string } {
  return { reason: `a quantity of ${quantity} on day ${day} is not plannable` };
}

function applyDated(
  plan: MrpPlan,
  table: { point: Int32Array; day: Int32Array; quantity: Float64Array },
  { row, day, quantity }: { row: number; day: number; quantity: number },
): number | { reason: string } {
  const point = table.point[row] ?? -1;
  if (point < 0) return { reason: `no such row: ${row}` };
  if (!isPlannable(day, quantity)) return notPlannable(day, quantity);
  table.day[row] = day;
  table.quantity[row] = quantity;
  widenWindow(plan.window, day, plan.structure);
  return point;
}
