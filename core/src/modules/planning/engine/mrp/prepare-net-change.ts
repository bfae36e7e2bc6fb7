import { copyColumns } from "./columns.ts";
import { gatherRequirements } from "./gather.ts";
import { refusedRow } from "./grouping.ts";
import { createOrderNews } from "./order-news.ts";
import type { MrpPlan, NetChange } from "./plan.ts";
import { isLotForLotOfStock } from "./point-terms.ts";
import { createRequirements, keepRequirements, type Requirements } from "./requirements.ts";
import { ranksAtOnce, touchRun } from "./touch-ahead.ts";

/**
 * Makes a plan ready for net change: what is given is copied before anything is changed in it, and the
 * gross requirements are added up and kept. A full run spares that, as most plans are never changed in
 * memory. It takes about half the time of a run on one thread; later calls take none. `replan` calls it,
 * so call it yourself only where the first change must not wait.
 */
export function prepareNetChange(plan: MrpPlan): NetChange {
  if (plan.netChange !== null) return plan.netChange;
  copyColumns(plan.demands);
  copyColumns(plan.input.onHand);
  copyColumns(plan.input.receipts);
  const { points } = plan.input;
  const netChange = {
    requirements: createRequirements(points.count, plan.window.gross.length),
    news: createOrderNews(),
    marks: new Int32Array(plan.structure.level),
    below: componentsWithFactors(plan),
  };
  keepAll(plan, netChange.requirements);
  plan.netChange = netChange;
  return netChange;
}

function keepAll(plan: MrpPlan, requirements: Requirements): void {
  const { structure, window, terms } = plan;
  const { byRank } = structure;
  for (let rank = 0; rank < byRank.length; rank += 1) {
    if (rank % ranksAtOnce === 0) touchRun(plan, rank, Math.min(rank + ranksAtOnce, byRank.length));
    if (isLotForLotOfStock(terms, rank)) continue;
    gatherRequirements(plan, byRank[rank] ?? 0);
    keepRequirements(requirements, rank, window);
    window.gross.fill(0, window.low, window.high + 1);
  }
}

/** A by-product of a point: it is planned again when the orders of the point change, but takes nothing. */
export const noFactor = -1;

/** Side by side, since whoever asks for one asks for the other. */
function componentsWithFactors({ input, structure }: MrpPlan): Int32Array {
  const { lines, byProducts } = input;
  const { components, componentOfLine, productOfRow } = structure;
  const below = new Int32Array(2 * components.component.length);
  const next = components.first.slice();
  const add = (parent: number, component: number, factor: number): void => {
    if (component === refusedRow) return;
    const row = next[parent] ?? 0;
    next[parent] = row + 1;
    below[2 * row] = component;
    below[2 * row + 1] = factor;
  };
  for (let line = 0; line < lines.count; line += 1) {
    add(lines.parent[line] ?? 0, componentOfLine[line] ?? refusedRow, lines.factor[line] ?? 0);
  }
  for (let row = 0; row < byProducts.count; row += 1) {
    add(byProducts.parent[row] ?? 0, productOfRow[row] ?? refusedRow, noFactor);
  }
  return below;
}
