import { copyColumns } from "./columns.ts";
import { gatherRequirements } from "./gather.ts";
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
    news: createOrderNews(points.count),
    marks: new Int32Array(plan.structure.level),
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
