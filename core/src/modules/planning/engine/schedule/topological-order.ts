import { at } from "./at.ts";
import type { Graph } from "./graph.ts";

/** u stands left of its new machine predecessor x: move u and what depends on it behind x. */
export function orderBehind(graph: Graph, u: number, x: number): boolean {
  const { order, position, mark, aside, machinePred } = graph;
  const { jobPred, hasJoins, joins } = graph.model;
  const from = at(position, u);
  const to = at(position, x);
  const stamp = ++graph.stamp;
  mark[u] = stamp;
  let count = 1;
  aside[0] = u;
  for (let k = from + 1; k <= to; k += 1) {
    const i = at(order, k);
    const isBehind =
      at(mark, at(jobPred, i)) === stamp ||
      at(mark, at(machinePred, i)) === stamp ||
      (hasJoins &&
        isAnyMarked(graph, joins.preds, at(joins.predStart, i), at(joins.predStart, i + 1)));
    if (isBehind) {
      if (i === x) return false;
      mark[i] = stamp;
      aside[count] = i;
      count += 1;
    }
  }
  let place = from;
  for (let k = from + 1; k <= to; k += 1) {
    const i = at(order, k);
    if (at(mark, i) !== stamp) {
      order[place] = i;
      position[i] = place;
      place += 1;
    }
  }
  for (let k = 0; k < count; k += 1) {
    const i = at(aside, k);
    order[place] = i;
    position[i] = place;
    place += 1;
  }
  return true;
}

/** u stands right of its new machine successor y: move u and what it depends on before y. */
export function orderBefore(graph: Graph, u: number, y: number): boolean {
  const { order, position, mark, aside, machineSucc } = graph;
  const { jobSucc, hasJoins, joins } = graph.model;
  const from = at(position, u);
  const to = at(position, y);
  const stamp = ++graph.stamp;
  mark[u] = stamp;
  let count = 1;
  aside[0] = u;
  for (let k = from - 1; k >= to; k -= 1) {
    const i = at(order, k);
    const isBefore =
      at(mark, at(jobSucc, i)) === stamp ||
      at(mark, at(machineSucc, i)) === stamp ||
      (hasJoins &&
        isAnyMarked(graph, joins.succs, at(joins.succStart, i), at(joins.succStart, i + 1)));
    if (isBefore) {
      if (i === y) return false;
      mark[i] = stamp;
      aside[count] = i;
      count += 1;
    }
  }
  let place = from;
  for (let k = from - 1; k >= to; k -= 1) {
    const i = at(order, k);
    if (at(mark, i) !== stamp) {
      order[place] = i;
      position[i] = place;
      place -= 1;
    }
  }
  for (let k = 0; k < count; k += 1) {
    const i = at(aside, k);
    order[place] = i;
    position[i] = place;
    place -= 1;
  }
  return true;
}

function isAnyMarked({ mark, stamp }: Graph, nodes: Int32Array, from: number, to: number): boolean {
  for (let k = from; k < to; k += 1) if (at(mark, at(nodes, k)) === stamp) return true;
  return false;
}
