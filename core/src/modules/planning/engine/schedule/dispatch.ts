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
  { rule, slack, lookAhead = 2, keepsMachines = false, random }: DispatchOptions,
): Sequence {
  const n = model.operations;
  const order = new Int32Array(n);
  const choice = new Int32Array(n);
  const floor = createFloor(model, keepsMachines);
  for (let placed = 0; placed < n; placed += 1) {
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
  { rule, slack, lookAhead, random }: Required<Omit<DispatchOptions, "keepsMachines">>,
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
