import { at } from "./at.ts";
import type { Graph } from "./graph.ts";
import { arrivalByMachine, arrivalFrom } from "./timing.ts";
import type { Random } from "./random.ts";

/**
 * One longest path, cut into blocks: runs of operations that follow each other on one machine.
 * Block b is `nodes[blockStart[b]] … nodes[blockStart[b+1]-1]`.
 */
export interface CriticalPath {
  length: number;
  nodes: Int32Array;
  blocks: number;
  blockStart: Int32Array;
  /** Operations of the path that waited for a resource, and who held it until then. */
  waits: number;
  waiting: Int32Array;
  holding: Int32Array;
}

export function createCriticalPath(operations: number): CriticalPath {
  return {
    length: 0,
    nodes: new Int32Array(operations),
    blocks: 0,
    blockStart: new Int32Array(operations + 1),
    waits: 0,
    waiting: new Int32Array(operations),
    holding: new Int32Array(operations),
  };
}

/**
 * The longest path to operation `target`, or to the end of the schedule (`operations`). Where several
 * paths are longest, each step backwards takes one by lot.
 */
export function findCriticalPath(
  graph: Graph,
  path: CriticalPath,
  target: number,
  random: Random,
): void {
  const { head, time, step, machinePred, heldBy, model } = graph;
  const { jobPred, release, operations, isPlaced, hasSetups, hasJoins, hasResources } = model;
  const { nodes, blockStart } = path;
  // Written from the back; turned round below.
  let length = 0;
  let blocks = 0;
  blockStart[0] = 0;
  path.waits = 0;
  let i = target === operations ? anyLast(graph, random) : target;
  while (i < operations) {
    nodes[length] = i;
    length += 1;
    const holder = hasResources ? at(heldBy, i) : operations;
    if (holder < operations) {
      path.waiting[path.waits] = i;
      path.holding[path.waits] = holder;
      path.waits += 1;
      blocks += 1;
      blockStart[blocks] = length;
      i = holder;
      continue;
    }
    // Where starts are sums of times they are added up here: a twelfth of the moves per second.
    const p = hasJoins ? lastPredecessor(graph, i) : at(jobPred, i);
    const m = at(machinePred, i);
    let byJob = -1;
    if (p !== operations) byJob = isPlaced ? arrivalFrom(graph, p) : at(head, p) + at(step, p);
    let byMachine = -1;
    if (m < operations)
      byMachine = isPlaced || hasSetups ? arrivalByMachine(graph, i) : at(head, m) + at(time, m);
    // What arrives last decides, unless the release does. Under a calendar the start may be later.
    const latest = Math.max(byJob, byMachine, at(release, i));
    const isJobCritical = p !== operations && byJob === latest;
    const isMachineCritical = m < operations && byMachine === latest;
    if (isMachineCritical && (!isJobCritical || random.below(2) === 0)) {
      i = m;
      continue;
    }
    blocks += 1;
    blockStart[blocks] = length;
    i = isJobCritical ? p : operations;
  }
  path.length = length;
  path.blocks = blocks;
  turnRound(path);
}

/** Operations, and cuts, counted from the back become those counted from the front. */
function turnRound({ nodes, length, blocks, blockStart }: CriticalPath): void {
  for (let a = 0, z = length - 1; a < z; a += 1, z -= 1) {
    const swapped = at(nodes, a);
    nodes[a] = at(nodes, z);
    nodes[z] = swapped;
  }
  for (let b = 0, e = blocks; b <= e; b += 1, e -= 1) {
    const cut = length - at(blockStart, b);
    blockStart[b] = length - at(blockStart, e);
    blockStart[e] = cut;
  }
}

/** Of the operations that `i` follows, the one whose product arrives last; the end when there is none. */
function lastPredecessor(graph: Graph, i: number): number {
  const { jobPred, joins } = graph.model;
  let last = at(jobPred, i);
  let latest = last === graph.model.operations ? -1 : arrivalFrom(graph, last);
  for (let k = at(joins.predStart, i); k < at(joins.predStart, i + 1); k += 1) {
    const arrival = arrivalFrom(graph, at(joins.preds, k));
    if (arrival <= latest) continue;
    latest = arrival;
    last = at(joins.preds, k);
  }
  return last;
}

/** One of the operations that end last. */
function anyLast({ head, time, end, makespan, model }: Graph, random: Random): number {
  const { lastOfJob, operations, transfer, isPlaced } = model;
  let found = operations;
  let ties = 0;
  for (let k = 0; k < lastOfJob.length; k += 1) {
    const last = at(lastOfJob, k);
    const done = isPlaced ? at(end, last) : at(head, last) + at(time, last);
    if (done + at(transfer, last) !== makespan) continue;
    ties += 1;
    if (ties === 1 || random.below(ties) === 0) found = last;
  }
  return found;
}
