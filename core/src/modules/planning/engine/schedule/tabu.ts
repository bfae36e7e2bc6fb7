import { at } from "./at.ts";
import { considerChangeovers } from "./changeover.ts";
import { considerContests } from "./contest.ts";
import { findCriticalPath } from "./critical-path.ts";
import { goalOf } from "./goals.ts";
import type { Graph } from "./graph.ts";
import { loadGraph, moveAhead, moveBehind } from "./moves.ts";
import { createNeighbourhood, noMove, type Neighbourhood } from "./neighbourhood.ts";
import type { Random } from "./random.ts";
import { considerReassignments } from "./reassign.ts";
import { considerSequenceMoves } from "./resequence.ts";
import { pickTarget, tryOut } from "./trial.ts";
import { aheadRow } from "./trials.ts";
import { clearTabuList, forbidPair, forbidPlace } from "./tabu-list.ts";

/** What a tabu search needs and keeps; one per thread, reused by every run. */
export interface TabuSearch {
  graph: Graph;
  hood: Neighbourhood;
  /** The best schedule of the current run. */
  bestOrder: Int32Array;
  bestChoice: Int32Array;
}

export function createTabuSearch(graph: Graph, random: Random): TabuSearch {
  const { operations } = graph.model;
  return {
    graph,
    hood: createNeighbourhood(graph, random),
    bestOrder: new Int32Array(operations),
    bestChoice: new Int32Array(operations),
  };
}

export interface TabuLimits {
  /** Moves without a better schedule. */
  patience: number;
  goal: number;
  shouldStop: () => boolean;
  iterationsMax: number;
  /** Told of each better schedule of the run, while it is in the graph. */
  onRecord?: () => void;
}

/**
 * How often the search asks whether to stop: every millisecond in a shop of 400 operations, and
 * before each of the long iterations that try moves out.
 */
const iterationsPerCheck = 64;

/**
 * Improves the schedule in `search.graph` until `patience` iterations brought no better one, the
 * makespan (or goal, see trial.ts) reaches `goal`, or `shouldStop`. Afterwards `best*` holds the best schedule seen.
 * Returns the iterations made.
 */
export function runTabu(
  search: TabuSearch,
  { patience, goal, shouldStop, iterationsMax, onRecord }: TabuLimits,
): number {
  const { graph, hood } = search;
  forget(hood);
  keepBest(search);
  const first = hood.iteration;
  let since = 0;
  while (since < patience && hood.record > goal && hood.iteration - first < iterationsMax) {
    const isCheck = !graph.keepsTails || hood.iteration % iterationsPerCheck === 0;
    if (isCheck && shouldStop()) break;
    hood.iteration += 1;
    since += 1;
    if (!makeMove(hood)) break;
    if (valueOf(graph) < hood.record) {
      keepBest(search);
      onRecord?.();
      since = 0;
    }
  }
  return hood.iteration - first;
}

/** Lets everything forbidden expire; counting starts again long before 32 bits are full. */
export function forget(hood: Neighbourhood): void {
  const longest = 2 * leastTenure(hood.graph);
  hood.iteration += iterationsPerCheck * Math.ceil(longest / iterationsPerCheck);
  if (hood.iteration < 2 ** 30) return;
  clearTabuList(hood.tabu);
  hood.iteration = 0;
}

export function keepBest({ graph, hood, bestOrder, bestChoice }: TabuSearch): void {
  hood.record = valueOf(graph);
  bestOrder.set(graph.order);
  bestChoice.set(graph.choice.subarray(0, bestChoice.length));
}

/** Back to the best schedule of the run. */
export function restoreBest({ graph, bestOrder, bestChoice }: TabuSearch): void {
  loadGraph(graph, bestOrder, bestChoice);
}

/** What is minimised: the makespan where it can be estimated, else the goal that is tried out. */
function valueOf(graph: Graph): number {
  return graph.keepsTails ? graph.makespan : goalOf(graph);
}

/** How many of the iterations look for changeovers to save, where they are a goal. */
export const changeoverShare = 0.3;

/** One iteration; false when the critical path offers no move at all. */
function makeMove(hood: Neighbourhood): boolean {
  const { keepsTails, model } = hood.graph;
  const none = keepsTails ? noMove : Infinity;
  hood.estimate = none;
  hood.ties = 0;
  hood.forbiddenCount = 0;
  const isAboutSetup =
    !keepsTails && model.goals.includes("setup") && hood.random.unit() < changeoverShare;
  if (isAboutSetup) considerChangeovers(hood);
  if (!isAboutSetup || hood.trials.count === 0) {
    hood.target = keepsTails ? model.operations : pickTarget(hood);
    findCriticalPath(hood.graph, hood.path, hood.target, hood.random);
    considerSequenceMoves(hood);
    if (model.isFlexible) considerReassignments(hood);
    if (model.hasResources) considerContests(hood);
  }
  if (!keepsTails) tryOut(hood);
  if (hood.estimate < none && perform(hood, hood.u, hood.row, hood.x)) return true;
  if (hood.forbiddenCount === 0) return hood.estimate < none;
  perform(hood, hood.forbiddenU, hood.forbiddenRow, hood.forbiddenX);
  return true;
}

/**
 * L: long enough to leave a valley, longer with more jobs per machine, where blocks are longer. Half of
 * the source's, which forbids a move only if it would bring back the whole sequence it undid; here one
 * pair of it is enough, so the same L forbids far more (see the README for what that cost).
 */
function leastTenure({ model }: Graph): number {
  return (10 + model.jobs / model.machines) / 2;
}

/**
 * Until when to forbid what is done now: L … 1.4 L iterations, L = (10 + jobs / machines) / 2.
 * @source Zhang et al. 2007 (resequence.ts), section 4.2; L is half of theirs.
 */
function forbiddenUntil({ graph, random, iteration }: Neighbourhood): number {
  const least = leastTenure(graph);
  return iteration + Math.floor(least + random.unit() * least * 0.4);
}

/** Makes the move and forbids its reversal for a while. */
function perform(hood: Neighbourhood, u: number, row: number, x: number): boolean {
  const { graph, tabu } = hood;
  const { machineSucc, machinePred, position, model } = graph;
  if (row === aheadRow) return performAhead(hood, u, x);
  const until = forbiddenUntil(hood);
  const oldMachine = at(graph.machine, u);
  const oldPred = at(machinePred, u);
  const oldSucc = at(machineSucc, u);
  const isToRight = x < model.operations && at(position, x) > at(position, u);
  if (!moveBehind(graph, u, row, x)) return false;
  if (at(graph.machine, u) !== oldMachine) {
    forbidPlace(tabu, u, oldMachine, until);
    return true;
  }
  if (isToRight) {
    for (let i = oldSucc; ; i = at(machineSucc, i)) {
      forbidPair(tabu, u, i, until);
      if (i === x) break;
    }
  } else {
    for (let i = oldPred; i !== x; i = at(machinePred, i)) forbidPair(tabu, i, u, until);
  }
  return true;
}

/** The one it overtook must not get ahead of it again for as long. */
function performAhead(hood: Neighbourhood, u: number, x: number): boolean {
  if (!moveAhead(hood.graph, u, x)) return false;
  forbidPair(hood.tabu, x, u, forbiddenUntil(hood));
  return true;
}
