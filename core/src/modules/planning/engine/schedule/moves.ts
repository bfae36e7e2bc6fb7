import { at } from "./at.ts";
import type { Graph } from "./graph.ts";
import { updateAll, updateHeadsOf, updateTailsOf } from "./longest-paths.ts";
import { setupBetween } from "./timing.ts";
import { orderBefore, orderBehind } from "./topological-order.ts";

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
  graph.setup = 0;
  for (let i = 0; i < n; i += 1) {
    setStep(graph, i);
    if (model.hasSetups) graph.setup += setupBetween(graph, at(machinePred, i), i);
  }
  for (let k = 0; k < model.machines; k += 1) graph.head[n + 1 + k] = at(model.release, n + 1 + k);
  graph.end.set(graph.head.subarray(n), n);
  updateAll(graph);
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
  const oldSetup = model.hasSetups ? setupAround(graph, oldPred, u, oldSucc) : 0;
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
  let newSetup = 0;
  if (model.hasSetups) newSetup = setupBetween(graph, oldPred, oldSucc) - setupBetween(graph, x, y);
  if (row !== oldRow) {
    choose(graph, u, row);
    setStep(graph, u);
    jobSucc = at(model.jobSucc, u);
    jobPred = at(model.jobPred, u);
    if (jobPred !== n) setStep(graph, jobPred);
  }
  if (model.hasSetups) graph.setup += newSetup + setupAround(graph, x, u, y) - oldSetup;
  updateHeadsOf(graph, u, oldSucc, y, jobSucc);
  if (graph.keepsTails) updateTailsOf(graph, u, oldPred, x, jobPred);
  return true;
}

/**
 * Puts `u`, with what it depends on, ahead of `x` in the order: it gets resources first. Returns
 * false, with the graph unchanged, if u depends on x.
 */
export function moveAhead(graph: Graph, u: number, x: number): boolean {
  if (at(graph.position, u) <= at(graph.position, x) || !orderBefore(graph, u, x)) return false;
  updateAll(graph);
  return true;
}

/** Setups to and from u between its neighbours on the machine. */
function setupAround(graph: Graph, before: number, u: number, after: number): number {
  return setupBetween(graph, before, u) + setupBetween(graph, u, after);
}

function link(graph: Graph, before: number, u: number, after: number): void {
  graph.machinePred[u] = before;
  graph.machineSucc[u] = after;
  graph.machineSucc[before] = u;
  graph.machinePred[after] = u;
}
