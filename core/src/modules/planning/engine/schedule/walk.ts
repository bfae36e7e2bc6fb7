import { at } from "./at.ts";
import { considerChangeovers } from "./changeover.ts";
import { considerContests } from "./contest.ts";
import { findCriticalPath } from "./critical-path.ts";
import { goalOf } from "./goals.ts";
import { moveBehind } from "./moves.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { considerReassignments } from "./reassign.ts";
import { considerSequenceMoves } from "./resequence.ts";
import { restore, save } from "./snapshot.ts";
import { changeoverShare, forget, keepBest, type TabuLimits, type TabuSearch } from "./tabu.ts";
import { costOfEnd, endOf } from "./timing.ts";
import { makeTrial, pickTarget } from "./trial.ts";
import { aheadRow } from "./trials.ts";

/** Moves tried out on one critical path before it is looked for again. */
const triesPerPath = 8;

/**
 * Where a trial is dear, the first move that does no harm is made instead of the best of many.
 * Taking worse schedules for a while (late acceptance, with 200 and 2,000 schedules to look back on)
 * came out 0.6 and 2.6 % later after 60,000 trials in a plant of 10,000 operations: there is still
 * so much to improve. Limits and results as runTabu.
 */
export function runWalk(
  search: TabuSearch,
  { patience, goal, shouldStop, iterationsMax, onRecord }: TabuLimits,
): number {
  const { hood } = search;
  forget(hood);
  keepBest(search);
  const first = hood.iteration;
  let current = hood.record;
  let since = 0;
  const isOver = (): boolean =>
    since >= patience || hood.record <= goal || hood.iteration - first >= iterationsMax;
  while (!isOver() && !shouldStop()) {
    noteMoves(hood);
    const { trials } = hood;
    const tries = Math.min(triesPerPath, trials.count);
    // A path without a move still uses up patience, or the walk would never end.
    if (tries === 0) {
      hood.iteration += 1;
      since += 1;
    }
    for (let k = 0; k < tries && !isOver(); k += 1) {
      hood.iteration += 1;
      since += 1;
      const t = promisingOf(hood);
      const value = tryMove(hood, t, current);
      if (value !== null) current = value;
      if (current >= hood.record) continue;
      keepBest(search);
      onRecord?.();
      since = 0;
    }
    trials.count = 0;
  }
  return hood.iteration - first;
}

function noteMoves(hood: Neighbourhood): void {
  const { model } = hood.graph;
  const isAboutSetup = model.goals.includes("setup") && hood.random.unit() < changeoverShare;
  if (isAboutSetup) considerChangeovers(hood);
  if (hood.trials.count > 0) return;
  hood.target = pickTarget(hood);
  findCriticalPath(hood.graph, hood.path, hood.target, hood.random);
  considerSequenceMoves(hood);
  if (model.isFlexible) considerReassignments(hood);
  if (model.hasResources) considerContests(hood);
}

function costOfTarget({ graph, target }: Neighbourhood): number {
  const { model } = graph;
  const isLate = target < model.operations && at(model.weight, target) > 0;
  return isLate ? costOfEnd(model, target, endOf(graph, target)) : Infinity;
}

/** The best guess of a few moves picked by lot: always the best one would be the same one again. */
function promisingOf({ trials, random }: Neighbourhood): number {
  let best = random.below(trials.count);
  for (let k = 1; k < lotsMax; k += 1) {
    const other = random.below(trials.count);
    if ((trials.guess[other] ?? 0) < (trials.guess[best] ?? 0)) best = other;
  }
  return best;
}

const lotsMax = 6;

/** Makes the noted move if its goal is at most \`limit\`; null: it was not made, or taken back. */
function tryMove(hood: Neighbourhood, t: number, limit: number): number | null {
  const { graph, trials, saved } = hood;
  const u = at(trials.u, t);
  const row = at(trials.row, t);
  const x = at(trials.x, t);
  // A move made since may have taken x to another machine.
  if (row !== aheadRow && (u === x || at(graph.machine, x) !== at(graph.model.choiceMachine, row)))
    return null;
  const isCopied = graph.isSwept || graph.model.hasResources;
  const oldRow = at(graph.choice, u);
  const oldPred = at(graph.machinePred, u);
  if (isCopied) save(graph, saved);
  // A move can gain little more than its target costs; what adds more than that on its way is lost.
  graph.worseningMax = graph.model.goals[0] === "tardiness" ? costOfTarget(hood) : Infinity;
  const isMade = makeTrial(graph, u, row, x);
  graph.worseningMax = Infinity;
  if (!isMade) return null;
  const value = goalOf(graph);
  if (value <= limit) return value;
  if (isCopied) restore(graph, saved);
  else moveBehind(graph, u, oldRow, oldPred);
  return null;
}
