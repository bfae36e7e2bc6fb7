import type { ScheduleRows } from "./schedule-rows.ts";

/**
 * Days behind the start for which calendars are read. Nothing is planned by a calendar beyond them:
 * nobody knows who works then.
 */
export const calendarDays = 365;

/** The first tick that no calendar says anything about. */
export const calendarEnd = calendarDays * 24 * 60;

export type Breaks = readonly { from: number; to: number }[];

/**
 * Breaks by calendar: all that lies between working times, from tick 0 to `calendarEnd`. A calendar
 * without working time is one break.
 */
export function breaksByCalendar(
  { workCenters, workingTime }: Pick<ScheduleRows, "workCenters" | "workingTime">,
  tickOf: (time: Date) => number,
): Map<string, Breaks> {
  const spans = Map.groupBy(workingTime, ({ calendarId }) => calendarId);
  const breaks = new Map<string, Breaks>();
  for (const { calendarId } of workCenters) {
    if (calendarId === null || breaks.has(calendarId)) continue;
    breaks.set(calendarId, breaksBetween(spans.get(calendarId) ?? [], tickOf));
  }
  return breaks;
}

function breaksBetween(
  spans: readonly { starts: Date; ends: Date }[],
  tickOf: (time: Date) => number,
): Breaks {
  const breaks: { from: number; to: number }[] = [];
  let worked = 0;
  for (const { starts, ends } of spans) {
    const from = Math.min(tickOf(starts), calendarEnd);
    if (from > worked) breaks.push({ from: worked, to: from });
    worked = Math.max(worked, Math.min(tickOf(ends), calendarEnd));
  }
  if (worked < calendarEnd) breaks.push({ from: worked, to: calendarEnd });
  return breaks;
}

/** The first tick that is worked; `calendarEnd` when none is. */
export function firstWorked(breaks: Breaks): number {
  const first = breaks[0];
  return first?.from === 0 ? first.to : 0;
}

/** Working ticks of a calendar from a tick to `calendarEnd`. */
export function workedFrom(breaks: Breaks, tick: number): number {
  const off = breaks.reduce((sum, { from, to }) => sum + Math.max(0, to - Math.max(from, tick)), 0);
  return Math.max(0, calendarEnd - tick) - off;
}
