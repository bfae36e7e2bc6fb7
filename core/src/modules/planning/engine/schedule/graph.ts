import type { Model } from "./model.ts";
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

/**
 * Up to this many operations all of the order behind the change is computed anew. Following the
 * changes alone touches a third of it, but asks at each node whether it did change, and those
 * guesses fail so often that 400 operations took 1.6 times as long (at 2,000: the other way round).
 */
const sweptMax = 1200;

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
