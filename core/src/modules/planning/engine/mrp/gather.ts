import { endOfChain } from "./demand-store.ts";
import { noFence } from "./input.ts";
import { oneByOne } from "./orders.ts";
import type { MrpPlan } from "./plan.ts";
import { ordersOf } from "./planned-orders.ts";
import { required } from "./quantity.ts";
import { keepRequirements, recallRequirements } from "./requirements.ts";
import type { Window } from "./window.ts";

/**
 * Adds up the gross requirements of a point in the window: its own demands, and what the orders of its
 * parents take on their start days. The parents are planned already.
 *
 * Pulling from the parents, instead of every parent pushing into its components, keeps the sums in the
 * cache and needs no memory for each of them: there are about five times more than orders.
 */
export function gatherRequirements(plan: MrpPlan, point: number): void {
  gatherFromParents(plan, point);
  gatherDemands(plan, point);
}

/** The same in a net change: by what is kept where that will do, and kept for the next time. */
export function gatherAndKeep(plan: MrpPlan, point: number): void {
  const { netChange, structure, window } = plan;
  const rank = structure.rank[point] ?? 0;
  if (netChange !== null && recallRequirements(plan, netChange, point)) return;
  gatherRequirements(plan, point);
  if (netChange !== null) keepRequirements(netChange.requirements, rank, window);
}

/** Whether a demand counts: forecasts inside the demand fence do not. */
export function isDemandCounted({ input, demands }: MrpPlan, point: number, row: number): boolean {
  const fence = input.points.demandFence[point] ?? noFence;
  return demands.isForecast[row] !== 1 || (demands.day[row] ?? 0) >= fence;
}

function gatherFromParents(plan: MrpPlan, point: number): void {
  const { orders, window } = plan;
  const { uses, rank } = plan.structure;
  const { gross, origin } = window;
  const { due, quantity, ofRank } = orders;
  const of = rank[point] ?? 0;
  const usesEnd = uses.first[of + 1] ?? 0;
  window.low = gross.length;
  window.high = -1;
  for (let use = uses.first[of] ?? 0; use < usesEnd; use += 1) {
    const parent = uses.row[2 * use] ?? 0;
    const orderCount = ofRank[4 * parent + 1] ?? 0;
    if (orderCount === 0) continue;
    const lead = ofRank[4 * parent + 2] ?? 0;
    if (lead === oneByOne) {
      gatherOneByOne(plan, use);
      continue;
    }
    const row = ofRank[4 * parent] ?? 0;
    const end = row + orderCount;
    const shift = lead + origin;
    // Orders ascend by due day, and so by start day.
    widen(window, (due[row] ?? 0) - shift, (due[end - 1] ?? 0) - shift);
    const factor = uses.row[2 * use + 1] ?? 0;
    const numerator = uses.numerator[factor] ?? 0;
    const denominator = uses.denominator[factor] ?? 1;
    if (denominator === 1) {
      for (let at = row; at < end; at += 1) {
        const slot = (due[at] ?? 0) - shift;
        gross[slot] = (gross[slot] ?? 0) + (quantity[at] ?? 0) * numerator;
      }
    } else {
      for (let at = row; at < end; at += 1) {
        const slot = (due[at] ?? 0) - shift;
        gross[slot] = (gross[slot] ?? 0) + required(quantity[at] ?? 0, numerator, denominator);
      }
    }
  }
}

/** A use by a parent whose orders take more to read (see `Orders`). */
function gatherOneByOne(plan: MrpPlan, use: number): void {
  const { window, structure } = plan;
  const { uses, byRank } = structure;
  const factor = uses.row[2 * use + 1] ?? 0;
  const numerator = uses.numerator[factor] ?? 0;
  const denominator = uses.denominator[factor] ?? 1;
  for (const { start, quantity } of ordersOf(plan, byRank[uses.row[2 * use] ?? 0] ?? 0)) {
    const slot = start - window.origin;
    widen(window, slot, slot);
    window.gross[slot] = (window.gross[slot] ?? 0) + required(quantity, numerator, denominator);
  }
}

function widen(window: Window, low: number, high: number): void {
  if (low < window.low) window.low = low;
  if (high > window.high) window.high = high;
}

function gatherDemands(plan: MrpPlan, point: number): void {
  const { demands, window } = plan;
  const { day, quantity, next } = demands;
  for (let row = demands.head[point] ?? endOfChain; row !== endOfChain;) {
    if (isDemandCounted(plan, point, row)) {
      const slot = (day[row] ?? 0) - window.origin;
      window.gross[slot] = (window.gross[slot] ?? 0) + (quantity[row] ?? 0);
      widen(window, slot, slot);
    }
    row = next[row] ?? endOfChain;
  }
}
