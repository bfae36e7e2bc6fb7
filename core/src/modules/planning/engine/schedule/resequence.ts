import { at } from "./at.ts";
import { estimateBefore, estimateBehind, leastBefore, leastBehind } from "./estimate.ts";
import { guessBefore, guessBehind } from "./guess.ts";
import { offer, type Neighbourhood } from "./neighbourhood.ts";
import { pairTabuUntil } from "./tabu-list.ts";
import { noteTrial } from "./trials.ts";

/**
 * N7 on every block of the critical path: each operation to the front and to the rear of its block,
 * and the first and the last one into its inside.
 * @source Zhang, Li, Guan, Rao, "A tabu search algorithm with a new neighborhood structure for the
 * job shop scheduling problem", Computers & OR 34(11), 2007 (N6 of Balas-Vazacopoulos is the first
 * half). With setups the block theorem fails, so no block end is left out.
 */
export function considerSequenceMoves(hood: Neighbourhood): void {
  const { path } = hood;
  const { nodes, blockStart, blocks } = path;
  const { hasSetups, hasReleases, operations } = hood.graph.model;
  const { keepsTails } = hood.graph;
  const isToEnd = hood.target === operations;
  // Where moves are only noted, the first blocks must not use up the room in every iteration.
  const start = keepsTails ? 0 : hood.random.below(Math.max(1, blocks));
  for (let count = 0; count < blocks; count += 1) {
    if (!keepsTails && hood.trials.count >= notedEnough) return;
    const b = start + count < blocks ? start + count : start + count - blocks;
    const from = at(blockStart, b);
    const to = at(blockStart, b + 1) - 1;
    if (to === from) continue;
    const first = at(nodes, from);
    const last = at(nodes, to);
    // Before the first block and behind the last one nothing can be gained (N5, Nowicki-Smutnicki).
    // A later release in front of the first block, or a late job at the rear of the last, can gain.
    const isFrontUseful = hasSetups || hasReleases || b > 0;
    const isRearUseful = hasSetups || !isToEnd || b < blocks - 1;
    if (to === from + 1) {
      if (isFrontUseful || isRearUseful) considerBehind(hood, first, last);
      continue;
    }
    // The nearest first: they are the most likely good ones, and a good one spares looking at the rest.
    if (isRearUseful) {
      const near = Math.max(from, to - reach);
      for (let k = to - 1; k >= near; k -= 1) considerBehind(hood, at(nodes, k), last);
      for (let k = to - 2; k >= near && k > from; k -= 1)
        if (!considerBefore(hood, last, at(nodes, k))) break;
    }
    if (isFrontUseful) {
      const near = Math.min(to, from + reach);
      for (let k = from + 1; k <= near; k += 1) {
        if (k < to || !isRearUseful) considerBefore(hood, at(nodes, k), first);
        else considerBefore(hood, last, first);
      }
      for (let k = from + 2; k < near; k += 1)
        if (!considerBehind(hood, first, at(nodes, k))) break;
    }
  }
}

/** How far an operation moves at most: blocks of 10,000 have 10^8 pairs. */
const reach = 100;

/** Moves noted on one path; far more than are tried out. */
const notedEnough = 256;

/**
 * u right behind v, both on one machine, u left of v. False where u is not worth moving farther to the
 * right either: a cycle stays one, and the bound does not fall.
 */
function considerBehind(hood: Neighbourhood, u: number, v: number): boolean {
  const { graph, iteration, tabu } = hood;
  const { head, tail, time, machineSucc, model } = graph;
  const s = at(model.jobSucc, u);
  // A path from u's job successor to v, which would close a cycle, needs both (after
  // Balas-Vazacopoulos 1998, prop. 2.2); without it the estimate holds too.
  const isPathPossible =
    graph.keepsTails &&
    s !== model.operations &&
    at(tail, s) >= at(time, s) + at(tail, v) &&
    at(head, v) >= at(head, s) + at(time, s);
  if (isPathPossible) return false;
  if (graph.keepsTails && isHopeless(hood, leastBehind(graph, u, v))) return model.hasSetups;
  let isTabu = false;
  for (let i = u; i !== v;) {
    i = at(machineSucc, i);
    if (pairTabuUntil(tabu, i, u) >= iteration) {
      isTabu = true;
      break;
    }
  }
  if (!graph.keepsTails) {
    const guess = guessBehind(graph, hood.outlook, u, v);
    noteTrial(hood.trials, isTabu, u, at(graph.choice, u), v, guess);
    return true;
  }
  const limit = isTabu ? hood.record - 1 : hood.estimate;
  const estimate = estimateBehind(graph, hood.segment, u, v, limit);
  offer(hood, estimate, isTabu, u, at(graph.choice, u), v);
  return true;
}

/** u right before v, both on one machine, u right of v. False: nor is it worth moving farther to the left. */
function considerBefore(hood: Neighbourhood, u: number, v: number): boolean {
  const { graph, iteration, tabu } = hood;
  const { head, tail, time, machinePred, model } = graph;
  const p = at(model.jobPred, u);
  const isPathPossible =
    graph.keepsTails &&
    p !== model.operations &&
    at(tail, v) >= at(time, v) + at(tail, p) &&
    at(head, p) >= at(head, v) + at(time, v);
  if (isPathPossible) return false;
  if (graph.keepsTails && isHopeless(hood, leastBefore(graph, u, v))) return model.hasSetups;
  let isTabu = false;
  for (let i = u; i !== v;) {
    i = at(machinePred, i);
    if (pairTabuUntil(tabu, u, i) >= iteration) {
      isTabu = true;
      break;
    }
  }
  if (!graph.keepsTails) {
    const guess = guessBefore(graph, hood.outlook, u, v);
    noteTrial(hood.trials, isTabu, u, at(graph.choice, u), at(machinePred, v), guess);
    return true;
  }
  const limit = isTabu ? hood.record - 1 : hood.estimate;
  const estimate = estimateBefore(graph, hood.segment, u, v, limit);
  offer(hood, estimate, isTabu, u, at(graph.choice, u), at(machinePred, v));
  return true;
}

/** Whether a move whose estimate is at least this can neither be the best one nor set a record. */
function isHopeless({ estimate, record }: Neighbourhood, least: number): boolean {
  return least > estimate && least >= record;
}
