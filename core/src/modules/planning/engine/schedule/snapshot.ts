import type { Graph } from "./graph.ts";

/** A copy of all that a move changes, to take moves back by copying. */
export interface Snapshot {
  arrays: { from: Int32Array; copy: Int32Array }[];
  makespan: number;
  cost: number;
  setup: number;
  change: number;
}

export function createSnapshot(graph: Graph): Snapshot {
  const { model } = graph;
  const changing = [graph.order, graph.position, graph.machinePred, graph.machineSucc, graph.head];
  if (graph.keepsTails) changing.push(graph.tail);
  if (model.isPlaced) changing.push(graph.end);
  if (model.hasResources) changing.push(graph.heldBy);
  if (model.isFlexible) changing.push(graph.choice, graph.machine, graph.time, graph.step);
  const arrays = changing.map((from) => ({ from, copy: new Int32Array(from.length) }));
  return { arrays, makespan: 0, cost: 0, setup: 0, change: 0 };
}

export function save(graph: Graph, snapshot: Snapshot): void {
  for (const { from, copy } of snapshot.arrays) copy.set(from);
  snapshot.makespan = graph.makespan;
  snapshot.cost = graph.cost;
  snapshot.setup = graph.setup;
  snapshot.change = graph.change;
}

export function restore(graph: Graph, snapshot: Snapshot): void {
  for (const { from, copy } of snapshot.arrays) from.set(copy);
  graph.makespan = snapshot.makespan;
  graph.cost = snapshot.cost;
  graph.setup = snapshot.setup;
  graph.change = snapshot.change;
}
