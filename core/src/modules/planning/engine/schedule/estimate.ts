import { at } from "./at.ts";
import type { Graph } from "./graph.ts";
import { setupBetween } from "./timing.ts";

/**
 * Estimates of the makespan after a move, without making it: longest paths are recomputed over the
 * moved segment only, from heads and tails outside it that are taken as unchanged.
 * @source Balas, Vazacopoulos, "Guided local search with shifting bottleneck for job shop
 * scheduling", Management Science 44(2), 1998, section 3; Taillard 1994 for the idea.
 */

/** Heads of a segment on their way to the tail pass; grows with the longest machine sequence. */
export interface Segment {
  nodes: Int32Array;
  heads: Int32Array;
}

export function createSegment(operations: number): Segment {
  return { nodes: new Int32Array(operations + 1), heads: new Int32Array(operations + 1) };
}

/**
 * Longest path through the segment when `u` moves right behind `v`, which stands right of it on the
 * same machine. Gives up and returns a value above `limit` as soon as that is certain.
 */
export function estimateBehind(
  graph: Graph,
  segment: Segment,
  u: number,
  v: number,
  limit: number,
): number {
  const { head, tail, time, step, machinePred, machineSucc, model } = graph;
  const { jobPred, jobSucc, release, hasSetups } = model;
  const { nodes, heads } = segment;
  let before = at(machinePred, u);
  let free = at(head, before) + at(time, before);
  let count = 0;
  let i = at(machineSucc, u);
  for (;;) {
    const j = at(jobPred, i);
    let value = hasSetups ? free + setupBetween(graph, before, i) : free;
    const byJob = at(head, j) + at(step, j);
    if (byJob > value) value = byJob;
    if (at(release, i) > value) value = at(release, i);
    nodes[count] = i;
    heads[count] = value;
    count += 1;
    free = value + at(time, i);
    before = i;
    if (i === v) break;
    i = at(machineSucc, i);
  }
  const j = at(jobPred, u);
  let headU = hasSetups ? free + setupBetween(graph, v, u) : free;
  const byJob = at(head, j) + at(step, j);
  if (byJob > headU) headU = byJob;
  if (at(release, u) > headU) headU = at(release, u);
  let rest = tailBefore(graph, u, at(machineSucc, v));
  let longest = headU + rest;
  let next = u;
  for (let k = count - 1; k >= 0 && longest <= limit; k -= 1) {
    i = at(nodes, k);
    let value = at(time, i) + rest;
    if (hasSetups) value += setupBetween(graph, i, next);
    const byJobI = at(step, i) + at(tail, at(jobSucc, i));
    rest = byJobI > value ? byJobI : value;
    const through = at(heads, k) + rest;
    if (through > longest) longest = through;
    next = i;
  }
  return longest;
}

/** Mirror image: `u` moves right before `v`, which stands left of it on the same machine. */
export function estimateBefore(
  graph: Graph,
  segment: Segment,
  u: number,
  v: number,
  limit: number,
): number {
  const { head, tail, time, step, machinePred, machineSucc, model } = graph;
  const { jobPred, jobSucc, release, hasSetups } = model;
  const { nodes, heads: tails } = segment;
  let after = at(machineSucc, u);
  let rest = at(tail, after);
  let count = 0;
  let i = at(machinePred, u);
  for (;;) {
    let value = at(time, i) + rest;
    if (hasSetups) value += setupBetween(graph, i, after);
    const byJob = at(step, i) + at(tail, at(jobSucc, i));
    if (byJob > value) value = byJob;
    nodes[count] = i;
    tails[count] = value;
    count += 1;
    rest = value;
    after = i;
    if (i === v) break;
    i = at(machinePred, i);
  }
  const byJobU = at(step, u) + at(tail, at(jobSucc, u));
  let tailU = at(time, u) + rest;
  if (hasSetups) tailU += setupBetween(graph, u, v);
  if (byJobU > tailU) tailU = byJobU;
  let free = headBehind(graph, at(machinePred, v), u);
  let longest = free + tailU;
  let last = u;
  free += at(time, u);
  for (let k = count - 1; k >= 0 && longest <= limit; k -= 1) {
    i = at(nodes, k);
    let value = hasSetups ? free + setupBetween(graph, last, i) : free;
    const j = at(jobPred, i);
    const byJobI = at(head, j) + at(step, j);
    if (byJobI > value) value = byJobI;
    if (at(release, i) > value) value = at(release, i);
    const through = value + at(tails, k);
    if (through > longest) longest = through;
    free = value + at(time, i);
    last = i;
  }
  return longest;
}

/**
 * A lower bound of `estimateBehind` in constant time: what lies between u and v comes forward by no more
 * than the first of it does, and u waits for all of it. Most moves are given up by it, which makes a
 * quarter more of them per second.
 *
 * Inside a critical block (its ends excepted), and without setups, it does not fall as v moves away from u.
 */
export function leastBehind(graph: Graph, u: number, v: number): number {
  const { head, time, machinePred, machineSucc, model } = graph;
  const first = at(machineSucc, u);
  const gain = at(head, first) - headBehind(graph, at(machinePred, u), first);
  let headU = at(head, v) + at(time, v);
  if (gain > 0) headU -= gain;
  if (model.hasSetups) headU += setupBetween(graph, v, u);
  return headU + tailBefore(graph, u, at(machineSucc, v));
}

/** Mirror image: a lower bound of `estimateBefore`. */
export function leastBefore(graph: Graph, u: number, v: number): number {
  const { tail, time, machinePred, machineSucc, model } = graph;
  const last = at(machinePred, u);
  const gain = at(tail, last) - tailBefore(graph, last, at(machineSucc, u));
  let tailU = at(time, u) + at(tail, v);
  if (gain > 0) tailU -= gain;
  if (model.hasSetups) tailU += setupBetween(graph, u, v);
  return headBehind(graph, at(machinePred, v), u) + tailU;
}

/** Head of `i` if `before` were the one before it on the machine. */
function headBehind(graph: Graph, before: number, i: number): number {
  const { head, time, step, model } = graph;
  let value = at(head, before) + at(time, before);
  if (model.hasSetups) value += setupBetween(graph, before, i);
  const j = at(model.jobPred, i);
  const byJob = at(head, j) + at(step, j);
  if (byJob > value) value = byJob;
  const release = at(model.release, i);
  return release > value ? release : value;
}

/** Tail of `i` if `after` were the next one on the machine. */
function tailBefore(graph: Graph, i: number, after: number): number {
  const { tail, time, step, model } = graph;
  let value = at(time, i) + at(tail, after);
  if (model.hasSetups) value += setupBetween(graph, i, after);
  const byJob = at(step, i) + at(tail, at(model.jobSucc, i));
  return byJob > value ? byJob : value;
}
