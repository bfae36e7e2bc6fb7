import { at } from "./at.ts";
import { figureOf } from "./goals.ts";
import type { Graph } from "./graph.ts";
import type { Model } from "./model.ts";
import type { Random } from "./random.ts";
import type { Sequence } from "./dispatch.ts";

/**
 * A good schedule as one flat Int32Array, ready to be copied between threads:
 * `[figures, order (n), choice (n), start (n)]`; figures: the goals in their order, each as two
 * numbers (high bits, low 30 bits), 0 where there are fewer than four.
 */
export type Elite = Int32Array;

/** Numbers in front of the arrays: two per goal. */
const front = 8;

/** Length of an elite; for those who provide the memory to pass it on. */
export function eliteLength(operations: number): number {
  return front + 3 * operations;
}

export function eliteOf(graph: Graph): Elite {
  const n = graph.model.operations;
  const elite = new Int32Array(front + 3 * n);
  elite.set(eliteFigures(graph));
  elite.set(graph.order, front);
  elite.set(graph.choice.subarray(0, n), front + n);
  elite.set(graph.head.subarray(0, n), front + 2 * n);
  return elite;
}

/** The figures alone: enough to compare it with elites. */
export function eliteFigures(graph: Graph): Int32Array {
  const figures = new Int32Array(front);
  graph.model.goals.forEach((goal, k) => {
    const figure = figureOf(graph, goal);
    figures[2 * k] = Math.floor(figure / 2 ** 30);
    figures[2 * k + 1] = figure % 2 ** 30;
  });
  return figures;
}

/** The figure of the goal at place `k` of the model's goals. */
export function eliteFigure(elite: Elite, k: number): number {
  return at(elite, 2 * k) * 2 ** 30 + at(elite, 2 * k + 1);
}

/** Negative when `a` is the better one, by the goals in their order. */
export function compareElites(a: Elite, b: Elite): number {
  for (let k = 0; k < front; k += 1) if (at(a, k) !== at(b, k)) return at(a, k) - at(b, k);
  return 0;
}

export function sequenceOf(elite: Elite): Sequence {
  const n = (elite.length - front) / 3;
  return {
    order: elite.subarray(front, front + n),
    choice: elite.subarray(front + n, front + 2 * n),
  };
}

/** A bounded set of good schedules, best first, no two of them alike. */
export interface Pool {
  capacity: number;
  elites: Elite[];
}

/**
 * Two schedules are alike when fewer of their operations than this share have another predecessor
 * on the machine: mixtures of such two lead back to where they came from.
 */
const alikeBelow = 0.1;

/**
 * Takes the elite in and returns true, unless it is worse than all of a full pool, or than one that
 * is like it. It replaces the ones that are like it, else the worst.
 */
export function admit(model: Model, pool: Pool, elite: Elite): boolean {
  const { elites, capacity } = pool;
  const preds = machinePreds(model, elite);
  const isAlike = (other: Elite): boolean => {
    const others = machinePreds(model, other);
    let different = 0;
    for (let i = 0; i < preds.length; i += 1) if (at(preds, i) !== at(others, i)) different += 1;
    return different < alikeBelow * preds.length;
  };
  const alike = elites.filter(isAlike);
  if (alike.some((other) => compareElites(other, elite) <= 0)) return false;
  const kept = elites.filter((other) => !alike.includes(other));
  const worst = kept.at(-1);
  if (kept.length >= capacity && worst && compareElites(elite, worst) >= 0) return false;
  const place = kept.findIndex((other) => compareElites(other, elite) > 0);
  kept.splice(place < 0 ? kept.length : place, 0, elite);
  pool.elites = kept.slice(0, capacity);
  return true;
}

function machinePreds(model: Model, elite: Elite): Int32Array {
  const { order, choice } = sequenceOf(elite);
  const last = new Int32Array(model.machines).fill(-1);
  const preds = new Int32Array(order.length);
  for (const i of order) {
    const machine = at(model.choiceMachine, at(choice, i));
    preds[i] = at(last, machine);
    last[machine] = i;
  }
  return preds;
}

/**
 * A schedule between two others: operations in the order of `weight · start in a + (1 − weight) ·
 * start in b`, each on its machine in one of the two. Both starts respect every precedence, so any
 * convex mix does; pairs the parents order alike stay so. It is a point on the path that path
 * relinking walks swap by swap, reached at once and never infeasible.
 * @source the role of the path: Peng, Lü, Cheng, "A tabu search/path relinking algorithm to solve
 * the job shop scheduling problem", Computers & OR 53, 2015.
 */
export function mix(model: Model, a: Elite, b: Elite, weight: number, random: Random): Sequence {
  const n = model.operations;
  const key = new Float64Array(n);
  const place = new Int32Array(n);
  const choice = new Int32Array(n);
  for (let k = 0; k < n; k += 1) place[at(a, front + k)] = k;
  for (let i = 0; i < n; i += 1) {
    key[i] = weight * at(a, front + 2 * n + i) + (1 - weight) * at(b, front + 2 * n + i);
    choice[i] = at(random.unit() < weight ? a : b, front + n + i);
  }
  const order = Int32Array.from({ length: n }, (_, i) => i);
  // Equal keys (0-length operations) fall back to a's own order, which is topological too.
  order.sort((i, j) => (key[i] ?? 0) - (key[j] ?? 0) || at(place, i) - at(place, j));
  return { order, choice };
}
