/**
 * The working days of a site or a supplier over a window of days. Outside the window every day counts
 * as working, so make the window as long as the plan and its lead times.
 */
export type WorkingCalendar = {
  readonly name: string;
  /** Day of `working[0]`. */
  readonly firstDay: number;
  /** 1 for a working day, 0 for a day off. */
  readonly working: Uint8Array;
};

/** A calendar that answers in constant time how many working days lie before a day, and which it is. */
export type IndexedCalendar = {
  readonly firstDay: number;
  readonly length: number;
  /** Working days in [firstDay, firstDay + i): one more entry than there are days. */
  readonly workingBefore: Int32Array;
  /** Offset of the n-th working day of the window. */
  readonly workingDay: Int32Array;
};

export function indexCalendar({ firstDay, working }: WorkingCalendar): IndexedCalendar {
  const workingBefore = new Int32Array(working.length + 1);
  for (let i = 0; i < working.length; i += 1) {
    workingBefore[i + 1] = (workingBefore[i] ?? 0) + (working[i] === 0 ? 0 : 1);
  }
  const workingDay = new Int32Array(workingBefore[working.length] ?? 0);
  for (let i = 0; i < working.length; i += 1) {
    if (working[i] !== 0) workingDay[workingBefore[i] ?? 0] = i;
  }
  return { firstDay, length: working.length, workingBefore, workingDay };
}

/**
 * The working day that lies `workingDays` working days before `day`; `day` itself (working or not)
 * when `workingDays` is 0. Never later for an earlier day.
 */
export function workingDaysBefore(
  calendar: IndexedCalendar,
  day: number,
  workingDays: number,
): number {
  if (workingDays === 0) return day;
  const afterWindow = Math.max(0, day - (calendar.firstDay + calendar.length));
  if (workingDays <= afterWindow) return day - workingDays;
  const offset = Math.max(0, Math.min(day - calendar.firstDay, calendar.length));
  const inWindow = calendar.workingBefore[offset] ?? 0;
  const left = workingDays - afterWindow;
  if (left <= inWindow) return calendar.firstDay + (calendar.workingDay[inWindow - left] ?? 0);
  return Math.min(day, calendar.firstDay) - (left - inWindow);
}

/** Days off in the window: no lead time gets longer by more than these. */
export function daysOff(calendar: IndexedCalendar): number {
  return calendar.length - calendar.workingDay.length;
}
