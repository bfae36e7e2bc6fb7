import { at } from "./at.ts";
import { endOfWork, noBreaks, startOfWork, type Calendar } from "./calendar.ts";
import type { Graph } from "./graph.ts";
import type { Model } from "./model.ts";
import { groupFor, occupy } from "./units.ts";

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

/** Setup as it would be on another machine than the one `from` is on. */
export function setupOn(model: Model, machine: number, from: number, to: number): number {
  const { setup, setupOffset, family, families } = model;
  return at(setup, at(setupOffset, machine) + at(family, from) * families + at(family, to));
}

/** Starts and ends `i` as early as all that stands before it in the order allows. */
export function place(graph: Graph, i: number): void {
  const { model, head, end, time, machine } = graph;
  const { hasResources, hasJoins, joins, transfer } = model;
  const calendar = calendarAt(graph, at(machine, i));
  const isSplittable = at(model.splittable, i) === 1;
  let ready = Math.max(at(model.release, i), arrivalByJob(graph, i), arrivalByMachine(graph, i));
  const p = at(model.jobPred, i);
  let arrival = at(model.endsFrom, i);
  if (p !== model.operations) arrival = Math.max(arrival, at(end, p) + at(transfer, p));
  if (hasJoins)
    for (let k = at(joins.predStart, i); k < at(joins.predStart, i + 1); k += 1) {
      const pred = at(joins.preds, k);
      ready = Math.max(ready, arrivalFrom(graph, pred));
      arrival = Math.max(arrival, at(end, pred) + at(transfer, pred));
    }
  if (hasResources) ready = Math.max(ready, arrivalByResources(graph, i, ready));
  let start = startOfWork(calendar, ready, at(time, i), isSplittable);
  let done = endOfWork(calendar, start, at(time, i));
  // An overlapped operation must not end before the last batch has arrived.
  while (done < arrival) {
    start = startOfWork(calendar, start + arrival - done, at(time, i), isSplittable);
    done = endOfWork(calendar, start, at(time, i));
  }
  head[i] = start;
  end[i] = done;
  if (hasResources) takeUnits(graph, i);
}

/** When the job predecessor lets `i` start: its arrival, or that of its first transfer batch. */
export function arrivalByJob(graph: Graph, i: number): number {
  const { model, head, step } = graph;
  const p = at(model.jobPred, i);
  if (p === model.operations) return 0;
  return model.isPlaced ? arrivalFrom(graph, p) : at(head, p) + at(step, p);
}

/** When what follows `p` may start; for placed operations only. */
export function arrivalFrom(graph: Graph, p: number): number {
  const { model, head, end, machine } = graph;
  const overlap = at(model.overlapStart, p);
  if (overlap < 0) return at(end, p) + at(model.transfer, p);
  const firstBatch = endOfWork(calendarAt(graph, at(machine, p)), at(head, p), overlap);
  return Math.min(firstBatch, at(end, p)) + at(model.transfer, p);
}

/** When enough units of all that `i` needs are free; notes who held the last ones. */
function arrivalByResources({ model, units, heldBy }: Graph, i: number, ready: number): number {
  const { needStart, needResource, needAmount } = model.resources;
  let latest = ready;
  heldBy[i] = model.operations;
  for (let k = at(needStart, i); k < at(needStart, i + 1); k += 1) {
    const group = groupFor(units, at(needResource, k), at(needAmount, k));
    if (at(units.freeAt, group) <= latest) continue;
    latest = at(units.freeAt, group);
    heldBy[i] = at(units.holder, group);
  }
  return latest;
}

function takeUnits({ model, units, head, end }: Graph, i: number): void {
  const { needStart, needResource, needAmount } = model.resources;
  for (let k = at(needStart, i); k < at(needStart, i + 1); k += 1) {
    const need = { r: at(needResource, k), amount: at(needAmount, k), holder: i };
    occupy(units, need, at(head, i), at(end, i));
  }
}

/** When the machine is free and set up for `i`. */
export function arrivalByMachine(graph: Graph, i: number): number {
  const { model, machinePred } = graph;
  const before = at(machinePred, i);
  const free = endOf(graph, before);
  if (!model.hasSetups) return free;
  const setup = setupBetween(graph, before, i);
  return model.isPlaced && setup > 0
    ? endOfWork(calendarAt(graph, at(graph.machine, i)), free, setup)
    : free + setup;
}

export function endOf({ model, head, end, time }: Graph, i: number): number {
  return model.isPlaced ? at(end, i) : at(head, i) + at(time, i);
}

function calendarAt({ model }: Graph, machine: number): Calendar {
  return model.calendars[machine] ?? noBreaks;
}

/** Makespan, weighted tardiness and change, from starts and ends. */
export function updateFigures(graph: Graph): void {
  const { model } = graph;
  let makespan = 0;
  for (let k = 0; k < model.lastOfJob.length; k += 1) {
    const i = at(model.lastOfJob, k);
    const completion = endOf(graph, i) + at(model.transfer, i);
    if (completion > makespan) makespan = completion;
  }
  graph.makespan = makespan;
  if (model.dueNodes.length > 0) graph.cost = weightedTardiness(graph);
  if (graph.countsChange) graph.change = changeOf(graph);
}

function weightedTardiness(graph: Graph): number {
  const { dueNodes, due, weight, transfer } = graph.model;
  let cost = 0;
  for (let k = 0; k < dueNodes.length; k += 1) {
    const i = at(dueNodes, k);
    const late = endOf(graph, i) + at(transfer, i) - at(due, i);
    if (late > 0) cost += late * at(weight, i);
  }
  return cost;
}

/** Weighted tardiness of due operation `i` if it ends there. */
export function costOfEnd({ transfer, due, weight }: Model, i: number, end: number): number {
  const late = end + at(transfer, i) - at(due, i);
  return late > 0 ? late * at(weight, i) : 0;
}

function changeOf({ model, head, machine, time }: Graph): number {
  const { previousMachine, previousStart, operations } = model;
  let change = 0;
  for (let i = 0; i < operations; i += 1) {
    const before = at(previousMachine, i);
    if (before < 0) continue;
    change += Math.abs(at(head, i) - at(previousStart, i));
    if (at(machine, i) !== before) change += at(time, i);
  }
  return change;
}
