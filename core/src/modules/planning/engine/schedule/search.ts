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

/**
 * How many schedules the search keeps and mixes at first: as many as it takes this many operations
 * together, within bounds. Runs of a small shop are short, so it can afford more variety.
 */
const poolOperations = 3000;
const poolSizeMin = 6;
const poolSizeFirstMax = 12;
/** A pool that is used up gives way to a larger one, up to this size: there is time, it seems. */
const poolSizeMax = 30;
/** A pool is used up after this many children per place in it without one worth a place. */
const barrenPerPlace = 2;
/** Dispatching is quadratic: about a second per rule at 10,000 operations, better spent on moves. */
const manyOperations = 4000;
/**
 * A tabu run ends after this many moves per operation without a better schedule, and not before
 * `patienceMin`: the larger the shop, the more moves lie between two schedules of equal makespan.
 */
const patiencePerOperation = 5;
const patienceMin = 2000;

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
  const patience = Math.max(patienceMin, patiencePerOperation * model.operations);
  const pool: Pool = { capacity: firstPoolSize(model), elites: [] };
  const goal = graph.keepsTails ? bound.makespan : goalFrom(bound);
  let best = bestDispatched(model, graph, random, shouldStop);
  let start = sequenceOf(best);
  let iterations = 0;
  let barren = 0;
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
    const isWelcome = admit(model, pool, own);
    barren = isWelcome ? 0 : barren + 1;
    const others = exchange?.(own);
    if (others) admit(model, pool, others);
    const leader = pool.elites[0] ?? own;
    if (compareElites(leader, best) < 0) {
      best = leader;
      onImprovement?.({ makespan: makespanOf(best), weightedTardiness: tardinessOf(best) });
    }
    if (barren > barrenPerPlace * pool.capacity) {
      renew(model, pool, best);
      barren = 0;
    }
    start = nextStart(model, pool, random);
  }
  return { best, iterations };
}

export interface SearchOptions extends SolveOptions {
  bound: Bound;
}

function firstPoolSize({ operations }: Model): number {
  const size = Math.round(poolOperations / operations);
  return Math.min(poolSizeFirstMax, Math.max(poolSizeMin, size));
}

/**
 * What to do with a pool that gives nothing new: first the best schedule ever joins it, if it came
 * from an earlier pool; when that is used up as well, all begins anew with a larger one.
 */
function renew(model: Model, pool: Pool, best: Elite): void {
  if (admit(model, pool, best)) return;
  pool.elites = [];
  pool.capacity = Math.min(poolSizeMax, Math.ceil(pool.capacity * 1.5));
}

function nextStart(model: Model, { elites, capacity }: Pool, random: Random): Sequence {
  const one = random.below(Math.max(1, elites.length));
  const two = (one + 1 + random.below(Math.max(1, elites.length - 1))) % elites.length;
  const a = elites[one];
  const b = elites[two];
  if (elites.length < capacity || a === undefined || b === undefined || one === two)
    return dispatch(model, { rule: "random", slack: random.unit(), random });
  return mix(model, a, b, 0.3 + 0.4 * random.unit(), random);
}

/** The best of all rules; of those that there was time for, in a plant where one takes long. */
function bestDispatched(
  model: Model,
  graph: Graph,
  random: Random,
  shouldStop: () => boolean,
): Elite {
  let best: Elite | null = null;
  const isLarge = model.operations > manyOperations;
  for (const rule of isLarge ? dispatchRules.slice(0, 2) : dispatchRules) {
    const { order, choice } = dispatch(model, { rule, slack: 0, random });
    loadGraph(graph, order, choice);
    const elite = eliteOf(graph);
    if (best === null || compareElites(elite, best) < 0) best = elite;
    if (shouldStop()) break;
  }
  return best ?? eliteOf(graph);
}
