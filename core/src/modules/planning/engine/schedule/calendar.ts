import { at } from "./at.ts";
import type { Machine } from "./problem.ts";

/** When a work center does not work: break k is `[from[k], to[k])`; ascending, apart. */
export interface Calendar {
  from: Int32Array;
  to: Int32Array;
}

export function calendarOf({ breaks = [] }: Machine): Calendar {
  return {
    from: Int32Array.from(breaks, ({ from }) => from),
    to: Int32Array.from(breaks, ({ to }) => to),
  };
}

/**
 * The first tick >= `ready` to start `time` ticks of work: outside every break and, unless it may be
 * split, with no break before its end. Behind the last break there is always room.
 */
export function startOfWork(
  calendar: Calendar,
  ready: number,
  time: number,
  isSplittable: boolean,
): number {
  const { from, to } = calendar;
  let start = ready;
  for (let k = firstBreakEndingAfter(calendar, ready); k < to.length; k += 1) {
    const isClear = start < at(from, k) && (isSplittable || start + time <= at(from, k));
    if (isClear) break;
    start = Math.max(start, at(to, k));
  }
  return start;
}

/** The tick when `time` working ticks have passed since `start`, breaks not counted. */
export function endOfWork(calendar: Calendar, start: number, time: number): number {
  const { from, to } = calendar;
  let end = start + time;
  for (let k = firstBreakEndingAfter(calendar, start); k < to.length && at(from, k) < end; k += 1)
    end += at(to, k) - Math.max(at(from, k), start);
  return end;
}

function firstBreakEndingAfter({ to }: Calendar, tick: number): number {
  let low = 0;
  let high = to.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(to, middle) > tick) high = middle;
    else low = middle + 1;
  }
  return low;
}
