import { endOfChain } from "./demand-store.ts";
import { noFence } from "./input.ts";
import type { MrpPlan } from "./plan.ts";
import { required } from "./quantity.ts";

/**
 * Adds up the gross requirements of a point in the window: its own demands, and what the orders of its
 * parents take on their start days. The parents are planned already.
 *
 * Pulling from the parents, instead of every parent pushing into its components, keeps the sums in the
 * cache and needs no memory for requirements: there are about five times more of them than orders.
 */
export function gatherRequirements(plan: MrpPlan, point: number): void {
  gatherFromParents(plan, point);
  gatherDemands(plan, point);
}

/** Whether a demand counts: forecasts inside the demand fence do not. */
export function isDemandCounted({ input, demands }: MrpPlan, point: number, row: number): boolean {
  const fence = input.points.demandFence[point] ?? noFence;
  return demands.isForecast[row] !== 1 || (demands.day[row] ?? 0) >= fence;
}

function gatherFromParents(plan: MrpPlan, point: number): void {
  const { orders, window } = plan;
  const { uses } = plan.structure;
  const { gross, origin } = window;
  const { start, quantity } = orders;
  let low = gross.length;
  let high = -1;
  const usesEnd = uses.first[point + 1] ?? 0;
  for (let use = uses.first[point] ?? 0; use < usesEnd; use += 1) {
    const parent = uses.row[2 * use] ?? 0;
    const count = orders.count[parent] ?? 0;
    if (count === 0) continue;
    const first = orders.first[parent] ?? 0;
    const end = first + count;
    // Orders ascend by due day, and so by start day.
    low = Math.min(low, (start[first] ?? 0) - origin);
    high = Math.max(high, (start[end - 1] ?? 0) - origin);
    const factor = uses.row[2 * use + 1] ?? 0;
    const numerator = uses.numerator[factor] ?? 0;
    const denominator = uses.denominator[factor] ?? 1;
    if (denominator === 1) {
      for (let row = first; row < end; row += 1) {
        const slot = (start[row] ?? 0) - origin;
        gross[slot] = (gross[slot] ?? 0) + (quantity[row] ?? 0) * numerator;
      }
    } else {
      for (let row = first; row < end; row += 1) {
        const slot = (start[row] ?? 0) - origin;
        gross[slot] = (gross[slot] ?? 0) + required(quantity[row] ?? 0, numerator, denominator);
      }
    }
  }
  window.low = low;
  window.high = high;
}

function gatherDemands(plan: MrpPlan, point: number): void {
  const { demands, window } = plan;
  const { day, quantity, next } = demands;
  for (let row = demands.head[point] ?? endOfChain; row !== endOfChain;) {
    if (isDemandCounted(plan, point, row)) {
      const slot = (day[row] ?? 0) - window.origin;
      window.gross[slot] = (window.gross[slot] ?? 0) + (quantity[row] ?? 0);
      if (slot < window.low) window.low = slot;
      if (slot > window.high) window.high = slot;
    }
    row = next[row] ?? endOfChain;
  }
}
