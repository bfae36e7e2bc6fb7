import { at } from "./at.ts";
import { endOfWork, startOfWork, type Calendar } from "./calendar.ts";
import type { Graph } from "./graph.ts";

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

export function placeInCalendar(graph: Graph, i: number): void {
  const { model, head, end, time, machine } = graph;
  const p = at(model.jobPred, i);
  const calendar = calendarAt(graph, at(machine, i));
  const isSplittable = at(model.splittable, i) === 1;
  const ready = Math.max(at(model.release, i), arrivalByJob(graph, i), arrivalByMachine(graph, i));
  let start = startOfWork(calendar, ready, at(time, i), isSplittable);
  let done = endOfWork(calendar, start, at(time, i));
  // An overlapped operation must not end before the last batch has arrived.
  const arrival = p === model.operations ? 0 : at(end, p) + at(model.transfer, p);
  while (done < arrival) {
    start = startOfWork(calendar, start + arrival - done, at(time, i), isSplittable);
    done = endOfWork(calendar, start, at(time, i));
  }
  head[i] = start;
  end[i] = done;
}

/** When the job predecessor lets `i` start: its arrival, or that of its first transfer batch. */
export function arrivalByJob(graph: Graph, i: number): number {
  const { model, head, end, machine } = graph;
  const p = at(model.jobPred, i);
  if (p === model.operations) return 0;
  const arrival = endOf(graph, p) + at(model.transfer, p);
  const overlap = at(model.overlapStart, p);
  if (!model.hasCalendars) return at(head, p) + at(graph.step, p);
  if (overlap < 0) return arrival;
  const firstBatch = endOfWork(calendarAt(graph, at(machine, p)), at(head, p), overlap);
  return Math.min(firstBatch, at(end, p)) + at(model.transfer, p);
}

/** When the machine is free and set up for `i`. */
export function arrivalByMachine(graph: Graph, i: number): number {
  const { model, machinePred } = graph;
  const before = at(machinePred, i);
  const free = endOf(graph, before);
  if (!model.hasSetups) return free;
  const setup = setupBetween(graph, before, i);
  return model.hasCalendars && setup > 0
    ? endOfWork(calendarAt(graph, at(graph.machine, i)), free, setup)
    : free + setup;
}

export function endOf({ model, head, end, time }: Graph, i: number): number {
  return model.hasCalendars ? at(end, i) : at(head, i) + at(time, i);
}

function calendarAt({ model }: Graph, machine: number): Calendar {
  return model.calendars[machine] ?? noBreaks;
}

const noBreaks: Calendar = { from: new Int32Array(0), to: new Int32Array(0) };

/** Makespan and weighted tardiness, from the ends. */
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
