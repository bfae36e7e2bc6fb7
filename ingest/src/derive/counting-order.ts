import { Decimal } from "@millwright/contracts/units";

import type { CounterPoint, CounterState, RepeatedTime } from "./counter-state.ts";
import { withoutWrongTimes } from "./wrong-times.ts";

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
