import {
  type ReasonBook,
  type Stop,
  type StopReason,
  StopTracker,
} from "@millwright/contracts/states";

import type { Cuts, MachineTimeRow } from "./machine-time.ts";

/** A stop with what of it lies in planned operation time, as OEE counts it, and why it was. */
export type PlannedStop = Stop & { workUnitId: string; downMs: number; reason: StopReason };

/** What stops were for, as one word: the id of a reason, `code:` with a machine's code, or `none`. */
export function keyOf(reason: StopReason): string {
  switch (reason.kind) {
    case "reason":
      return reason.reasonId;
    case "code":
      return `code:${reason.code}`;
    case "none":
      return "none";
    default:
      return reason satisfies never;
  }
}

/**
 * Tells the stops of each machine, row by row, with their reasons: those that have planned operation time
 * between the first and the last bound, which is what OEE sums as downtime. The rows of a machine come
 * ascending; rows from before the first bound and behind the last say where a stop really began and ended.
 * A row told again changes nothing.
 */
export class DowntimeFold {
  readonly #cutsOf: ReadonlyMap<string, Cuts>;
  readonly #book: ReasonBook;
  readonly #take: (stop: PlannedStop) => void;
  readonly #trackers = new Map<string, StopTracker>();

  constructor(
    cutsOf: ReadonlyMap<string, Cuts>,
    book: ReasonBook,
    take: (stop: PlannedStop) => void,
  ) {
    this.#cutsOf = cutsOf;
    this.#book = book;
    this.#take = take;
  }

  add({
    workUnitId,
    at,
    state,
    code,
  }: Pick<MachineTimeRow, "workUnitId" | "at" | "state"> & {
    code: string | null;
  }): void {
    if (!this.#cutsOf.has(workUnitId)) return;
    const tracker = this.#trackers.get(workUnitId) ?? new StopTracker();
    this.#trackers.set(workUnitId, tracker);
    if (code !== null) tracker.say(code, at);
    const ended = state === null ? null : tracker.turnTo(state, at);
    if (ended !== null) this.#tell(workUnitId, ended, ended.to ?? at);
  }

  /** Tells the stops that go on; they have lasted until `to` (the last bound, or now). */
  finish(to: number): void {
    for (const [workUnitId, tracker] of this.#trackers) {
      const open = tracker.open();
      if (open !== null) this.#tell(workUnitId, open, to);
    }
  }

  #tell(workUnitId: string, stop: Stop, until: number): void {
    const cuts = this.#cutsOf.get(workUnitId);
    const downMs = cuts === undefined ? 0 : plannedMs(cuts, stop.from, until);
    if (downMs === 0) return;
    const reason = this.#book.reasonOf(workUnitId, stop);
    this.#take({ ...stop, workUnitId, downMs, reason });
  }
}

/** How much of [from, to) lies in windows of planned operation time. */
function plannedMs({ bounds, isPlanned }: Cuts, from: number, to: number): number {
  let sum = 0;
  for (let at = firstEndingAfter(bounds, from); at < isPlanned.length; at += 1) {
    const [start = 0, end = 0] = [bounds[at], bounds[at + 1]];
    if (start >= to) break;
    if (isPlanned[at] === true) sum += Math.max(0, Math.min(end, to) - Math.max(start, from));
  }
  return sum;
}

/** The first window that ends after `time`. */
function firstEndingAfter(bounds: Cuts["bounds"], time: number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle + 1] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Down time and number of stops; milliseconds of planned operation time. */
export type DownSums = { downMs: number; stops: number };

/** A machine whose code has a time or a counter in it has a new one for each stop: beyond these they are one. */
const reasonsMax = 500;
const otherCodes: StopReason = { kind: "code", code: "…" };

/** Sums stops by reason, at most `reasonsMax` and one more, and by machine. */
export class DowntimeTally {
  readonly total: DownSums = { downMs: 0, stops: 0 };
  readonly byReason = new Map<string, DownSums & { reason: StopReason }>();
  readonly byMachine = new Map<string, DownSums>();

  add({ workUnitId, downMs, reason: own }: PlannedStop): void {
    const isOneMore = own.kind === "code" && !this.byReason.has(keyOf(own));
    const reason = isOneMore && this.byReason.size >= reasonsMax ? otherCodes : own;
    const key = keyOf(reason);
    const ofReason = this.byReason.get(key) ?? { downMs: 0, stops: 0, reason };
    const ofMachine = this.byMachine.get(workUnitId) ?? { downMs: 0, stops: 0 };
    this.byReason.set(key, ofReason);
    this.byMachine.set(workUnitId, ofMachine);
    for (const sums of [this.total, ofReason, ofMachine]) {
      sums.downMs += downMs;
      sums.stops += 1;
    }
  }
}

/** The first `limit` stops of an order, out of any number, in memory of twice as many. */
export class FirstStops {
  readonly #limit: number;
  readonly #before: (a: PlannedStop, b: PlannedStop) => number;
  #kept: PlannedStop[] = [];

  constructor(limit: number, order: "longest" | "newest") {
    this.#limit = limit;
    this.#before = orders[order];
  }

  add(stop: PlannedStop): void {
    this.#kept.push(stop);
    if (this.#kept.length >= 2 * this.#limit) this.#kept = this.list();
  }

  list(): PlannedStop[] {
    return this.#kept.toSorted(this.#before).slice(0, this.#limit);
  }
}

const orders = {
  longest: (a: PlannedStop, b: PlannedStop) => b.downMs - a.downMs || b.from - a.from,
  newest: (a: PlannedStop, b: PlannedStop) => b.from - a.from || b.downMs - a.downMs,
};
