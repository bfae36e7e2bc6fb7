import { at } from "./at.ts";
import { goalOf } from "./goals.ts";
import type { Graph } from "./graph.ts";
import { moveAhead, moveBehind } from "./moves.ts";
import { offer, type Neighbourhood } from "./neighbourhood.ts";
import { restore, save } from "./snapshot.ts";
import { endOf } from "./timing.ts";
import { aheadRow } from "./trials.ts";

/**
 * Moves tried out in one iteration, by lot: in a plant of 10,000 operations one trial touches
 * thousands of starts, and twenty good tries now beat a thousand later.
 */
const triedMax = 20;

/**
 * Makes some of the noted moves, looks at the goal and takes them back. Tardiness has as many
 * critical paths as late operations, so an estimate would need a tail to each of them (10^7 numbers
 * to keep for a plant of 10,000 operations); the window update makes the real thing affordable.
 */
export function tryOut(hood: Neighbourhood): void {
  const { trials, random, graph, saved } = hood;
  // Copying back is cheap in small shops; with resources the order itself must come back.
  const isCopied = graph.isSwept || graph.model.hasResources;
  if (isCopied) save(graph, saved);
  const tries = Math.min(triedMax, trials.count);
  for (let k = 0; k < tries; k += 1) {
    // The first `tries` steps of a shuffle.
    const chosen = k + random.below(trials.count - k);
    const u = swapIn(trials.u, k, chosen);
    const row = swapIn(trials.row, k, chosen);
    const x = swapIn(trials.x, k, chosen);
    const isTabu = swapIn(trials.tabu, k, chosen) === 1;
    const oldRow = at(graph.choice, u);
    const oldPred = at(graph.machinePred, u);
    if (!makeTrial(graph, u, row, x)) continue;
    const goal = goalOf(graph);
    if (isCopied) restore(graph, saved);
    else moveBehind(graph, u, oldRow, oldPred);
    offer(hood, goal, isTabu, u, row, x);
  }
  trials.count = 0;
}

/** A noted move: `u` behind `x` with alternative `row`, or ahead of it in the order; see trials.ts. */
export function makeTrial(graph: Graph, u: number, row: number, x: number): boolean {
  return row === aheadRow ? moveAhead(graph, u, x) : moveBehind(graph, u, row, x);
}

function swapIn(array: Int32Array, k: number, chosen: number): number {
  const value = at(array, chosen);
  array[chosen] = at(array, k);
  array[k] = value;
  return value;
}

/**
 * The late operation to help in this iteration, by lot in proportion to what it costs; the end of
 * the schedule when nothing is late, or now and then, for the makespan behind it.
 */
export function pickTarget({ graph, random }: Neighbourhood): number {
  const { model, cost } = graph;
  const { dueNodes, due, weight, transfer, operations, goals } = model;
  if (cost === 0 || !goals.includes("tardiness")) return operations;
  let ticket = random.unit() * cost;
  for (let k = 0; k < dueNodes.length; k += 1) {
    const i = at(dueNodes, k);
    const late = endOf(graph, i) + at(transfer, i) - at(due, i);
    if (late > 0) ticket -= late * at(weight, i);
    if (ticket < 0) return i;
  }
  return operations;
}
