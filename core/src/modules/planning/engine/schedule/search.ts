import { dispatch, dispatchRules, type Sequence } from "./dispatch.ts";
import {
  admit,
  compareElites,
  eliteOf,
  makespanOf,
  mix,
  sequenceOf,
  tardinessOf,
  type Elite,
  type Pool,
} from "./elite.ts";
import { createGraph, loadGraph, type Graph } from "./graph.ts";
import type { Bound } from "./lower-bound.ts";
import type { Model } from "./model.ts";
import { createRandom, type Random } from "./random.ts";
import type { SolveOptions } from "./solve.ts";
import { createTabuSearch, restoreBest, runTabu } from "./tabu.ts";
import { goalFrom } from "./trial.ts";

/** How many schedules the search keeps and mixes; more would need more time to pay. */
const poolSize = 6;
/** A tabu run ends after this many moves without a better schedule. */
const patience = 3000;

/**
 * Tabu search from the best dispatched schedule, then from mixtures of two good ones, until told to
 * stop or no better schedule is possible.
 */
export function search(
  model: Model,
  { bound, seed, shouldStop, iterationsMax = Infinity, onImprovement, exchange }: SearchOptions,
): { best: Elite; iterations: number } {
  const random = createRandom(seed);
  const graph = createGraph(model);
  graph.keepsTails = model.dueNodes.length === 0 && !model.hasCalendars;
  const tabu = createTabuSearch(graph, random);
  const pool: Pool = { capacity: poolSize, elites: [] };
  const goal = graph.keepsTails ? bound.makespan : goalFrom(bound);
  let best = bestDispatched(model, graph, random);
  let start = sequenceOf(best);
  let iterations = 0;
  const isOver = (): boolean =>
    shouldStop() ||
    iterations >= iterationsMax ||
    (tardinessOf(best) <= bound.tardiness && makespanOf(best) <= bound.makespan);
  while (!isOver()) {
    loadGraph(graph, start.order, start.choice);
    const left = iterationsMax - iterations;
    iterations += runTabu(tabu, { patience, goal, shouldStop, iterationsMax: left });
    restoreBest(tabu);
    const own = eliteOf(graph);
    admit(pool, own);
    const others = exchange?.(own);
    if (others) admit(pool, others);
    const leader = pool.elites[0] ?? own;
    if (compareElites(leader, best) < 0) {
      best = leader;
      onImprovement?.({ makespan: makespanOf(best), weightedTardiness: tardinessOf(best) });
    }
    start = nextStart(model, pool, random);
  }
  return { best, iterations };
}

export interface SearchOptions extends SolveOptions {
  bound: Bound;
}

function nextStart(model: Model, { elites, capacity }: Pool, random: Random): Sequence {
  const one = random.below(elites.length);
  const two = (one + 1 + random.below(Math.max(1, elites.length - 1))) % elites.length;
  const a = elites[one];
  const b = elites[two];
  if (elites.length < capacity || a === undefined || b === undefined || one === two)
    return dispatch(model, { rule: "random", slack: random.unit(), random });
  return mix(model, a, b, 0.3 + 0.4 * random.unit(), random);
}

function bestDispatched(model: Model, graph: Graph, random: Random): Elite {
  const elites = dispatchRules.map((rule) => {
    const { order, choice } = dispatch(model, { rule, slack: 0, random });
    loadGraph(graph, order, choice);
    return eliteOf(graph);
  });
  return elites.reduce((a, b) => (compareElites(b, a) < 0 ? b : a));
}
