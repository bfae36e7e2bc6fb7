import { at } from "./at.ts";
import { dispatch, dispatchRules, type Sequence } from "./dispatch.ts";
import { admit, eliteOf, mix, type Elite, type Pool } from "./elite.ts";
import { createGraph, loadGraph, type Graph } from "./graph.ts";
import type { Model } from "./model.ts";
import { createRandom, type Random } from "./random.ts";
import type { SolveOptions } from "./solve.ts";
import { createTabuSearch, restoreBest, runTabu } from "./tabu.ts";

/** How many schedules the search keeps and mixes; more would need more time to pay. */
const poolSize = 6;
/** A tabu run ends after this many moves without a better schedule. */
const patience = 3000;

/**
 * Tabu search from the best dispatched schedule, then from mixtures of two good ones, until told to
 * stop or the makespan equals `goal`.
 */
export function search(
  model: Model,
  {
    seed,
    goal,
    shouldStop,
    iterationsMax = Infinity,
    onImprovement,
    exchange,
  }: SolveOptions & { goal: number },
): { best: Elite; iterations: number } {
  const random = createRandom(seed);
  const graph = createGraph(model);
  const tabu = createTabuSearch(graph, random);
  const pool: Pool = { capacity: poolSize, elites: [] };
  const first = bestDispatched(model, graph, random);
  loadGraph(graph, first.order, first.choice);
  let best = eliteOf(graph);
  let iterations = 0;
  for (
    let starts = 0;
    !shouldStop() && iterations < iterationsMax && at(best, 0) > goal;
    starts += 1
  ) {
    if (starts > 0) {
      const { order, choice } = nextStart(model, pool, starts, random);
      loadGraph(graph, order, choice);
    }
    iterations += runTabu(tabu, {
      patience,
      goal,
      shouldStop,
      iterationsMax: iterationsMax - iterations,
    });
    restoreBest(tabu);
    const own = eliteOf(graph);
    admit(pool, own);
    const others = exchange?.(own);
    if (others) admit(pool, others);
    const leader = pool.elites[0] ?? own;
    if (at(leader, 0) < at(best, 0)) {
      best = leader;
      onImprovement?.(at(best, 0));
    }
  }
  return { best, iterations };
}

function nextStart(model: Model, pool: Pool, starts: number, random: Random): Sequence {
  const { elites } = pool;
  const one = random.below(elites.length);
  const two = (one + 1 + random.below(Math.max(1, elites.length - 1))) % elites.length;
  const a = elites[one];
  const b = elites[two];
  if (starts < pool.capacity || a === undefined || b === undefined || one === two)
    return dispatch(model, { rule: "random", slack: random.unit(), random });
  return mix(model, a, b, 0.3 + 0.4 * random.unit(), random);
}

function bestDispatched(model: Model, graph: Graph, random: Random): Sequence {
  const sequences = dispatchRules.map((rule) => dispatch(model, { rule, slack: 0, random }));
  const makespans = sequences.map(({ order, choice }) => {
    loadGraph(graph, order, choice);
    return graph.makespan;
  });
  const best = sequences[makespans.indexOf(Math.min(...makespans))];
  return best ?? dispatch(model, { rule: "random", slack: 0, random });
}
