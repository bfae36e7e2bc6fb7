import { at } from "./at.ts";
import { sweptMax, updateAll, updateHeadsOf, updateTailsOf } from "./longest-paths.ts";
import type { Model } from "./model.ts";
import { setupBetween } from "./timing.ts";
import { orderBefore, orderBehind } from "./topological-order.ts";
import { createUnits, type Units } from "./units.ts";

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
  /** End of each operation; kept only where starts are placed, elsewhere head + time. See endOf. */
  end: Int32Array;
  tail: Int32Array;
  /** Topological order of the operations and each node's place in it. */
  order: Int32Array;
  position: Int32Array;
  makespan: number;
  /** Weighted tardiness. */
  cost: number;
  /** Ticks of changeover. */
  setup: number;
  /** Distance to the previous plan, when somebody asks for it. */
  change: number;
  countsChange: boolean;
  /** Off for searches that try moves out instead of estimating them: tails are then left stale. */
  keepsTails: boolean;
  /**
   * A placed update gives up, with an infinite cost, as soon as it has made what it saw more costly
   * by this: the move must be taken back then. Infinity: never.
   */
  worseningMax: number;
  /** Whether an update computes all behind the change, or follows the changes: see sweptMax. */
  isSwept: boolean;
  /** Resources while starts are placed, and who each operation waited for. */
  units: Units;
  heldBy: Int32Array;
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
    end: new Int32Array(nodes),
    tail: new Int32Array(nodes),
    order: new Int32Array(operations),
    position,
    makespan: 0,
    cost: 0,
    setup: 0,
    change: 0,
    countsChange: model.goals.includes("change"),
    units: createUnits(model),
    heldBy: new Int32Array(nodes).fill(operations),
    keepsTails: true,
    worseningMax: Infinity,
    isSwept: operations <= sweptMax,
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
