import { at } from "./at.ts";
import type { Graph } from "./graph.ts";
import type { Bound } from "./lower-bound.ts";
import type { Model } from "./model.ts";
import type { Goal, Problem } from "./problem.ts";

/** Hard constraints are kept by construction; these are DOMAIN.md's objectives in order. */
export const defaultGoals: readonly Goal[] = ["tardiness", "setup", "makespan", "change"];

/** The problem's goals, each once, without those in which all schedules are equal. */
export function goalsThatDiffer(model: Model, { goals = defaultGoals }: Problem): Goal[] {
  const differs: Record<Goal, boolean> = {
    tardiness: model.dueNodes.length > 0,
    setup: model.hasSetups,
    makespan: true,
    change: model.previousMachine.some((machine) => machine >= 0),
  };
  const left = [...new Set(goals)].filter((goal) => differs[goal]);
  return left.length > 0 ? left : ["makespan"];
}

/** Bits of a bound on the makespan: everything one after the other behind the last release and break. */
export function horizonBitsOf(model: Model): number {
  let latest = 0;
  let work = 0;
  for (const release of model.release) latest = Math.max(latest, release);
  for (const { to } of model.calendars) latest = Math.max(latest, to.at(-1) ?? 0);
  const setupMax = model.setup.reduce((most, ticks) => Math.max(most, ticks), 0);
  for (let i = 0; i < model.operations; i += 1) {
    let longest = 0;
    for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1)
      longest = Math.max(longest, at(model.choiceTime, row));
    work += longest + at(model.transfer, i) + setupMax;
  }
  return Math.ceil(Math.log2(latest + work + 2));
}

/** Whether the makespan decides first: only then are moves estimated instead of tried out. */
export function isAboutMakespan({ goals, isPlaced }: Model): boolean {
  return goals[0] === "makespan" && !isPlaced;
}

export function figureOf(graph: Graph, goal: Goal): number {
  if (goal === "tardiness") return graph.cost;
  if (goal === "setup") return graph.setup;
  return goal === "makespan" ? graph.makespan : graph.change;
}

/**
 * The goals of a schedule as one number, for the search's steps: each goal is a fraction of a tick of
 * the one before it. 52 bits hold the first one or two exactly, the last ones may get coarse; which
 * schedule is kept is decided by the exact figures (elite.ts).
 */
export function goalOf(graph: Graph): number {
  return packed(graph.model, (goal) => figureOf(graph, goal));
}

/** The same for the bounds: a schedule with this goal cannot be improved. */
export function goalFrom(model: Model, bound: Bound): number {
  return packed(model, (goal) => boundOn(goal, bound));
}

function boundOn(goal: Goal, bound: Bound): number {
  if (goal === "tardiness") return bound.tardiness;
  return goal === "makespan" ? bound.makespan : 0;
}

/** One number for the figures of all goals. */
export function packed(model: Model, figure: (goal: Goal) => number): number {
  const { goals, horizonBits, operations } = model;
  const unit = 2 ** -horizonBits;
  let value = 0;
  let scale = 1;
  for (const goal of goals) {
    // Change sums over all operations; their mean stays within the horizon.
    const one = goal === "change" && scale < 1 ? figure(goal) / operations : figure(goal);
    value += one * scale;
    scale *= unit;
  }
  return value;
}
