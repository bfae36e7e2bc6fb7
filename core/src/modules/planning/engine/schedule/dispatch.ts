import { at } from "./at.ts";
import type { Model } from "./model.ts";
import type { Random } from "./random.ts";

/** How the next operation of the contended machine is picked; see `priority`. */
export type DispatchRule =
  | "most_work_remaining"
  | "shortest_time"
  | "earliest_start"
  | "earliest_due"
  | "apparent_tardiness_cost"
  | "random";

export const dispatchRules: readonly DispatchRule[] = [
  "apparent_tardiness_cost",
  "most_work_remaining",
  "earliest_due",
  "shortest_time",
  "earliest_start",
  "random",
];

/** A schedule in the form loadGraph takes. */
export interface Sequence {
  order: Int32Array;
  choice: Int32Array;
}

/**
 * Builds a schedule operation by operation: the machine where something can end first is decided,
 * among all operations that could start there before that end.
 * `slack` 0 never lets a machine wait (non-delay), 1 allows every active schedule.
 * @source Giffler, Thompson, "Algorithms for solving production-scheduling problems", Operations
 * Research 8(4), 1960; slack after Bierwirth, Mattfeld, Evolutionary Computation 7(1), 1999.
 */
export function dispatch(
  model: Model,
  { rule, slack, random }: { rule: DispatchRule; slack: number; random: Random },
): Sequence {
  const n = model.operations;
  const order = new Int32Array(n);
  const choice = new Int32Array(n);
  const floor = createFloor(model);
  for (let placed = 0; placed < n; placed += 1) {
    const first = findFirstEnd(model, floor);
    const latest = first.start + slack * Math.max(0, first.end - 1 - first.start);
    let best = -1;
    let bestRow = -1;
    let bestPriority = -Infinity;
    for (let slot = 0; slot < floor.readyCount; slot += 1) {
      const i = at(floor.ready, slot);
      const row = rowOn(model, i, first.machine);
      if (row < 0) continue;
      const start = startOn(model, floor, i, row);
      if (start > latest) continue;
      const value = priority(rule, model, floor, i, row, start, random);
      if (value > bestPriority) {
        bestPriority = value;
        best = slot;
        bestRow = row;
      }
    }
    const i = at(floor.ready, best);
    order[placed] = i;
    choice[i] = bestRow;
    place(model, floor, best, bestRow);
  }
  return { order, choice };
}

/** The shop floor while the schedule grows. */
interface Floor {
  /** The next operation of every unfinished job. */
  ready: Int32Array;
  readyCount: number;
  /** Start and row of every placed operation. */
  start: Int32Array;
  row: Int32Array;
  /** Last node on each machine and its end. */
  lastNode: Int32Array;
  freeAt: Int32Array;
  /** Shortest work from each operation to the end of its job. */
  workRemaining: Int32Array;
  /** The next due operation of the job from each operation on (`operations`: none). */
  dueNode: Int32Array;
  /** Mean shortest time of an operation, the time scale of the look-ahead. */
  timeMean: number;
}

function createFloor(model: Model): Floor {
  const n = model.operations;
  const floor: Floor = {
    ready: new Int32Array(n),
    readyCount: 0,
    start: new Int32Array(n + 1),
    row: new Int32Array(n + 1),
    lastNode: Int32Array.from({ length: model.machines }, (_, k) => n + 1 + k),
    freeAt: Int32Array.from({ length: model.machines }, (_, k) => at(model.release, n + 1 + k)),
    workRemaining: new Int32Array(n + 1),
    dueNode: new Int32Array(n + 1).fill(n),
    timeMean: 1,
  };
  for (const i of model.dueNodes) floor.dueNode[i] = i;
  let work = 0;
  for (let k = 0; k < model.lastOfJob.length; k += 1) {
    let i = at(model.lastOfJob, k);
    for (;;) {
      let shortest = 0x7fff_ffff;
      for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1)
        shortest = Math.min(shortest, at(model.choiceTime, row));
      floor.workRemaining[i] = shortest + at(floor.workRemaining, at(model.jobSucc, i));
      const s = at(model.jobSucc, i);
      if (at(floor.dueNode, i) === n && s !== n) floor.dueNode[i] = at(floor.dueNode, s);
      work += shortest;
      const p = at(model.jobPred, i);
      if (p === n) break;
      i = p;
    }
    floor.ready[floor.readyCount] = i;
    floor.readyCount += 1;
  }
  floor.timeMean = Math.max(1, work / Math.max(1, n));
  return floor;
}

function findFirstEnd(model: Model, floor: Floor): { machine: number; start: number; end: number } {
  let machine = -1;
  let bestStart = 0;
  let bestEnd = Infinity;
  for (let slot = 0; slot < floor.readyCount; slot += 1) {
    const i = at(floor.ready, slot);
    for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1) {
      const start = startOn(model, floor, i, row);
      const end = start + at(model.choiceTime, row);
      if (end < bestEnd || (end === bestEnd && start < bestStart)) {
        bestEnd = end;
        bestStart = start;
        machine = at(model.choiceMachine, row);
      }
    }
  }
  return { machine, start: bestStart, end: bestEnd };
}

function startOn(model: Model, floor: Floor, i: number, row: number): number {
  const machine = at(model.choiceMachine, row);
  const last = at(floor.lastNode, machine);
  const setup = at(
    model.setup,
    at(model.setupOffset, machine) + at(model.family, last) * model.families + at(model.family, i),
  );
  let start = Math.max(at(model.release, i), at(floor.freeAt, machine) + setup);
  const p = at(model.jobPred, i);
  if (p !== model.operations) {
    const time = at(model.choiceTime, at(floor.row, p));
    const full = time + at(model.transfer, p);
    const overlap = at(model.overlapStart, p);
    const step =
      overlap < 0
        ? full
        : Math.max(
            Math.min(overlap + at(model.transfer, p), full),
            full - at(model.choiceTime, row),
          );
    start = Math.max(start, at(floor.start, p) + step);
  }
  return start;
}

function rowOn(model: Model, i: number, machine: number): number {
  for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1)
    if (at(model.choiceMachine, row) === machine) return row;
  return -1;
}

function place(model: Model, floor: Floor, slot: number, row: number): void {
  const i = at(floor.ready, slot);
  const machine = at(model.choiceMachine, row);
  const start = startOn(model, floor, i, row);
  floor.start[i] = start;
  floor.row[i] = row;
  floor.freeAt[machine] = start + at(model.choiceTime, row);
  floor.lastNode[machine] = i;
  const next = at(model.jobSucc, i);
  if (next !== model.operations) {
    floor.ready[slot] = next;
    return;
  }
  floor.readyCount -= 1;
  floor.ready[slot] = at(floor.ready, floor.readyCount);
}

/** The greater, the sooner. */
function priority(
  rule: DispatchRule,
  model: Model,
  floor: Floor,
  i: number,
  row: number,
  start: number,
  random: Random,
): number {
  if (rule === "most_work_remaining") return at(floor.workRemaining, i);
  if (rule === "earliest_due") return -dueOf(model, floor, i);
  if (rule === "apparent_tardiness_cost") return tardinessCost(model, floor, i, row, start);
  if (rule === "shortest_time") return -at(model.choiceTime, row);
  return rule === "earliest_start" ? -start : random.unit();
}

function dueOf(model: Model, floor: Floor, i: number): number {
  const due = at(floor.dueNode, i);
  return due === model.operations ? 2 ** 31 : at(model.due, due);
}

/**
 * Weight per tick of work, discounted by the slack that is left.
 * @source Vepsalainen, Morton, "Priority rules for job shops with weighted tardiness costs",
 * Management Science 33(8), 1987: ATC with look-ahead 2.
 */
function tardinessCost(model: Model, floor: Floor, i: number, row: number, start: number): number {
  const time = Math.max(1, at(model.choiceTime, row));
  const due = at(floor.dueNode, i);
  if (due === model.operations) return -time;
  const after = at(floor.workRemaining, i) - at(floor.workRemaining, at(model.jobSucc, due));
  const slack = Math.max(0, at(model.due, due) - after - start);
  return (at(model.weight, due) / time) * Math.exp(-slack / (2 * floor.timeMean));
}
