import { dispatch, type Sequence } from "./dispatch.ts";
import {
  admit,
  compareElites,
  eliteFigure,
  eliteFigures,
  eliteOf,
  mix,
  sequenceOf,
  type Elite,
  type Pool,
} from "./elite.ts";
import { goalFrom, isAboutMakespan, packed } from "./goals.ts";
import { createGraph, type Graph } from "./graph.ts";
import { loadGraph } from "./moves.ts";
import type { Bound } from "./lower-bound.ts";
import type { Model } from "./model.ts";
import { previousSequence } from "./previous.ts";
import { rulesFor } from "./priority.ts";
import { createRandom, type Random } from "./random.ts";
import type { Figures, SolveOptions } from "./solve-options.ts";
import { createTabuSearch, restoreBest, runTabu } from "./tabu.ts";
import { runWalk } from "./walk.ts";

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
/**
 * A tabu run ends after this many moves per operation without a better schedule, and not before
 * `patienceMin`: the larger the shop, the more moves lie between two schedules of equal makespan.
 */
const patiencePerOperation = 5;
const patienceMin = 2000;
/** A used-up pool also shows that runs end too early: the next one's are twice as long, up to this. */
const patienceTimesMax = 16;

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
  graph.keepsTails = isAboutMakespan(model);
  const tabu = createTabuSearch(graph, random);
  const patienceFirst = Math.max(patienceMin, patiencePerOperation * model.operations);
  let patience = patienceFirst;
  const pool: Pool = { capacity: firstPoolSize(model), elites: [] };
  const goal = graph.keepsTails ? bound.makespan : goalFrom(model, bound);
  let reported: Elite | null = null;
  const report = (better: Elite): void => {
    if (reported !== null && compareElites(better, reported) >= 0) return;
    reported = better;
    onImprovement?.(figuresOf(model, better));
  };
  let best = bestStart(model, graph, random, shouldStop, (better) => report(better));
  let start = sequenceOf(best);
  let iterations = 0;
  let barren = 0;
  const isOver = (): boolean =>
    shouldStop() ||
    iterations >= iterationsMax ||
    valueOfElite(model, best, graph.keepsTails) <= goal;
  while (!isOver()) {
    loadGraph(graph, start.order, start.choice);
    const left = iterationsMax - iterations;
    const onRecord = (): void => report(eliteFigures(graph));
    const limits = { patience, goal, shouldStop, iterationsMax: left, onRecord };
    iterations += graph.keepsTails || graph.isSwept ? runTabu(tabu, limits) : runWalk(tabu, limits);
    restoreBest(tabu);
    const own = eliteOf(graph);
    const isWelcome = admit(model, pool, own);
    barren = isWelcome ? 0 : barren + 1;
    const others = exchange?.(own);
    if (others) admit(model, pool, others);
    const leader = pool.elites[0] ?? own;
    if (compareElites(leader, best) < 0) {
      best = leader;
    }
    if (barren > barrenPerPlace * pool.capacity) {
      renew(model, pool, best);
      patience = Math.min(2 * patience, patienceTimesMax * patienceFirst);
      barren = 0;
    }
    start = nextStart(model, pool, random, shouldStop);
  }
  return { best, iterations };
}

export interface SearchOptions extends SolveOptions {
  bound: Bound;
}

/** The value the tabu search works on, see valueOf in tabu.ts. */
function valueOfElite(model: Model, elite: Elite, isEstimated: boolean): number {
  return isEstimated
    ? eliteFigure(elite, 0)
    : packed(model, (goal) => eliteFigure(elite, model.goals.indexOf(goal)));
}

function figuresOf({ goals }: Model, elite: Elite): Figures {
  return Object.fromEntries(goals.map((goal, k) => [goal, eliteFigure(elite, k)]));
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

function nextStart(
  model: Model,
  { elites, capacity }: Pool,
  random: Random,
  shouldStop: () => boolean,
): Sequence {
  const one = random.below(Math.max(1, elites.length));
  const two = (one + 1 + random.below(Math.max(1, elites.length - 1))) % elites.length;
  const a = elites[one];
  const b = elites[two];
  if (elites.length < capacity || a === undefined || b === undefined || one === two)
    return dispatch(model, { rule: "random", slack: random.unit(), random, shouldStop });
  return mix(model, a, b, 0.3 + 0.4 * random.unit(), random);
}

/**
 * The longer the queues, the earlier a due date must be seen; how long they get is known only when
 * the schedule stands, so several are tried.
 */
const lookAheads = [2, 8, 32, 128];

/** The previous plan, if there is one and nothing was dispatched that is better; and all rules. */
function bestStart(
  model: Model,
  graph: Graph,
  random: Random,
  shouldStop: () => boolean,
  onBetter: (better: Elite) => void,
): Elite {
  let best: Elite | null = null;
  const consider = ({ order, choice }: Sequence): void => {
    loadGraph(graph, order, choice);
    const elite = eliteOf(graph);
    if (best !== null && compareElites(elite, best) >= 0) return;
    best = elite;
    onBetter(elite);
  };
  const previous = previousSequence(model);
  if (previous) consider(previous);
  for (const rule of rulesFor(model)) {
    if (best !== null && shouldStop()) break;
    const isByDue = rule.startsWith("apparent_tardiness_cost");
    for (const lookAhead of isByDue ? lookAheads : [2]) {
      if (best !== null && shouldStop()) break;
      consider(dispatch(model, { rule, slack: 0, lookAhead, random, shouldStop }));
    }
  }
  return best ?? eliteOf(graph);
}
