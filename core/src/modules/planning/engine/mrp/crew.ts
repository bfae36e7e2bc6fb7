import { int32Column } from "./columns.ts";
import type { Orders } from "./orders.ts";
import type { MrpPlan } from "./plan.ts";
import { planRanks } from "./plan-point.ts";
import { createWindow } from "./window.ts";

/**
 * Has another thread call `planAlong` with what it is given, which can be cloned: columns are shared. It
 * may come late or not at all; it must not fail without a word.
 */
export type Crew = (run: SharedRun) => void;

/** A run that several threads plan: points of one level need nothing of each other. */
export type SharedRun = {
  readonly plan: Omit<MrpPlan, "window">;
  readonly window: { readonly origin: number; readonly days: number };
  readonly progress: Progress;
};

type Progress = {
  /** Where each level starts in the sequence, and where the last one ends. */
  readonly firstOfLevel: Int32Array;
  /** Of each level: the next place in the sequence that nobody has taken, and how many are planned. */
  readonly next: Int32Array;
  readonly planned: Int32Array;
  /** [0]: 1 when a thread gave up. */
  readonly failed: Int32Array;
};

/**
 * Plans every point level by level, together with whom `crew` calls. The plan has no alternates.
 * @throws OrdersFull · Error when a helper failed or does not answer for a minute
 */
export function planTogether(
  plan: MrpPlan,
  crew: Crew,
  onProgress?: (planned: number, points: number) => void,
): void {
  const { orders, window } = plan;
  orders.room = int32Column(1);
  orders.limit = 0;
  const progress = startProgress(plan);
  const { origin, gross } = window;
  crew({ plan: forHelpers(plan), window: { origin, days: gross.length }, progress });
  work(plan, progress, onProgress);
  closeRoom(orders);
}

/** What a helper does: the same, until the last level is planned. */
export function planAlong({ plan, window: { origin, days }, progress }: SharedRun): void {
  work({ ...plan, window: createWindow(origin, days) }, progress);
}

function work(
  plan: MrpPlan,
  progress: Progress,
  onProgress?: (planned: number, points: number) => void,
): void {
  const { levels, sequence } = plan.structure;
  try {
    for (let level = 0; level < levels; level += 1) {
      onProgress?.(progress.firstOfLevel[level] ?? 0, sequence.length);
      workOnLevel(plan, progress, level);
      waitForLevel(progress, level);
    }
  } catch (error) {
    Atomics.store(progress.failed, 0, 1);
    throw error;
  }
}

/** Takes pieces of a level until there are none. */
function workOnLevel(plan: MrpPlan, progress: Progress, level: number): void {
  const { next, planned, firstOfLevel } = progress;
  const end = firstOfLevel[level + 1] ?? 0;
  const size = end - (firstOfLevel[level] ?? 0);
  for (
    let from = Atomics.add(next, level, pieceSize);
    from < end;
    from = Atomics.add(next, level, pieceSize)
  ) {
    const to = Math.min(from + pieceSize, end);
    planRanks(plan, from, to);
    const before = Atomics.add(planned, level, to - from);
    if (before + to - from === size) Atomics.notify(planned, level);
  }
}

function waitForLevel({ planned, firstOfLevel, failed }: Progress, level: number): void {
  const size = (firstOfLevel[level + 1] ?? 0) - (firstOfLevel[level] ?? 0);
  let waits = 0;
  for (let done = Atomics.load(planned, level); done < size; done = Atomics.load(planned, level)) {
    if (Atomics.load(failed, 0) === 1) throw new Error("a helping thread failed");
    if (waits === waitsMax) throw new Error("a helping thread does not answer");
    if (Atomics.wait(planned, level, done, waitMs) === "timed-out") waits += 1;
  }
}

// A fraction of a millisecond of work: little is left to wait for at the end of a level.
const pieceSize = 128;
// A piece takes a millisecond; a machine that is out of memory may swap.
const waitMs = 100;
const waitsMax = 600;

function startProgress({ structure }: MrpPlan): Progress {
  const { level, levels, sequence } = structure;
  const firstOfLevel = int32Column(levels + 1);
  for (const point of sequence) {
    const after = (level[point] ?? 0) + 1;
    firstOfLevel[after] = (firstOfLevel[after] ?? 0) + 1;
  }
  for (let of = 0; of < levels; of += 1) {
    firstOfLevel[of + 1] = (firstOfLevel[of + 1] ?? 0) + (firstOfLevel[of] ?? 0);
  }
  const next = int32Column(levels);
  next.set(firstOfLevel.subarray(0, levels));
  return { firstOfLevel, next, planned: int32Column(levels), failed: int32Column(1) };
}

/** Without what planning a point does not read: it would be copied. */
function forHelpers(plan: MrpPlan): SharedRun["plan"] {
  const { input, structure, orders, trouble, demands, terms, spare } = plan;
  const none = new Int32Array(0);
  return {
    trouble,
    demands,
    terms,
    spare,
    takings: new Map(),
    inputFindings: [],
    input: {
      ...input,
      lines: { count: 0, parent: none, component: none, factor: none },
      lotRules: [],
    },
    structure: {
      ...structure,
      components: { first: none, component: none },
      componentOfLine: none,
      cycles: [],
    },
    orders: { ...orders },
    netChange: null,
  };
}

/** Afterwards the columns belong to one thread again. */
function closeRoom(orders: Orders): void {
  const rows = orders.due.length;
  orders.length = Math.min(orders.room?.[0] ?? 0, rows);
  orders.limit = rows;
  orders.room = null;
}
