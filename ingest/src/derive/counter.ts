import { Decimal } from "@millwright/contracts/units";

/** A reading of a monotonic counter; `time` is source time, epoch ms. */
export type CounterPoint = { time: number; value: Decimal };

/**
 * A stretch of source time that the device's clock told twice, because it was set back: what lies in it
 * says nothing about the order in which it was made. Epoch ms; `from` is not in it, `to` is.
 */
export type RepeatedTime = { from: number; to: number };

/** Where a bound counter stands; the row of telemetry.counter_state. */
export type CounterState = {
  baseline: CounterPoint;
  last: CounterPoint;
  /** Pieces counted since the baseline. */
  total: Decimal;
  /** Pieces told in events; `total - emittedTotal` is pending. */
  emittedTotal: Decimal;
  /** Where the pending travel began. */
  pending: CounterPoint;
  pendingReset: boolean;
  /** The newest ones, apart from each other, ascending. */
  repeated: readonly RepeatedTime[];
};

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

/** A reading on its way into the count. */
type Arrival = CounterPoint & {
  isHistorical: boolean;
  /** Among what is known of this counter, by the order of its log, which no clock can change. */
  order?: LogOrder;
  isUndated?: boolean;
};
export type LogOrder = "newest" | "older" | "unknown";

/**
 * Divides new readings, in the order of their arrival, into those that move the counter on and those
 * that tell about its past; both ascending by time. A live reading is newer than what is known,
 * whatever its clock says: when the clock stepped back and the counter did not, the reading follows at
 * once after the one before. A lower live value with an older time was overtaken on its way and is
 * late like a replayed one. What the log's order says to be newest follows in any case. An undated
 * reading is known to be newer and nothing else: it follows at once after the one before, and one that
 * is lower tells nothing. An older one in a time that was told twice, or later than the newest, tells
 * nothing either: its clock was wrong, and its pieces came with what followed it.
 */
export function inCountingOrder<Point extends Arrival>(
  points: readonly Point[],
  { last, repeated: known }: Pick<CounterState, "last" | "repeated">,
): { forward: Point[]; late: Point[]; repeated: readonly RepeatedTime[] } {
  const dated: Point[] = [];
  let repeated = known;
  let live = last;
  let newest = last;
  const date = (point: Point) => {
    if (point.time > newest.time) newest = point;
    dated.push(point);
  };
  for (const point of points) {
    if (point.isUndated === true) {
      if (point.value.gt(newest.value)) date({ ...point, time: newest.time + 1 });
      continue;
    }
    const isNewest = point.order === "newest";
    const isEarlier = point.time <= live.time;
    if (point.order === "older" && point.time > newest.time) continue;
    const hasSteppedBack =
      isEarlier && (isNewest || (!point.isHistorical && point.value.gte(live.value)));
    if (hasSteppedBack && point.time < live.time) {
      repeated = withRepeated(repeated, { from: point.time, to: live.time + 1 });
    }
    if (hasSteppedBack && point.value.eq(live.value)) continue;
    const placed = hasSteppedBack ? { ...point, time: live.time + 1 } : point;
    if ((isNewest || !point.isHistorical) && placed.time > live.time) live = placed;
    date(placed);
  }
  const isOlder = ({ order, isHistorical }: Point) => isHistorical && order !== "newest";
  const placed = dated
    .filter((point) => !(isOlder(point) && isRepeated(repeated, point.time)))
    .sort((a, b) => a.time - b.time);
  const forward = placed.filter(({ time }) => time > last.time);
  const older = new Set(forward.filter(isOlder));
  return {
    // What came in order is never wrong: where it falls, the counter did.
    forward: older.size === 0 ? forward : withoutWrongTimes(forward, { after: last, older }),
    late: placed.filter(({ time }) => time <= last.time),
    repeated,
  };
}

/** Whether a time was told twice. */
export function isRepeated(repeated: readonly RepeatedTime[], time: number): boolean {
  return repeated.some(({ from, to }) => time > from && time <= to);
}

function withRepeated(
  repeated: readonly RepeatedTime[],
  added: RepeatedTime,
): readonly RepeatedTime[] {
  const apart = repeated.filter(({ from, to }) => to < added.from || from > added.to);
  const touching = repeated.filter((one) => !apart.includes(one));
  const joined = {
    from: Math.min(added.from, ...touching.map(({ from }) => from)),
    to: Math.max(added.to, ...touching.map(({ to }) => to)),
  };
  return [...apart, joined].sort((a, b) => a.from - b.from).slice(-repeatedMax);
}

// A clock that is set back more often than this is remembered for its newest steps only.
const repeatedMax = 16;

/** The reading a counter without a past begins with. */
export function firstReading<Point extends Arrival>(points: readonly Point[]): Point | undefined {
  const last = { time: Number.NEGATIVE_INFINITY, value: new Decimal(0) };
  return inCountingOrder(points, { last, repeated: [] }).forward[0];
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

/**
 * Readings by time without those that would make the counter fall faster than any machine makes up for:
 * there a clock was wrong, and no counter was reset. Of two that contradict each other the later goes;
 * with `older` only those in it, which are older by their log than all the others.
 */
function withoutWrongTimes<Point extends CounterPoint>(
  points: readonly Point[],
  { after, older }: { after?: CounterPoint; older?: ReadonlySet<Point> } = {},
): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    let before = kept.at(-1);
    while (before !== undefined && older?.has(before) === true && isImpossible(before, point)) {
      kept.pop();
      before = kept.at(-1);
    }
    const isDoubted = older === undefined || older.has(point);
    const least = before ?? after;
    if (!isDoubted || least === undefined || !isImpossible(least, point)) kept.push(point);
  }
  return kept;
}

/** Whether `b` pieces cannot have been made between two readings, so that it was no reset. */
function isImpossible(a: CounterPoint, b: CounterPoint): boolean {
  return b.value.lt(a.value) && b.value.gt((piecesPerSecondMax * (b.time - a.time)) / 1000);
}

// Faster than presses, fillers and label printers count.
const piecesPerSecondMax = 1000;

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
