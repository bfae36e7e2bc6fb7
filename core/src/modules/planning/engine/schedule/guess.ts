import { at } from "./at.ts";
import type { Graph } from "./graph.ts";
import { arrivalByJob, endOf, setupBetween } from "./timing.ts";

/**
 * Rough guesses of what a move does to the weighted tardiness, from its nearest surroundings: which
 * of many moves to try out first. Breaks count as they lie now, and what a later start does beyond
 * the own job is left out.
 */
export interface Outlook {
  /** Per operation the due operation its job leads to; \`operations\`: none. */
  dueNode: Int32Array;
}

export function createOutlook({ model }: Graph): Outlook {
  const { operations, dueNodes, jobPred, lastOfJob } = model;
  const dueNode = new Int32Array(operations + 1).fill(operations);
  for (const i of dueNodes) dueNode[i] = i;
  for (const last of lastOfJob)
    for (let i = last; i !== operations; i = at(jobPred, i)) {
      const p = at(jobPred, i);
      if (p !== operations && at(dueNode, p) === operations) dueNode[p] = at(dueNode, i);
    }
  return { dueNode };
}

/** u behind v, which stands right of it: those between move up, u comes later. */
export function guessBehind(graph: Graph, outlook: Outlook, u: number, v: number): number {
  const { machinePred, machineSucc } = graph;
  let before = at(machinePred, u);
  let free = endOf(graph, before);
  let cost = 0;
  for (let i = at(machineSucc, u); ; i = at(machineSucc, i)) {
    const start = startAfter(graph, before, free, i);
    cost += costOfShift(graph, outlook, i, start - at(graph.head, i));
    free = start + endOf(graph, i) - at(graph.head, i);
    before = i;
    if (i === v) break;
  }
  const startU = startAfter(graph, before, free, u);
  return cost + costOfShift(graph, outlook, u, startU - at(graph.head, u));
}

/** u before v, which stands left of it. */
export function guessBefore(graph: Graph, outlook: Outlook, u: number, v: number): number {
  const { machinePred, machineSucc } = graph;
  const first = at(machinePred, v);
  const startU = startAfter(graph, first, endOf(graph, first), u);
  let cost = costOfShift(graph, outlook, u, startU - at(graph.head, u));
  let free = startU + endOf(graph, u) - at(graph.head, u);
  let before = u;
  for (let i = v; i !== u; i = at(machineSucc, i)) {
    const start = startAfter(graph, before, free, i);
    cost += costOfShift(graph, outlook, i, start - at(graph.head, i));
    free = start + endOf(graph, i) - at(graph.head, i);
    before = i;
  }
  return cost;
}

/** u behind x on another machine, with the alternative \`row\`. */
export function guessElsewhere(
  graph: Graph,
  outlook: Outlook,
  u: number,
  row: number,
  x: number,
): number {
  const { model, machineSucc } = graph;
  const { setup, setupOffset, family, families, operations } = model;
  const offset = at(setupOffset, at(model.choiceMachine, row));
  const ready = Math.max(at(model.release, u), arrivalByJob(graph, u));
  const toU = at(setup, offset + at(family, x) * families + at(family, u));
  const start = Math.max(ready, endOf(graph, x) + toU);
  const end = start + at(model.choiceTime, row);
  let cost = costOfShift(graph, outlook, u, end - endOf(graph, u));
  const y = at(machineSucc, x);
  if (y !== operations) {
    const fromU = at(setup, offset + at(family, u) * families + at(family, y));
    cost += costOfShift(graph, outlook, y, Math.max(0, end + fromU - at(graph.head, y)));
  }
  const next = at(machineSucc, u);
  if (next === operations) return cost;
  const before = at(graph.machinePred, u);
  const moved = startAfter(graph, before, endOf(graph, before), next) - at(graph.head, next);
  return cost + costOfShift(graph, outlook, next, Math.min(0, moved));
}

function startAfter(graph: Graph, before: number, free: number, i: number): number {
  const byMachine = graph.model.hasSetups ? free + setupBetween(graph, before, i) : free;
  return Math.max(byMachine, arrivalByJob(graph, i), at(graph.model.release, i));
}

/** Its job comes as much later as the wait for its next step does not swallow; or as much earlier. */
function costOfShift(graph: Graph, { dueNode }: Outlook, i: number, shift: number): number {
  if (shift === 0) return 0;
  const { model, head } = graph;
  const dueAt = at(dueNode, i);
  if (dueAt === model.operations) return 0;
  const next = at(model.jobSucc, i);
  let left = shift;
  if (i !== dueAt && next !== model.operations) {
    const wait = at(head, next) - endOf(graph, i) - at(model.transfer, i);
    if (shift > 0) left = Math.max(0, shift - Math.max(0, wait));
    // What waited for its machine gains nothing by an earlier arrival.
    else if (wait > 0) return 0;
  }
  const late = endOf(graph, dueAt) + at(model.transfer, dueAt) - at(model.due, dueAt);
  return at(model.weight, dueAt) * (Math.max(0, late + left) - Math.max(0, late));
}
