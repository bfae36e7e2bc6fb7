import { at } from "./at.ts";
import type { Model } from "./model.ts";

/** What no schedule can beat. */
export interface Bound {
  makespan: number;
  /** Weighted tardiness when every job had the shop for itself. */
  tardiness: number;
}

/**
 * Makespan: the longest of every job alone, every machine alone with interruptions allowed, and the
 * work spread evenly over all machines. Setups are left out, which keeps the bound valid.
 * @source Jackson's preemptive schedule, Carlier, "The one-machine sequencing problem", EJOR 11,
 * 1982.
 */
export function lowerBound(model: Model): Bound {
  const paths = shortestPaths(model);
  let makespan = evenLoad(model, paths);
  for (let i = 0; i < model.operations; i += 1)
    makespan = Math.max(makespan, at(paths.head, i) + at(paths.tail, i));
  operationsByOnlyMachine(model).forEach((operations, machine) => {
    makespan = Math.max(makespan, jackson(model, paths, machine, operations));
  });
  let tardiness = 0;
  for (const i of model.dueNodes) {
    const completion = at(paths.head, i) + at(paths.time, i) + at(model.transfer, i);
    tardiness += at(model.weight, i) * Math.max(0, completion - at(model.due, i));
  }
  return { makespan, tardiness };
}

interface Paths {
  /** Least time of each operation over its alternatives. */
  time: Int32Array;
  head: Int32Array;
  /** From the start of the operation, its own time included. */
  tail: Int32Array;
  /** From the end of the operation. */
  rest: Int32Array;
}

function shortestPaths(model: Model): Paths {
  const n = model.operations;
  const time = new Int32Array(n + 1);
  const longest = new Int32Array(n + 1);
  for (let i = 0; i < n; i += 1) {
    const times = model.choiceTime.subarray(at(model.choiceStart, i), at(model.choiceStart, i + 1));
    time[i] = times.reduce((a, b) => Math.min(a, b), 0x7fff_ffff);
    longest[i] = times.reduce((a, b) => Math.max(a, b), 0);
  }
  const step = (i: number): number => {
    const succ = at(model.jobSucc, i);
    const full = at(time, i) + at(model.transfer, i);
    const overlap = at(model.overlapStart, i);
    if (overlap < 0 || succ === n) return full;
    const batch = Math.min(overlap + at(model.transfer, i), full);
    // It ends no earlier than the last batch arrives; but what pauses meanwhile may start any time before.
    return mayPause(model, succ) ? batch : Math.max(batch, full - at(longest, succ));
  };
  const head = new Int32Array(n + 1);
  const tail = new Int32Array(n + 1);
  const rest = new Int32Array(n + 1);
  for (const last of model.lastOfJob) {
    const chain: number[] = [];
    for (let i = last; i !== n; i = at(model.jobPred, i)) {
      const succ = at(model.jobSucc, i);
      tail[i] = Math.max(at(time, i), step(i) + at(tail, succ));
      rest[i] = at(model.transfer, i) + at(rest, succ);
      // What overlaps does not wait for its end, so that must be its shortest time behind its start.
      if (at(model.overlapStart, i) < 0 || (hasOneTime(model, i) && !mayPause(model, i)))
        rest[i] = Math.max(at(rest, i), at(tail, i) - at(time, i));
      chain.push(i);
    }
    for (const i of chain.reverse()) {
      const pred = at(model.jobPred, i);
      const arrival = pred === n ? 0 : at(head, pred) + step(pred);
      head[i] = Math.max(at(model.release, i), arrival, earliestFree(model, i));
    }
  }
  return { time, head, tail, rest };
}

function hasOneTime({ choiceStart }: Model, i: number): boolean {
  return at(choiceStart, i + 1) === at(choiceStart, i) + 1;
}

function mayPause({ hasCalendars, splittable }: Model, i: number): boolean {
  return hasCalendars && at(splittable, i) === 1;
}

function earliestFree(model: Model, i: number): number {
  let free = 0x7fff_ffff;
  for (let row = at(model.choiceStart, i); row < at(model.choiceStart, i + 1); row += 1)
    free = Math.min(free, at(model.release, model.operations + 1 + at(model.choiceMachine, row)));
  return free;
}

function operationsByOnlyMachine(model: Model): number[][] {
  const operations: number[][] = Array.from({ length: model.machines }, () => []);
  for (let i = 0; i < model.operations; i += 1) {
    const row = at(model.choiceStart, i);
    if (hasOneTime(model, i)) operations[at(model.choiceMachine, row)]?.push(i);
  }
  return operations;
}

/** Always works on the available operation with the longest rest; the latest end + rest is the bound. */
function jackson(
  model: Model,
  { time, head, rest }: Paths,
  machine: number,
  operations: number[],
): number {
  const byHead = [...operations].sort((i, j) => at(head, i) - at(head, j));
  const left = new Map(operations.map((i) => [i, at(time, i)]));
  const available = createHeap((i) => at(rest, i));
  let now = at(model.release, model.operations + 1 + machine);
  let bound = 0;
  let next = 0;
  while (next < byHead.length || available.size() > 0) {
    if (available.size() === 0) now = Math.max(now, at(head, byHead[next] ?? 0));
    for (; next < byHead.length && at(head, byHead[next] ?? 0) <= now; next += 1)
      available.push(byHead[next] ?? 0);
    const i = available.top();
    const interruption = next < byHead.length ? at(head, byHead[next] ?? 0) - now : Infinity;
    const work = Math.min(left.get(i) ?? 0, interruption);
    now += work;
    left.set(i, (left.get(i) ?? 0) - work);
    if (left.get(i) === 0) {
      available.pop();
      bound = Math.max(bound, now + at(rest, i));
    }
  }
  return bound;
}

interface Heap {
  size: () => number;
  /** The one with the greatest key. */
  top: () => number;
  push: (item: number) => void;
  pop: () => void;
}

/** A binary heap: 10,000 operations on one machine must not take 10,000 sorts. */
function createHeap(key: (item: number) => number): Heap {
  const items: number[] = [];
  const keyAt = (place: number): number => key(items[place] ?? 0);
  const swap = (a: number, b: number): void => {
    const item = items[a] ?? 0;
    items[a] = items[b] ?? 0;
    items[b] = item;
  };
  return {
    size: () => items.length,
    top: () => items[0] ?? 0,
    push: (item) => {
      items.push(item);
      for (let place = items.length - 1; place > 0;) {
        const above = (place - 1) >> 1;
        if (keyAt(above) >= keyAt(place)) return;
        swap(above, place);
        place = above;
      }
    },
    pop: () => {
      swap(0, items.length - 1);
      items.pop();
      for (let place = 0; ;) {
        let greatest = place;
        for (const below of [2 * place + 1, 2 * place + 2])
          if (below < items.length && keyAt(below) > keyAt(greatest)) greatest = below;
        if (greatest === place) return;
        swap(greatest, place);
        place = greatest;
      }
    },
  };
}

function evenLoad(model: Model, { time, head, rest }: Paths): number {
  let work = 0;
  let first = 0x7fff_ffff;
  let least = 0x7fff_ffff;
  for (let i = 0; i < model.operations; i += 1) {
    work += at(time, i);
    first = Math.min(first, at(head, i));
    least = Math.min(least, at(rest, i));
  }
  return model.operations === 0 ? 0 : first + Math.ceil(work / model.machines) + least;
}
