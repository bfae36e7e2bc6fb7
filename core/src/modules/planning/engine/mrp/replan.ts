import { assertNever } from "@millwright/contracts/units";

import { planningStep } from "./alternates.ts";
import { copyColumns } from "./columns.ts";
import { isPlannable } from "./check-input.ts";
import { addDemand } from "./demand-store.ts";
import { neverExpires } from "./input.ts";
import type { MrpPlan } from "./plan.ts";
import { takeStep } from "./plan-point.ts";
import { giveBack } from "./substitute.ts";
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
  ownColumns(plan);
  const refused: { change: Change; reason: string }[] = [];
  const dirty = new DirtySteps(plan);
  for (const change of changes) {
    const outcome = apply(plan, change);
    if (typeof outcome === "number") dirty.mark(outcome);
    else refused.push({ change, reason: outcome.reason });
  }
  const netted: number[] = [];
  const changed: number[] = [];
  const { first, component } = plan.structure.components;
  for (const step of dirty.inOrder()) {
    const point = plan.structure.alternates?.mains[step - plan.input.points.count] ?? step;
    // What an alternate can spare is found out anew: those who took of it take again.
    dirty.markTakers(step);
    const isPlanned = planningStep(plan.structure.alternates, point) === step;
    if (isPlanned) netted.push(point);
    if (!takeAgain(plan, { step, point }) || !isPlanned) continue;
    changed.push(point);
    for (const below of component.subarray(first[point], first[point + 1])) dirty.mark(below);
  }
  return { refused, netted, changed };
}

/** What was given is not touched: before the first change, what changes are made in is copied. */
function ownColumns(plan: MrpPlan): void {
  if (plan.isOwn) return;
  copyColumns(plan.demands);
  copyColumns(plan.input.onHand);
  copyColumns(plan.input.receipts);
  plan.isOwn = true;
}

/** Steps that have to be taken again, by level. */
class DirtySteps {
  readonly #plan: MrpPlan;
  readonly #byLevel: readonly Set<number>[];

  constructor(plan: MrpPlan) {
    this.#plan = plan;
    this.#byLevel = Array.from({ length: plan.structure.levels }, () => new Set<number>());
  }

  mark(point: number): void {
    this.#add(point);
    if (this.#plan.structure.alternates?.stepOfMain.has(point) === true) this.#markMain(point);
  }

  /** Those who may take of an alternate whose step comes. */
  markTakers(step: number): void {
    for (const main of this.#plan.structure.alternates?.takersOf.get(step) ?? []) {
      this.#markMain(main);
    }
  }

  /** Ascending. Steps that are marked meanwhile lie on deeper levels, so no set grows while it is walked. */
  *inOrder(): Generator<number> {
    const place = this.#plan.structure.alternates?.place;
    for (const level of this.#byLevel) {
      if (place === undefined) yield* level;
      else yield* [...level].toSorted((a, b) => (place[a] ?? 0) - (place[b] ?? 0));
    }
  }

  /**
   * A main that plans again gives back what it took, and so do all who took after it: what is spare is
   * then what it was before them in the full run.
   */
  #markMain(main: number): void {
    const { alternates } = this.#plan.structure;
    const step = alternates?.stepOfMain.get(main);
    if (alternates === null || step === undefined || !this.#add(step)) return;
    giveBack(this.#plan, main);
    const place = alternates.place[step] ?? 0;
    for (const alternate of alternates.alternatesOf.get(main) ?? []) {
      for (const taker of alternates.takersOf.get(alternate) ?? []) {
        const later = alternates.stepOfMain.get(taker) ?? 0;
        if ((alternates.place[later] ?? 0) > place) this.#markMain(taker);
      }
    }
  }

  /** False when it was marked before. */
  #add(step: number): boolean {
    const level = this.#byLevel[this.#plan.structure.level[step] ?? 0];
    if (level === undefined || level.has(step)) return false;
    level.add(step);
    return true;
  }
}

/** Returns whether the orders differ; equal ones keep their rows. */
function takeAgain(plan: MrpPlan, { step, point }: { step: number; point: number }): boolean {
  const { orders } = plan;
  const rank = plan.structure.rank[point] ?? 0;
  const before = {
    first: orders.first[rank] ?? 0,
    count: orders.count[rank] ?? 0,
    isWide: orders.isWide[rank],
  };
  const length = orders.length;
  takeStep(plan, step);
  if (!hasSameOrders(plan, rank, before)) return true;
  orders.first[rank] = before.first;
  orders.length = length;
  return false;
}

function hasSameOrders(
  { orders }: MrpPlan,
  rank: number,
  before: { first: number; count: number; isWide: number | undefined },
): boolean {
  if (orders.count[rank] !== before.count || orders.isWide[rank] !== before.isWide) return false;
  const first = orders.first[rank] ?? 0;
  const rows = before.isWide === 1 ? 2 * before.count : before.count;
  for (let row = 0; row < rows; row += 1) {
    const isOrder = row < before.count;
    if (isOrder && orders.due[before.first + row] !== orders.due[first + row]) return false;
    if (orders.quantity[before.first + row] !== orders.quantity[first + row]) return false;
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
      plan.stock[point] = (plan.stock[point] ?? 0) - before + quantity;
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
