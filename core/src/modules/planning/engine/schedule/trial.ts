import { at } from "./at.ts";
import { moveBehind, type Graph } from "./graph.ts";
import { endOf } from "./timing.ts";
import type { Bound } from "./lower-bound.ts";
import { offer, type Neighbourhood } from "./neighbourhood.ts";

/**
 * The goal of a schedule as one number: weighted tardiness, makespan as the tie-break (a fraction of
 * a tick; exact up to a tardiness of 2^22, beyond that the tie-break gets coarser).
 */
export function goalOf(graph: Graph): number {
  return graph.cost + graph.makespan * tieBreak;
}

/** The same for the bounds: a schedule with this goal cannot be improved. */
export function goalFrom({ tardiness, makespan }: Bound): number {
  return tardiness + makespan * tieBreak;
}

const tieBreak = 2 ** -31;

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
  const { trials, random, graph } = hood;
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
    if (!moveBehind(graph, u, row, x)) continue;
    const goal = goalOf(graph);
    moveBehind(graph, u, oldRow, oldPred);
    offer(hood, goal, isTabu, u, row, x);
  }
  trials.count = 0;
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
  const { dueNodes, due, weight, transfer, operations } = model;
  if (cost === 0 || dueNodes.length === 0) return operations;
  let ticket = random.unit() * cost;
  for (let k = 0; k < dueNodes.length; k += 1) {
    const i = at(dueNodes, k);
    const late = endOf(graph, i) + at(transfer, i) - at(due, i);
    if (late > 0) ticket -= late * at(weight, i);
    if (ticket < 0) return i;
  }
  return operations;
}
