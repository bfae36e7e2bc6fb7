import { at } from "./at.ts";
import type { Graph } from "./graph.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { pairTabuUntil, placeTabuUntil } from "./tabu-list.ts";
import type { Random } from "./random.ts";
import { setupBetween, setupOn } from "./timing.ts";
import { noteTrial } from "./trials.ts";

/** Operations picked by lot until one with a changeover in front of it is found. */
const picksMax = 12;
/** How far along its machine it looks for a better place, in operations each way. */
const reach = 40;

/**
 * Places on its machine where an operation picked by lot, together with its neighbours, would need
 * less changeover: what groups families.
 */
export function considerChangeovers(hood: Neighbourhood): void {
  const { graph, random, trials, tabu, iteration } = hood;
  const u = pickChangeover(graph, random);
  if (u < 0) return;
  const before = at(graph.machinePred, u);
  const after = at(graph.machineSucc, u);
  const { operations } = graph.model;
  const gained =
    setupBetween(graph, before, u) +
    setupBetween(graph, u, after) -
    setupBetween(graph, before, after);
  const isBetter = (x: number, y: number): boolean =>
    setupBetween(graph, x, u) + setupBetween(graph, u, y) - setupBetween(graph, x, y) < gained;
  const row = at(graph.choice, u);
  let x = after;
  for (let k = 0; k < reach && x < operations; k += 1) {
    const y = at(graph.machineSucc, x);
    if (isBetter(x, y)) noteTrial(trials, pairTabuUntil(tabu, x, u) >= iteration, u, row, x);
    x = y;
  }
  let y = before;
  for (let k = 0; k < reach && y < operations; k += 1) {
    const p = at(graph.machinePred, y);
    if (isBetter(p, y)) noteTrial(trials, pairTabuUntil(tabu, u, y) >= iteration, u, row, p);
    y = p;
  }
  if (graph.model.isFlexible) considerElsewhere(hood, u, gained);
}

/** The same on the other machines that may do it, from their front on. */
function considerElsewhere(hood: Neighbourhood, u: number, gained: number): void {
  const { graph, trials, tabu, iteration } = hood;
  const { choiceStart, choiceMachine, operations } = graph.model;
  for (let row = at(choiceStart, u); row < at(choiceStart, u + 1); row += 1) {
    const machine = at(choiceMachine, row);
    if (machine === at(graph.machine, u)) continue;
    const isTabu = placeTabuUntil(tabu, u, machine) >= iteration;
    let x = operations + 1 + machine;
    for (let k = 0; k < 2 * reach && x !== operations; k += 1) {
      const y = at(graph.machineSucc, x);
      const added =
        setupBetween(graph, x, u) + setupOn(graph.model, machine, u, y) - setupBetween(graph, x, y);
      if (added < gained) noteTrial(trials, isTabu, u, row, x);
      x = y;
    }
  }
}

function pickChangeover(graph: Graph, random: Random): number {
  for (let pick = 0; pick < picksMax; pick += 1) {
    const u = random.below(graph.model.operations);
    if (setupBetween(graph, at(graph.machinePred, u), u) > 0) return u;
  }
  return -1;
}
