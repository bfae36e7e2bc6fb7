import { at } from "./at.ts";
import { setupBefore, type Floor } from "./floor.ts";
import type { Model } from "./model.ts";
import type { Random } from "./random.ts";

/** How the next operation of the contended machine is picked; see `priority`. */
export type DispatchRule =
  | "most_work_remaining"
  | "shortest_time"
  | "earliest_start"
  | "earliest_due"
  | "least_setup"
  | "apparent_tardiness_cost"
  | "apparent_tardiness_cost_with_setups"
  | "previous_start"
  | "random";

/** Those that can tell operations of this model apart, the most promising first. */
export function rulesFor(model: Model): DispatchRule[] {
  const rules: DispatchRule[] = [];
  const hasDues = model.dueNodes.length > 0;
  if (hasDues && model.hasSetups) rules.push("apparent_tardiness_cost_with_setups");
  if (hasDues) rules.push("apparent_tardiness_cost", "earliest_due");
  if (model.hasSetups) rules.push("least_setup");
  return [...rules, "most_work_remaining", "shortest_time", "earliest_start", "random"];
}

/** The greater, the sooner. */
export function priority(
  floor: Floor,
  row: number,
  { rule, lookAhead, random }: { rule: DispatchRule; lookAhead: number; random: Random },
): number {
  const i = at(floor.operationOfRow, row);
  if (rule === "most_work_remaining") return at(floor.workRemaining, i);
  if (rule === "earliest_due") return -dueOf(floor, i);
  if (rule === "apparent_tardiness_cost") return tardinessCost(floor, row, lookAhead);
  if (rule === "apparent_tardiness_cost_with_setups")
    return tardinessCost(floor, row, lookAhead) * setupDiscount(floor, row);
  if (rule === "shortest_time") return -at(floor.model.choiceTime, row);
  if (rule === "previous_start") return -at(floor.model.previousStart, i);
  if (rule === "least_setup") return -setupBefore(floor, row);
  return rule === "earliest_start" ? -at(floor.start, row) : random.unit();
}

function dueOf({ model, dueNode }: Floor, i: number): number {
  const due = at(dueNode, i);
  return due === model.operations ? 2 ** 31 : at(model.due, due);
}

/**
 * Weight per tick of work, discounted by the slack that is left. Work without a due date comes
 * behind all that has one, the shortest first.
 * @source Vepsalainen, Morton, "Priority rules for job shops with weighted tardiness costs",
 * Management Science 33(8), 1987: ATC.
 */
function tardinessCost(floor: Floor, row: number, lookAhead: number): number {
  const { model, workRemaining } = floor;
  const i = at(floor.operationOfRow, row);
  const time = Math.max(1, at(model.choiceTime, row));
  const due = at(floor.dueNode, i);
  if (due === model.operations) return 2 ** -1000 / time;
  const after = at(workRemaining, i) - at(workRemaining, at(model.jobSucc, due));
  const slack = Math.max(0, at(model.due, due) - after - at(floor.start, row));
  return (at(model.weight, due) / time) * Math.exp(-slack / (lookAhead * floor.timeMean));
}

/**
 * @source Lee, Bhaskaran, Pinedo, "A heuristic to minimize the total weighted tardiness with
 * sequence-dependent setups", IIE Transactions 29(1), 1997: ATCS; its second scaling fixed at 1.
 */
function setupDiscount(floor: Floor, row: number): number {
  return Math.exp(-setupBefore(floor, row) / floor.model.setupMean);
}
