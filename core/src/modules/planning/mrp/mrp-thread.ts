import type { ThreadTask } from "../../../platform/threads/run-in-thread.ts";
import { plannedPoints } from "../engine/mrp/alternates.ts";
import { composeInput } from "../engine/mrp/compose-input.ts";
import type { OrderRef } from "../engine/mrp/need.ts";
import { findingsOf, type MrpPlan } from "../engine/mrp/plan.ts";
import { orderCountOf } from "../engine/mrp/planned-orders.ts";
import { runMrp } from "../engine/mrp/run.ts";
import { helpMrp } from "./help-mrp.ts";
import { planFigures } from "./plan-figures.ts";
import { type MrpResult, type MrpTask, plannedItems, PlanRows, shownFinding } from "./plan-rows.ts";

/** Plans, then derives all pegs and messages: what is stored must answer without the plan in memory. */
export const run: ThreadTask<MrpTask, MrpResult> = (task, tell) => {
  const { input, findings: composing } = composeInput(task.records);
  const started = performance.now();
  const plan = runMrp(input, {
    onProgress: (done, total) => tell(done, total, "netting"),
    ...(input.points.count >= pointsForHelp && { crew: helpMrp }),
  });
  const computeMs = performance.now() - started;
  const points = plannedPoints(plan.structure);
  const rows = new PlanRows(task, plan, numberedInOrder(plan, points));
  for (const [at, point] of points.entries()) {
    if (at % 1_000 === 0) tell(at, points.length, "pegging");
    rows.add(point);
  }
  const findings = [...composing, ...findingsOf(plan)];
  return {
    ...rows.made,
    items: plannedItems(task, plan),
    decimals: task.records.decimals,
    findings: findings.slice(0, findingsMax).map((finding) => shownFinding(finding, task)),
    findingCount: findings.length,
    summary: {
      ...planFigures({
        points: input.points.count,
        needs: task.needReferences.length,
        messages: rows.made.messages.length,
        orders: rows.made.orders,
      }),
      computeMs: Math.round(computeMs),
    },
  };
};

/** 1, 2, 3 … in order of planning. */
function numberedInOrder(plan: MrpPlan, points: readonly number[]) {
  const firstNumber = new Int32Array(plan.input.points.count);
  let next = 1;
  for (const point of points) {
    firstNumber[point] = next;
    next += orderCountOf(plan, point);
  }
  return ({ point, ordinal }: OrderRef) => (firstNumber[point] ?? 0) + ordinal;
}

// Below it is done before a thread has started.
const pointsForHelp = 100_000;
const findingsMax = 200;
