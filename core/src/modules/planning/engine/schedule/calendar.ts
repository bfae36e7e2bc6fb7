import { at } from "./at.ts";

/** When a work center does not work: break k is `[from[k], to[k])`; ascending, apart. */
export interface Calendar {
  from: Int32Array;
  to: Int32Array;
  /** 1: frozen work is done meanwhile, so nothing may pause over it. Setups may: see reserve. */
  solid: Int32Array;
  /** The break that was found last. */
  hint: number;
}

/** A time a work center is taken; `isSolid` by work instead of rest. */
export interface Break {
  from: number;
  to: number;
  isSolid?: boolean;
}

/** Breaks in any order, overlapping or touching ones are joined (solid, if one of them is). */
export function calendarOf(breaks: Break[]): Calendar {
  const joined: Break[] = [];
  for (const next of breaks.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || next.from > last.to) joined.push({ ...next });
    else {
      last.to = Math.max(last.to, next.to);
      last.isSolid = last.isSolid === true || next.isSolid === true;
    }
  }
  return {
    from: Int32Array.from(joined, ({ from }) => from),
    to: Int32Array.from(joined, ({ to }) => to),
    solid: Int32Array.from(joined, ({ isSolid }) => (isSolid === true ? 1 : 0)),
    hint: 0,
  };
}

/** Of a work center that always works. */
export const noBreaks: Calendar = calendarOf([]);

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
  const { from, to, solid } = calendar;
  let start = ready;
  let left = time;
  for (let k = firstBreakEndingAfter(calendar, ready); k < to.length; k += 1) {
    // `left` ticks of work remain at `now`, the end of the break before or the start itself.
    const now = k > 0 ? Math.max(start, at(to, k - 1)) : start;
    if (start < at(from, k) && now + left <= at(from, k)) break;
    if (isSplittable && at(solid, k) === 0 && start < at(from, k)) {
      left -= at(from, k) - now;
      continue;
    }
    start = Math.max(start, at(to, k));
    left = time;
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

/** Ticks of breaks between two ticks. */
export function pausedBetween(calendar: Calendar, start: number, end: number): number {
  const { from, to } = calendar;
  let paused = 0;
  for (let k = firstBreakEndingAfter(calendar, start); k < to.length && at(from, k) < end; k += 1)
    paused += Math.min(end, at(to, k)) - Math.max(start, at(from, k));
  return paused;
}

/** Looks from where it was found last time: who asks goes along the machine's sequence. */
function firstBreakEndingAfter(calendar: Calendar, tick: number): number {
  const { to } = calendar;
  let k = calendar.hint;
  while (k > 0 && at(to, k - 1) > tick) k -= 1;
  while (k < to.length && at(to, k) <= tick) k += 1;
  calendar.hint = k;
  return k;
}

/** The last tick to start `time` working ticks so that they are done at `end`; 0 when none is. */
export function lastStartOfWork({ from, to }: Calendar, end: number, time: number): number {
  let start = end;
  let left = time;
  for (let k = from.length - 1; k >= 0; k -= 1) {
    if (at(from, k) >= start) continue;
    const open = Math.max(0, start - at(to, k));
    if (open >= left) break;
    left -= open;
    start = at(from, k);
  }
  return Math.max(0, start - left);
}
