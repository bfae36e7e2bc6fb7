import { at } from "./at.ts";
import type { Graph } from "./graph.ts";
import { costOfEnd, place, setupBetween, updateFigures } from "./timing.ts";
import { resetUnits } from "./units.ts";

/** Everything, from the topological order and the machines' sequences. */
export function updateAll(graph: Graph): void {
  const { mark, model } = graph;
  const last = model.operations - 1;
  graph.stamp += 1;
  mark.fill(graph.stamp);
  if (model.isPlaced) updateStarts(graph, 0, last);
  else updateHeads(graph, 0, last);
  if (graph.keepsTails) updateTails(graph, last, 0);
}

/** Heads from u and up to three more nodes with a changed predecessor (n: none) on. */
export function updateHeadsOf(graph: Graph, u: number, a: number, b: number, c: number): void {
  const { position } = graph;
  const n = graph.model.operations;
  markFour(graph, u, a, b, c);
  let low = at(position, u);
  let high = low;
  const atA = at(position, a);
  if (atA < low) low = atA;
  else if (atA > high && atA < n) high = atA;
  const atB = at(position, b);
  if (atB < low) low = atB;
  else if (atB > high && atB < n) high = atB;
  const atC = at(position, c);
  if (atC > high && atC < n) high = atC;
  if (graph.model.isPlaced) updateStarts(graph, low, high);
  else if (!graph.isSwept) updateHeads(graph, low, high);
  else if (graph.model.hasSetups || graph.model.hasReleases) sweepHeadsOfAll(graph, low);
  else sweepHeads(graph, low);
}

/** Tails from u and up to three more nodes with a changed successor (n, or a start: none) down. */
export function updateTailsOf(graph: Graph, u: number, a: number, b: number, c: number): void {
  const { position } = graph;
  const n = graph.model.operations;
  markFour(graph, u, a, b, c);
  let high = at(position, u);
  let low = high;
  const atA = at(position, a);
  if (atA > high) high = atA;
  else if (atA < low && atA >= 0) low = atA;
  const atB = at(position, b);
  if (atB > high) high = atB;
  else if (atB < low && atB >= 0) low = atB;
  const atC = at(position, c);
  if (c !== n && atC < low) low = atC;
  if (!graph.isSwept) updateTails(graph, high, low);
  else if (graph.model.hasSetups) sweepTailsWithSetups(graph, high);
  else sweepTails(graph, high);
}

function markFour(graph: Graph, u: number, a: number, b: number, c: number): void {
  const { mark } = graph;
  const stamp = ++graph.stamp;
  mark[u] = stamp;
  mark[a] = stamp;
  mark[b] = stamp;
  mark[c] = stamp;
}

/**
 * Heads from place `low` to the end of the order, where there are neither setups nor releases. Those
 * have a loop of their own: the mere presence of setups in this one costs a sixth of the moves per second,
 * by the registers they take, and releases, which are one more read, a fifteenth.
 */
function sweepHeads(graph: Graph, low: number): void {
  const { order, head, time, step, machinePred, model } = graph;
  const { jobPred, operations } = model;
  for (let k = low; k < operations; k += 1) {
    const i = at(order, k);
    const j = at(jobPred, i);
    const before = at(machinePred, i);
    const byJob = (at(head, j) + at(step, j)) | 0;
    const byMachine = (at(head, before) + at(time, before)) | 0;
    head[i] = larger(byJob, byMachine);
  }
  updateFigures(graph);
}

function sweepHeadsOfAll(graph: Graph, low: number): void {
  const { order, head, time, step, machinePred, model } = graph;
  const { jobPred, release, operations } = model;
  for (let k = low; k < operations; k += 1) {
    const i = at(order, k);
    const j = at(jobPred, i);
    const before = at(machinePred, i);
    const byJob = (at(head, j) + at(step, j)) | 0;
    const free = (at(head, before) + at(time, before)) | 0;
    const byMachine = (free + setupBetween(graph, before, i)) | 0;
    head[i] = larger(larger(byJob, byMachine), at(release, i));
  }
  updateFigures(graph);
}

/** Tails from place `high` to the start of the order. */
function sweepTails(graph: Graph, high: number): void {
  const { order, tail, time, step, machineSucc, model } = graph;
  const { jobSucc } = model;
  for (let k = high; k >= 0; k -= 1) {
    const i = at(order, k);
    const byJob = (at(step, i) + at(tail, at(jobSucc, i))) | 0;
    const byMachine = (at(time, i) + at(tail, at(machineSucc, i))) | 0;
    tail[i] = larger(byJob, byMachine);
  }
}

function sweepTailsWithSetups(graph: Graph, high: number): void {
  const { order, tail, time, step, machineSucc, model } = graph;
  const { jobSucc } = model;
  for (let k = high; k >= 0; k -= 1) {
    const i = at(order, k);
    const after = at(machineSucc, i);
    const byJob = (at(step, i) + at(tail, at(jobSucc, i))) | 0;
    const byMachine = (at(time, i) + at(tail, after) + setupBetween(graph, i, after)) | 0;
    tail[i] = larger(byJob, byMachine);
  }
}

/**
 * Heads of the marked nodes, the first at place `low` and the last at `atLeast`, and of all that
 * changes with them. Most of the window is passed over by its missing mark.
 */
function updateHeads(graph: Graph, low: number, atLeast: number): void {
  const { order, position, head, time, step, machinePred, machineSucc, model } = graph;
  const { jobPred, jobSucc, release, hasSetups } = model;
  const n = model.operations;
  const { mark, stamp } = graph;
  let last = atLeast;
  for (let k = low; k <= last; k += 1) {
    const i = at(order, k);
    if (at(mark, i) !== stamp) continue;
    const j = at(jobPred, i);
    const before = at(machinePred, i);
    const byJob = (at(head, j) + at(step, j)) | 0;
    let byMachine = (at(head, before) + at(time, before)) | 0;
    if (hasSetups) byMachine = (byMachine + setupBetween(graph, before, i)) | 0;
    let value = larger(byJob, byMachine);
    if (at(release, i) > value) value = at(release, i);
    if (value !== at(head, i)) {
      head[i] = value;
      // The end stands at place n: behind all of the order.
      const s = at(jobSucc, i);
      mark[s] = stamp;
      const afterJob = at(position, s);
      if (afterJob > last) last = afterJob < n ? afterJob : n - 1;
      const next = at(machineSucc, i);
      mark[next] = stamp;
      const afterMachine = at(position, next);
      if (afterMachine > last) last = afterMachine < n ? afterMachine : n - 1;
    }
  }
  updateFigures(graph);
}

/** updateHeads where starts cannot be added up: under calendars, with joins, with resources. */
function updateStarts(graph: Graph, low: number, atLeast: number): void {
  const { order, position, head, end, machineSucc, mark, stamp, model } = graph;
  const { joins, hasJoins, weight } = model;
  const n = model.operations;
  if (model.hasResources) return placeAll(graph);
  let last = atLeast;
  let added = 0;
  for (let k = low; k <= last; k += 1) {
    const i = at(order, k);
    if (at(mark, i) !== stamp) continue;
    const oldHead = at(head, i);
    const oldEnd = at(end, i);
    place(graph, i);
    if (at(head, i) === oldHead && at(end, i) === oldEnd) continue;
    if (at(weight, i) > 0) {
      added += costOfEnd(model, i, at(end, i)) - costOfEnd(model, i, oldEnd);
      // The marks and the rest of the order stay as they are until the move is taken back.
      if (added > graph.worseningMax) {
        graph.cost = Infinity;
        return;
      }
    }
    const s = at(model.jobSucc, i);
    const next = at(machineSucc, i);
    mark[s] = stamp;
    mark[next] = stamp;
    last = Math.min(
      n - 1,
      Math.max(last, s === n ? 0 : at(position, s), next === n ? 0 : at(position, next)),
    );
    if (hasJoins)
      for (let e = at(joins.succStart, i); e < at(joins.succStart, i + 1); e += 1) {
        const succ = at(joins.succs, e);
        mark[succ] = stamp;
        if (at(position, succ) > last) last = at(position, succ);
      }
  }
  updateFigures(graph);
}

/** Who gets a resource first is decided by the order as a whole, so all of it is placed anew. */
function placeAll(graph: Graph): void {
  resetUnits(graph.units);
  for (let k = 0; k < graph.model.operations; k += 1) place(graph, at(graph.order, k));
  updateFigures(graph);
}

/** Tails from place `high` down; mirror image of updateHeads. */
function updateTails(graph: Graph, high: number, atMost: number): void {
  const { order, position, tail, time, step, machinePred, machineSucc, model } = graph;
  const { jobPred, jobSucc, hasSetups } = model;
  const { mark, stamp } = graph;
  let last = atMost;
  for (let k = high; k >= last; k -= 1) {
    const i = at(order, k);
    if (at(mark, i) !== stamp) continue;
    const after = at(machineSucc, i);
    const byJob = (at(step, i) + at(tail, at(jobSucc, i))) | 0;
    let byMachine = (at(time, i) + at(tail, after)) | 0;
    if (hasSetups) byMachine = (byMachine + setupBetween(graph, i, after)) | 0;
    const value = larger(byJob, byMachine);
    if (value !== at(tail, i)) {
      tail[i] = value;
      // The end stands at place n and a machine's start at -1: neither is in the order.
      const p = at(jobPred, i);
      mark[p] = stamp;
      const beforeJob = at(position, p);
      if (beforeJob < last) last = beforeJob;
      const before = at(machinePred, i);
      mark[before] = stamp;
      const beforeMachine = at(position, before);
      if (beforeMachine < last && beforeMachine >= 0) last = beforeMachine;
    }
  }
}

/** max(a, b) without a branch: which one wins is a coin toss here, and a missed guess costs 15 cycles. */
function larger(a: number, b: number): number {
  const lead = (a - b) | 0;
  return (a - (lead & (lead >> 31))) | 0;
}
