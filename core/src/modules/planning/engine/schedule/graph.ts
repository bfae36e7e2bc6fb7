import { at } from "./at.ts";
import type { Model } from "./model.ts";

/**
 * One schedule as a disjunctive graph: the sequence of every machine, its longest paths, and a
 * topological order. `head` = earliest start; `tail` = longest path from an operation's start to
 * the end of the schedule, its own time included; head + tail = makespan on a critical path.
 * All arrays are per node (model.ts).
 */
export interface Graph {
  model: Model;
  /** Chosen row of the alternatives, its machine and its time. */
  choice: Int32Array;
  machine: Int32Array;
  time: Int32Array;
  /** Least ticks from the start of an operation to the start of its job successor. */
  step: Int32Array;
  machinePred: Int32Array;
  machineSucc: Int32Array;
  head: Int32Array;
  tail: Int32Array;
  /** Topological order of the operations and each node's place in it. */
  order: Int32Array;
  position: Int32Array;
  makespan: number;
  /** Weighted tardiness. */
  cost: number;
  /** Off for searches that try moves out instead of estimating them: tails are then left stale. */
  keepsTails: boolean;
  /** Scratch of the window update: marks by stamp, and the nodes put aside. */
  mark: Int32Array;
  aside: Int32Array;
  stamp: number;
}

export function createGraph(model: Model): Graph {
  const { nodes, operations } = model;
  const position = new Int32Array(nodes);
  position.fill(-1, operations + 1);
  position[operations] = operations;
  const machine = new Int32Array(nodes);
  for (let k = 0; k < model.machines; k += 1) machine[operations + 1 + k] = k;
  return {
    model,
    choice: new Int32Array(nodes),
    machine,
    time: new Int32Array(nodes),
    step: new Int32Array(nodes),
    machinePred: new Int32Array(nodes).fill(operations),
    machineSucc: new Int32Array(nodes).fill(operations),
    head: new Int32Array(nodes),
    tail: new Int32Array(nodes),
    order: new Int32Array(operations),
    position,
    makespan: 0,
    cost: 0,
    keepsTails: true,
    mark: new Int32Array(nodes),
    aside: new Int32Array(operations + 1),
    stamp: 0,
  };
}

/**
 * Loads a schedule: `order` lists every operation once, job predecessors first; each machine takes
 * its operations in that order. Any such list is feasible.
 */
export function loadGraph(graph: Graph, order: Int32Array, choice: Int32Array): void {
  const { model, position, machinePred, machineSucc, machine } = graph;
  const n = model.operations;
  const last = new Int32Array(model.machines);
  for (let k = 0; k < model.machines; k += 1) {
    last[k] = n + 1 + k;
    machineSucc[n + 1 + k] = n;
  }
  for (let i = 0; i < n; i += 1) choose(graph, i, at(choice, i));
  for (let place = 0; place < n; place += 1) {
    const i = at(order, place);
    graph.order[place] = i;
    position[i] = place;
    const before = at(last, at(machine, i));
    machinePred[i] = before;
    machineSucc[before] = i;
    machineSucc[i] = n;
    last[at(machine, i)] = i;
  }
  for (let i = 0; i < n; i += 1) setStep(graph, i);
  for (let k = 0; k < model.machines; k += 1) graph.head[n + 1 + k] = at(model.release, n + 1 + k);
  graph.stamp += 1;
  graph.mark.fill(graph.stamp);
  updateHeads(graph, 0, n - 1);
  if (graph.keepsTails) updateTails(graph, n - 1, 0);
}

/** Gives operation `i` the alternative `row`; steps to and from its job neighbours stay as they were. */
function choose(graph: Graph, i: number, row: number): void {
  graph.choice[i] = row;
  graph.machine[i] = at(graph.model.choiceMachine, row);
  graph.time[i] = at(graph.model.choiceTime, row);
}

/**
 * An overlapped successor may start after the first transfer batch, but must not end before the
 * last batch has arrived: start-to-start lag = max(first batch, time + transfer − its own time).
 */
function setStep(graph: Graph, i: number): void {
  const { model, time } = graph;
  const full = at(time, i) + at(model.transfer, i);
  const overlap = at(model.overlapStart, i);
  const succ = at(model.jobSucc, i);
  graph.step[i] =
    overlap < 0 || succ === model.operations
      ? full
      : Math.max(Math.min(overlap + at(model.transfer, i), full), full - at(time, succ));
}

/** Setup on the arc between two nodes that follow each other on the machine of the first. */
export function setupBetween(graph: Graph, from: number, to: number): number {
  const { model } = graph;
  return at(
    model.setup,
    at(model.setupOffset, at(graph.machine, from)) +
      at(model.family, from) * model.families +
      at(model.family, to),
  );
}

/**
 * Takes operation `u` out of its machine and puts it behind node `x` (an operation or a machine's
 * start; not u) with the alternative `row`, then brings order, heads, tails and makespan up to
 * date. Returns false, with the graph unchanged, if that would close a cycle.
 *
 * Only the window of the topological order between the old and the new place is re-ordered, and
 * longest paths are recomputed from its edges outwards until nothing changes any more.
 * @source Pearce, Kelly, "A dynamic topological sort algorithm", ACM JEA 11, 2006 (window idea).
 */
export function moveBehind(graph: Graph, u: number, row: number, x: number): boolean {
  const { machinePred, machineSucc, position, model } = graph;
  const n = model.operations;
  const oldPred = at(machinePred, u);
  const oldSucc = at(machineSucc, u);
  const oldRow = at(graph.choice, u);
  const atU = at(position, u);
  machineSucc[oldPred] = oldSucc;
  machinePred[oldSucc] = oldPred;
  const y = at(machineSucc, x);
  link(graph, x, u, y);
  const atX = at(position, x);
  const atY = at(position, y);
  const isFeasible =
    atX > atU ? orderBehind(graph, u, x) : atY < atU ? orderBefore(graph, u, y) : true;
  if (!isFeasible) {
    machineSucc[x] = y;
    machinePred[y] = x;
    link(graph, oldPred, u, oldSucc);
    return false;
  }
  let jobPred = n;
  let jobSucc = n;
  if (row !== oldRow) {
    choose(graph, u, row);
    setStep(graph, u);
    jobSucc = at(model.jobSucc, u);
    jobPred = at(model.jobPred, u);
    if (jobPred !== n) setStep(graph, jobPred);
  }
  updateHeadsOf(graph, u, oldSucc, y, jobSucc);
  if (graph.keepsTails) updateTailsOf(graph, u, oldPred, x, jobPred);
  return true;
}

/** Heads from u and up to three more nodes with a changed predecessor (n: none) on. */
function updateHeadsOf(graph: Graph, u: number, a: number, b: number, c: number): void {
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
  updateHeads(graph, low, high);
}

/** Tails from u and up to three more nodes with a changed successor (n, or a start: none) down. */
function updateTailsOf(graph: Graph, u: number, a: number, b: number, c: number): void {
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
  updateTails(graph, high, low);
}

function link(graph: Graph, before: number, u: number, after: number): void {
  graph.machinePred[u] = before;
  graph.machineSucc[u] = after;
  graph.machineSucc[before] = u;
  graph.machinePred[after] = u;
}

function markFour(graph: Graph, u: number, a: number, b: number, c: number): void {
  const { mark } = graph;
  const stamp = ++graph.stamp;
  mark[u] = stamp;
  mark[a] = stamp;
  mark[b] = stamp;
  mark[c] = stamp;
}

/** u stands left of its new machine predecessor x: move u and what depends on it behind x. */
function orderBehind(graph: Graph, u: number, x: number): boolean {
  const { order, position, mark, aside, machinePred } = graph;
  const { jobPred } = graph.model;
  const from = at(position, u);
  const to = at(position, x);
  const stamp = ++graph.stamp;
  mark[u] = stamp;
  let count = 1;
  aside[0] = u;
  for (let k = from + 1; k <= to; k += 1) {
    const i = at(order, k);
    if (at(mark, at(jobPred, i)) === stamp || at(mark, at(machinePred, i)) === stamp) {
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
function orderBefore(graph: Graph, u: number, y: number): boolean {
  const { order, position, mark, aside, machineSucc } = graph;
  const { jobSucc } = graph.model;
  const from = at(position, u);
  const to = at(position, y);
  const stamp = ++graph.stamp;
  mark[u] = stamp;
  let count = 1;
  aside[0] = u;
  for (let k = from - 1; k >= to; k -= 1) {
    const i = at(order, k);
    if (at(mark, at(jobSucc, i)) === stamp || at(mark, at(machineSucc, i)) === stamp) {
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
  let makespan = 0;
  for (let k = 0; k < model.lastOfJob.length; k += 1) {
    const i = at(model.lastOfJob, k);
    const end = at(head, i) + at(step, i);
    if (end > makespan) makespan = end;
  }
  graph.makespan = makespan;
  if (model.dueNodes.length > 0) graph.cost = weightedTardiness(graph);
}

function weightedTardiness({ model, head, time }: Graph): number {
  const { dueNodes, due, weight, transfer } = model;
  let cost = 0;
  for (let k = 0; k < dueNodes.length; k += 1) {
    const i = at(dueNodes, k);
    const late = at(head, i) + at(time, i) + at(transfer, i) - at(due, i);
    if (late > 0) cost += late * at(weight, i);
  }
  return cost;
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
