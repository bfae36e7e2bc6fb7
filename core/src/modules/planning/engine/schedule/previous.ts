import { at } from "./at.ts";
import type { Sequence } from "./dispatch.ts";
import type { Model } from "./model.ts";
import type { Operation } from "./problem.ts";
import { isTicks } from "./ticks.ts";

/** Its place in the previous plan, if it is one. */
export function previousOf({ previous }: Operation): Operation["previous"] {
  const isPlace = [previous?.machine, previous?.start].every(
    (value) => value !== undefined && isTicks(value),
  );
  return isPlace ? previous : undefined;
}

/**
 * The previous plan as a sequence for today's operations: by their old starts on their old machines.
 * New operations go in behind what they follow, on the machine that is fastest. Null without a
 * previous plan.
 */
export function previousSequence(model: Model): Sequence | null {
  const { operations, previousMachine, previousStart } = model;
  if (!previousMachine.some((machine) => machine >= 0)) return null;
  const key = new Float64Array(operations);
  const order = topological(model);
  for (const i of order) {
    key[i] = at(previousMachine, i) < 0 ? at(model.release, i) : at(previousStart, i);
    for (const p of predecessors(model, i)) key[i] = Math.max(key[i] ?? 0, key[p] ?? 0);
  }
  const place = new Int32Array(operations);
  order.forEach((i, k) => {
    place[i] = k;
  });
  // Keys never fall along a precedence; where they are equal the topological place decides.
  const sorted = order.toSorted(
    (a, b) => (key[a] ?? 0) - (key[b] ?? 0) || at(place, a) - at(place, b),
  );
  return {
    order: sorted,
    choice: Int32Array.from({ length: operations }, (_, i) => rowOf(model, i)),
  };
}

function topological(model: Model): Int32Array {
  const { operations, jobSucc, joins } = model;
  const waitsFor = new Int32Array(operations);
  const order = new Int32Array(operations);
  let count = 0;
  for (let i = 0; i < operations; i += 1) {
    waitsFor[i] = predecessors(model, i).length;
    if (at(waitsFor, i) > 0) continue;
    order[count] = i;
    count += 1;
  }
  const reach = (s: number): void => {
    waitsFor[s] = at(waitsFor, s) - 1;
    if (at(waitsFor, s) > 0) return;
    order[count] = s;
    count += 1;
  };
  for (let k = 0; k < count; k += 1) {
    const i = at(order, k);
    if (at(jobSucc, i) !== operations) reach(at(jobSucc, i));
    joins.succs.subarray(at(joins.succStart, i), at(joins.succStart, i + 1)).forEach(reach);
  }
  return order;
}

function predecessors({ operations, jobPred, joins }: Model, i: number): number[] {
  const all = [...joins.preds.subarray(at(joins.predStart, i), at(joins.predStart, i + 1))];
  return at(jobPred, i) === operations ? all : [at(jobPred, i), ...all];
}

/** The old machine if it is still allowed, else the fastest. */
function rowOf(
  { choiceStart, choiceMachine, choiceTime, previousMachine }: Model,
  i: number,
): number {
  let fastest = at(choiceStart, i);
  for (let row = fastest; row < at(choiceStart, i + 1); row += 1) {
    if (at(choiceMachine, row) === at(previousMachine, i)) return row;
    if (at(choiceTime, row) < at(choiceTime, fastest)) fastest = row;
  }
  return fastest;
}
