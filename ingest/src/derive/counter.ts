import { Decimal } from "@millwright/contracts/units";

import type { CounterPoint, CounterState } from "./counter-state.ts";
import { withoutWrongTimes } from "./wrong-times.ts";

/** Travel of a counter, ready for `machine.count_observed`. */
export type Travel = {
  from: CounterPoint;
  to: CounterPoint;
  delta: Decimal;
  reset: boolean;
};

export function counterFrom(baseline: CounterPoint): CounterState {
  const zero = new Decimal(0);
  return {
    baseline,
    last: baseline,
    total: zero,
    emittedTotal: zero,
    pending: baseline,
    pendingReset: false,
    repeated: [],
  };
}

/**
 * Pieces between two neighbouring readings: never negative. A counter that jumps back has rolled over
 * when `rolloverAt` is known and the way over it is the shorter half of its range; otherwise it was
 * reset and has counted `b` since.
 */
export function travelOf(
  a: Decimal,
  b: Decimal,
  rolloverAt: Decimal | null,
): { delta: Decimal; reset: boolean } {
  if (b.gte(a)) return { delta: b.minus(a), reset: false };
  if (rolloverAt !== null && a.lte(rolloverAt)) {
    const over = rolloverAt.minus(a).plus(1).plus(b);
    if (over.lte(rolloverAt.div(2))) return { delta: over, reset: true };
  }
  return { delta: b, reset: true };
}

/** Counts a reading that is newer than the last one. Returns the new state; tells nothing yet. */
export function advance(
  state: CounterState,
  point: CounterPoint,
  rolloverAt: Decimal | null,
): CounterState {
  const { delta, reset } = travelOf(state.last.value, point.value, rolloverAt);
  return {
    ...state,
    last: point,
    total: delta.isZero() ? state.total : state.total.plus(delta),
    pendingReset: state.pendingReset || reset,
  };
}

/** Takes the pending travel out of the state, for an event; null when there is none. */
export function takePending(state: CounterState): { state: CounterState; travel: Travel | null } {
  const delta = state.total.minus(state.emittedTotal);
  const told = {
    ...state,
    emittedTotal: state.total,
    pending: state.last,
    pendingReset: false,
  };
  if (delta.isZero()) return { state: told, travel: null };
  const travel = { from: state.pending, to: state.last, delta, reset: state.pendingReset };
  return { state: told, travel };
}

/** A change of what was counted at a time: negative where pieces are taken away. */
export type Redistribution = { entries: RedistributionEntry[]; sum: Decimal };
export type RedistributionEntry = { sourceFrom: number; sourceTo: number; delta: Decimal };

const minuteMs = 60_000;

/**
 * Late readings tell when pieces were really made. `known` and `late` are readings of one counter;
 * the travel between neighbours belongs to the later one's time. The entries, at most one a minute,
 * are the difference between the series with and without the late readings.
 */
export function redistribute(
  known: readonly CounterPoint[],
  late: readonly CounterPoint[],
  rolloverAt: Decimal | null,
): Redistribution {
  const series = new Map(known.map((point) => [point.time, point]));
  const before = travelByMinute(ascending(series.values()), rolloverAt);
  // A reading that is known already says nothing new.
  for (const point of late) if (!series.has(point.time)) series.set(point.time, point);
  const after = travelByMinute(ascending(series.values()), rolloverAt);

  const entries: RedistributionEntry[] = [];
  let sum = new Decimal(0);
  for (const minute of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(minute);
    const is = after.get(minute);
    const delta = (is?.delta ?? new Decimal(0)).minus(was?.delta ?? 0);
    const bounds = is ?? was;
    if (delta.isZero() || bounds === undefined) continue;
    sum = sum.plus(delta);
    entries.push({ sourceFrom: bounds.sourceFrom, sourceTo: bounds.sourceTo, delta });
  }
  return { entries: entries.sort((a, b) => a.sourceTo - b.sourceTo), sum };
}

function ascending(points: Iterable<CounterPoint>): CounterPoint[] {
  return [...points].sort((a, b) => a.time - b.time);
}

function travelByMinute(
  readings: readonly CounterPoint[],
  rolloverAt: Decimal | null,
): Map<number, RedistributionEntry> {
  const minutes = new Map<number, RedistributionEntry>();
  const points = withoutWrongTimes(readings);
  for (let index = 1; index < points.length; index += 1) {
    const from = points[index - 1];
    const to = points[index];
    if (from === undefined || to === undefined) continue;
    const { delta } = travelOf(from.value, to.value, rolloverAt);
    const minute = Math.floor(to.time / minuteMs);
    const entry = minutes.get(minute);
    if (entry === undefined) {
      minutes.set(minute, { sourceFrom: from.time, sourceTo: to.time, delta });
    } else {
      entry.sourceTo = to.time;
      entry.delta = entry.delta.plus(delta);
    }
  }
  return minutes;
}
