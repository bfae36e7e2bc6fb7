import { at } from "./at.ts";
import { findCriticalPath, type CriticalPath } from "./critical-path.ts";
import { createSegment, estimateBefore, estimateBehind, type Segment } from "./estimate.ts";
import { loadGraph, moveBehind, type Graph } from "./graph.ts";
import type { Random } from "./random.ts";
import { considerReassignments } from "./reassign.ts";
import {
  clearTabuList,
  createTabuList,
  forbidPair,
  forbidPlace,
  pairTabuUntil,
  type TabuList,
} from "./tabu-list.ts";

/** What a tabu search needs and keeps; one per thread, reused by every run. */
export interface TabuSearch {
  graph: Graph;
  random: Random;
  path: CriticalPath;
  segment: Segment;
  tabu: TabuList;
  iteration: number;
  /** The best schedule of the current run. */
  bestMakespan: number;
  bestOrder: Int32Array;
  bestChoice: Int32Array;
  /** The move found by the neighbourhood: put `u` behind `x` with alternative `row`. */
  estimate: number;
  u: number;
  row: number;
  x: number;
  ties: number;
  /** A random one of the forbidden moves, taken when nothing else is left. */
  forbiddenCount: number;
  forbiddenU: number;
  forbiddenRow: number;
  forbiddenX: number;
}

export function createTabuSearch(graph: Graph, random: Random): TabuSearch {
  const { operations } = graph.model;
  return {
    graph,
    random,
    path: { length: 0, nodes: new Int32Array(operations), blockStart: new Int32Array(operations + 1), blocks: 0 },
    segment: createSegment(operations),
    tabu: createTabuList(),
    iteration: 0,
    bestMakespan: 0,
    bestOrder: new Int32Array(operations),
    bestChoice: new Int32Array(operations),
    estimate: 0,
    u: 0,
    row: 0,
    x: 0,
    ties: 0,
    forbiddenCount: 0,
    forbiddenU: 0,
    forbiddenRow: 0,
    forbiddenX: 0,
  };
}

/** How often the search asks whether to stop: about every millisecond. */
const iterationsPerCheck = 64;

/**
 * Improves the schedule in `search.graph` until `patience` iterations brought no better one, the
 * makespan reaches `goal`, or `shouldStop`. Afterwards `best*` holds the best schedule seen.
 * Returns the iterations made.
 */
export function runTabu(
  search: TabuSearch,
  { patience, goal, shouldStop }: { patience: number; goal: number; shouldStop: () => boolean },
): number {
  const { graph } = search;
  clearTabuList(search.tabu);
  search.iteration = 0;
  keepBest(search);
  let since = 0;
  while (since < patience && search.bestMakespan > goal) {
    if (search.iteration % iterationsPerCheck === 0 && shouldStop()) break;
    search.iteration += 1;
    since += 1;
    if (!makeMove(search)) break;
    if (graph.makespan < search.bestMakespan) {
      keepBest(search);
      since = 0;
    }
  }
  return search.iteration;
}

function keepBest(search: TabuSearch): void {
  search.bestMakespan = search.graph.makespan;
  search.bestOrder.set(search.graph.order);
  search.bestChoice.set(search.graph.choice.subarray(0, search.bestChoice.length));
}

/** Back to the best schedule of the run. */
export function restoreBest(search: TabuSearch): void {
  loadGraph(search.graph, search.bestOrder, search.bestChoice);
}

/** One iteration; false when the critical path offers no move at all: the schedule is optimal. */
function makeMove(search: TabuSearch): boolean {
  const { graph } = search;
  findCriticalPath(graph, search.path, search.random);
  search.estimate = noMove;
  search.ties = 0;
  search.forbiddenCount = 0;
  considerSequenceMoves(search);
  if (graph.model.isFlexible) considerReassignments(search);
  if (search.estimate < noMove && perform(search, search.u, search.row, search.x)) return true;
  if (search.forbiddenCount > 0)
    return perform(search, search.forbiddenU, search.forbiddenRow, search.forbiddenX) || true;
  return search.estimate < noMove;
}

const noMove = 0x7fff_ffff;

/**
 * N7 on every block of the critical path: each operation to the front and to the rear of its block,
 * and the first and the last one into its inside.
 * @source Zhang, Li, Guan, Rao, "A tabu search algorithm with a new neighborhood structure for the
 * job shop scheduling problem", Computers & OR 34(11), 2007 (N6 of Balas-Vazacopoulos is the first
 * half). With setups the block theorem fails, so no block end is left out.
 */
function considerSequenceMoves(search: TabuSearch): void {
  const { path } = search;
  const { nodes, blockStart, blocks } = path;
  const hasTheorem = !search.graph.model.hasSetups;
  for (let b = 0; b < blocks; b += 1) {
    const from = at(blockStart, b);
    const to = at(blockStart, b + 1) - 1;
    if (to === from) continue;
    const first = at(nodes, from);
    const last = at(nodes, to);
    // Before the first block and behind the last one nothing can be gained (N5, Nowicki-Smutnicki).
    const isFrontUseful = !hasTheorem || b > 0;
    const isRearUseful = !hasTheorem || b < blocks - 1;
    if (to === from + 1) {
      if (isFrontUseful || isRearUseful) considerBehind(search, first, last);
      continue;
    }
    if (isRearUseful) {
      for (let k = from; k < to; k += 1) considerBehind(search, at(nodes, k), last);
      for (let k = from + 1; k < to; k += 1) considerBefore(search, last, at(nodes, k));
    }
    if (isFrontUseful) {
      for (let k = from + 1; k <= to; k += 1) {
        if (k < to || !isRearUseful) considerBefore(search, at(nodes, k), first);
        else considerBefore(search, last, first);
      }
      for (let k = from + 1; k < to; k += 1) considerBehind(search, first, at(nodes, k));
    }
  }
}

/** u right behind v, both on one machine, u left of v. */
function considerBehind(search: TabuSearch, u: number, v: number): void {
  const { graph, iteration, tabu } = search;
  const { head, tail, time, machineSucc, model } = graph;
  const s = at(model.jobSucc, u);
  // No path from u's job successor to v: either condition excludes one (Balas-Vazacopoulos 1998, prop. 2.2).
  if (s !== model.operations && at(tail, v) < at(tail, s) && at(head, v) >= at(head, s) + at(time, s)) return;
  let isTabu = false;
  for (let i = u; i !== v; ) {
    i = at(machineSucc, i);
    if (pairTabuUntil(tabu, i, u) >= iteration) {
      isTabu = true;
      break;
    }
  }
  const limit = isTabu ? search.bestMakespan - 1 : search.estimate;
  const estimate = estimateBehind(graph, search.segment, u, v, limit);
  offer(search, estimate, isTabu, u, at(graph.choice, u), v);
}

/** u right before v, both on one machine, u right of v. */
function considerBefore(search: TabuSearch, u: number, v: number): void {
  const { graph, iteration, tabu } = search;
  const { head, tail, time, machinePred, model } = graph;
  const p = at(model.jobPred, u);
  if (p !== model.operations && at(head, v) + at(time, v) < at(head, p) + at(time, p) && at(tail, v) >= at(tail, p) + at(time, v)) return;
  let isTabu = false;
  for (let i = u; i !== v; ) {
    i = at(machinePred, i);
    if (pairTabuUntil(tabu, u, i) >= iteration) {
      isTabu = true;
      break;
    }
  }
  const limit = isTabu ? search.bestMakespan - 1 : search.estimate;
  const estimate = estimateBefore(graph, search.segment, u, v, limit);
  offer(search, estimate, isTabu, u, at(graph.choice, u), at(machinePred, v));
}

/** Takes a move into the choice: the least estimate wins, ties by lot; forbidden ones only if they would set a record. */
export function offer(search: TabuSearch, estimate: number, isTabu: boolean, u: number, row: number, x: number): void {
  if (isTabu && estimate >= search.bestMakespan) {
    search.forbiddenCount += 1;
    if (search.random.below(search.forbiddenCount) === 0) {
      search.forbiddenU = u;
      search.forbiddenRow = row;
      search.forbiddenX = x;
    }
    return;
  }
  if (estimate > search.estimate) return;
  if (estimate === search.estimate) {
    search.ties += 1;
    if (search.random.below(search.ties) !== 0) return;
  } else {
    search.ties = 1;
    search.estimate = estimate;
  }
  search.u = u;
  search.row = row;
  search.x = x;
}

/**
 * Makes the move and forbids its reversal for L … 1.4 L iterations, L = 10 + jobs / machines.
 * @source Zhang et al. 2007 (above), section 4.2.
 */
function perform(search: TabuSearch, u: number, row: number, x: number): boolean {
  const { graph, tabu, random, iteration } = search;
  const { machineSucc, machinePred, position, model } = graph;
  const least = 10 + model.jobs / model.machines;
  const until = iteration + Math.floor(least + random.unit() * least * 0.4);
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
