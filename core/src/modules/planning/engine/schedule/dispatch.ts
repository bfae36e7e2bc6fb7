import { at } from "./at.ts";
import { createFloor, releaseFollowers, takeRow, updateRow, type Floor } from "./floor.ts";
import type { Model } from "./model.ts";
import { priority, type DispatchRule } from "./priority.ts";
import type { Random } from "./random.ts";

/** A schedule in the form loadGraph takes. */
export interface Sequence {
  order: Int32Array;
  choice: Int32Array;
}

export interface DispatchOptions {
  rule: DispatchRule;
  slack: number;
  /** How many mean operation times ahead a due date is seen, for the rules with slack. Default 2. */
  lookAhead?: number;
  /** Every operation stays on the machine of the previous plan, if it may. Default false. */
  keepsMachines?: boolean;
  random: Random;
  /** True: the rest is put behind each other as it comes. Asked before every 64th operation. */
  shouldStop?: () => boolean;
}

const never = (): boolean => false;

/**
 * Builds a schedule operation by operation: the machine where something can end first is decided,
 * among all operations that could start there before that end.
 * `slack` 0 never lets a machine wait (non-delay), 1 allows every active schedule.
 * @source Giffler, Thompson, "Algorithms for solving production-scheduling problems", Operations
 * Research 8(4), 1960; slack after Bierwirth, Mattfeld, Evolutionary Computation 7(1), 1999.
 */
export function dispatch(
  model: Model,
  {
    rule,
    slack,
    lookAhead = 2,
    keepsMachines = false,
    random,
    shouldStop = never,
  }: DispatchOptions,
): Sequence {
  const n = model.operations;
  const order = new Int32Array(n);
  const choice = new Int32Array(n);
  const floor = createFloor(model, keepsMachines);
  for (let placed = 0; placed < n; placed += 1) {
    if (placed % 64 === 0 && shouldStop()) return fillUp(model, floor, { order, choice }, placed);
    const machine = firstMachineToEnd(model, floor);
    const row = pick(floor, machine, { rule, slack, lookAhead, random });
    const i = at(floor.operationOfRow, row);
    order[placed] = i;
    choice[i] = row;
    takeRow(floor, row);
    releaseFollowers(floor, row);
  }
  return { order, choice };
}

/** What is not placed yet goes behind it, predecessors first, each on its fastest machine. */
function fillUp(model: Model, floor: Floor, started: Sequence, placed: number): Sequence {
  const { order, choice } = started;
  const { operations, jobSucc, joins, choiceStart, choiceTime } = model;
  const isPlaced = new Uint8Array(operations);
  for (const i of order.subarray(0, placed)) isPlaced[i] = 1;
  let count = placed;
  const append = (i: number): void => {
    order[count] = i;
    count += 1;
    let fastest = at(choiceStart, i);
    for (let row = fastest; row < at(choiceStart, i + 1); row += 1)
      if (at(choiceTime, row) < at(choiceTime, fastest)) fastest = row;
    choice[i] = fastest;
  };
  const reach = (i: number): void => {
    floor.waitsFor[i] = at(floor.waitsFor, i) - 1;
    if (at(floor.waitsFor, i) === 0) append(i);
  };
  for (let i = 0; i < operations; i += 1)
    if (isPlaced[i] === 0 && at(floor.waitsFor, i) === 0) append(i);
  for (let k = placed; k < count; k += 1) {
    const i = at(order, k);
    if (at(jobSucc, i) !== operations) reach(at(jobSucc, i));
    joins.succs.subarray(at(joins.succStart, i), at(joins.succStart, i + 1)).forEach(reach);
  }
  return started;
}

/** Where something can end first; of those, where it starts first. */
function firstMachineToEnd(model: Model, floor: Floor): number {
  for (;;) {
    let machine = 0;
    for (let k = 1; k < model.machines; k += 1) {
      const lead = at(floor.firstEnd, k) - at(floor.firstEnd, machine);
      if (lead < 0 || (lead === 0 && at(floor.firstStart, k) < at(floor.firstStart, machine)))
        machine = k;
    }
    if (!model.hasResources) return machine;
    // Elsewhere units may have been taken since; ends only ever get later, so look again until not.
    const before = at(floor.firstEnd, machine);
    const from = at(floor.rowStart, machine);
    const to = from + at(floor.rowCount, machine);
    floor.firstEnd[machine] = 0x7fff_ffff;
    for (let k = from; k < to; k += 1) updateRow(floor, at(floor.rows, k));
    if (at(floor.firstEnd, machine) === before) return machine;
  }
}

function pick(
  floor: Floor,
  machine: number,
  {
    rule,
    slack,
    lookAhead,
    random,
  }: Required<Omit<DispatchOptions, "keepsMachines" | "shouldStop">>,
): number {
  const first = at(floor.firstStart, machine);
  const latest = first + slack * Math.max(0, at(floor.firstEnd, machine) - 1 - first);
  const from = at(floor.rowStart, machine);
  const to = from + at(floor.rowCount, machine);
  let best = -1;
  let bestPriority = -Infinity;
  for (let k = from; k < to; k += 1) {
    const row = at(floor.rows, k);
    if (at(floor.start, row) > latest) continue;
    const value = priority(floor, row, { rule, lookAhead, random });
    if (best >= 0 && value <= bestPriority) continue;
    bestPriority = value;
    best = row;
  }
  return best;
}
