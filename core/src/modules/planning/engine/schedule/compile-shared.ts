import { at } from "./at.ts";
import type { Joins, Resources } from "./model.ts";
import { needsOf } from "./needs.ts";
import type { Assignment, Problem } from "./problem.ts";

/** What operations share beyond machines and chains: further precedence and resources. */

export function noJoins(nodes: number): Joins {
  return compileJoins([], nodes);
}

export function noResources(nodes: number): Resources {
  return {
    needStart: new Int32Array(nodes + 1),
    needResource: new Int32Array(0),
    needAmount: new Int32Array(0),
    free: [],
  };
}

export function compileJoins(arcs: { from: number; to: number }[], nodes: number): Joins {
  const joins: Joins = {
    predStart: new Int32Array(nodes + 1),
    preds: new Int32Array(arcs.length),
    succStart: new Int32Array(nodes + 1),
    succs: new Int32Array(arcs.length),
  };
  arcs
    .toSorted((a, b) => a.to - b.to)
    .forEach(({ from, to }, k) => {
      joins.preds[k] = from;
      joins.predStart[to + 1] = k + 1;
    });
  arcs
    .toSorted((a, b) => a.from - b.from)
    .forEach(({ from, to }, k) => {
      joins.succs[k] = to;
      joins.succStart[from + 1] = k + 1;
    });
  for (let i = 1; i <= nodes; i += 1) {
    joins.predStart[i] = Math.max(at(joins.predStart, i), at(joins.predStart, i - 1));
    joins.succStart[i] = Math.max(at(joins.succStart, i), at(joins.succStart, i - 1));
  }
  return joins;
}

/**
 * Needs of the planned operations. A resource that is enough for everybody at once is left out;
 * units that a frozen operation uses become free at its end (before its start they are not lent).
 */
export function compileResources(
  problem: Problem,
  planned: number[],
  frozen: Map<number, Assignment>,
): Resources {
  const asked = problem.resources ?? [];
  const total = new Float64Array(asked.length);
  for (const index of [...planned, ...frozen.keys()])
    for (const { resource, amount } of needsAt(problem, index))
      total[resource] = (total[resource] ?? 0) + amount;
  const isScarce = asked.map(({ capacity }, r) => (total[r] ?? 0) > capacity);
  const rows = planned.map((index) =>
    needsAt(problem, index).filter(({ resource }) => isScarce[resource] === true),
  );
  const all = rows.flat();
  const needStart = new Int32Array(planned.length + 1);
  rows.forEach((row, node) => {
    needStart[node + 1] = at(needStart, node) + row.length;
  });
  return {
    needStart,
    needResource: Int32Array.from(all, ({ resource }) => resource),
    needAmount: Int32Array.from(all, ({ amount }) => amount),
    free: asked.map(({ capacity }, r) =>
      isScarce[r] === true ? freeUnits(problem, r, capacity, frozen) : [],
    ),
  };
}

function needsAt(problem: Problem, index: number): { resource: number; amount: number }[] {
  const operation = problem.operations[index];
  return operation ? needsOf(operation) : [];
}

function freeUnits(
  problem: Problem,
  r: number,
  capacity: number,
  frozen: Map<number, Assignment>,
): { at: number; units: number }[] {
  const held = [...frozen.values()]
    .flatMap(({ operation, start, end }) =>
      needsAt(problem, operation)
        .filter(({ resource }) => resource === r)
        .map(({ amount }) => ({ start, end, amount })),
    )
    .sort((a, b) => a.start - b.start);
  let free = [{ at: 0, units: capacity }];
  for (const { start, end, amount } of held) {
    // Units that were free last are taken first, so that as many as possible stay free from 0 on.
    let left = amount;
    for (const group of free.toReversed()) {
      if (group.at > start) continue;
      const taken = Math.min(left, group.units);
      group.units -= taken;
      left -= taken;
    }
    free = [...free.filter(({ units }) => units > 0), { at: end, units: amount }].sort(
      (a, b) => a.at - b.at,
    );
  }
  return free;
}
