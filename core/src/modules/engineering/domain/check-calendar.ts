import type { CalendarInput } from "@millwright/contracts/api";
import { Refusal } from "@millwright/contracts/states";

type Shift = CalendarInput["weekdays"][number]["shifts"][number];

/**
 * @throws Refusal calendar.day_twice · calendar.shifts_overlap · calendar.break_outside_shift ·
 *   calendar.breaks_overlap
 */
export function checkCalendar({ weekdays, exceptions }: CalendarInput): void {
  const days = [
    ...weekdays.map(({ weekday, shifts }) => ({ name: `Weekday ${weekday}`, shifts })),
    ...exceptions.map(({ day, shifts }) => ({ name: day, shifts })),
  ];
  const names = new Set(days.map(({ name }) => name));
  if (names.size !== days.length) {
    throw refuse(
      "calendar.day_twice",
      "One weekday or day is there twice: put its shifts together.",
    );
  }
  for (const { name, shifts } of days) checkDay(name, shifts);
  checkWeek(weekdays);
}

function checkDay(day: string, shifts: readonly Shift[]): void {
  const spans = shifts
    .map((shift) => ({ shift, ...spanOf(shift) }))
    .toSorted((a, b) => a.from - b.from);
  for (const [index, { shift, from }] of spans.entries()) {
    const before = spans[index - 1];
    if (before !== undefined && before.to > from) {
      throw refuse(
        "calendar.shifts_overlap",
        `${day}: ${before.shift.name} ends at ${before.shift.end}, after ${shift.name} has begun at ${shift.start}.`,
      );
    }
    checkBreaks(day, shift);
  }
}

/** The night shift of one day must be over before the next day's first shift. */
function checkWeek(weekdays: CalendarInput["weekdays"]): void {
  for (const { weekday, shifts } of weekdays) {
    const next = weekdays.find((other) => other.weekday === (weekday % 7) + 1);
    const last = Math.max(0, ...shifts.map((shift) => spanOf(shift).to));
    const first = Math.min(Infinity, ...(next?.shifts ?? []).map((shift) => spanOf(shift).from));
    if (last - dayMinutes <= first) continue;
    throw refuse(
      "calendar.shifts_overlap",
      `Weekday ${weekday}: its last shift goes on into the first one of the next day.`,
    );
  }
}

function checkBreaks(day: string, shift: Shift): void {
  const span = spanOf(shift);
  const breaks = shift.breaks
    .map(({ start, end }) => {
      // A break of a night shift after midnight is written by the clock of the next day.
      const from = minutesOf(start) < span.from ? minutesOf(start) + dayMinutes : minutesOf(start);
      const to = minutesOf(end) <= span.from ? minutesOf(end) + dayMinutes : minutesOf(end);
      return { start, end, from, to };
    })
    .toSorted((a, b) => a.from - b.from);
  for (const [index, { start, end, from, to }] of breaks.entries()) {
    if (from < span.from || to > span.to || to <= from) {
      throw refuse(
        "calendar.break_outside_shift",
        `${day}: the break ${start}–${end} is not inside ${shift.name} (${shift.start}–${shift.end}).`,
      );
    }
    if ((breaks[index - 1]?.to ?? 0) > from) {
      throw refuse("calendar.breaks_overlap", `${day}: two breaks of ${shift.name} overlap.`);
    }
  }
}

/** Minutes of the day's clock; past midnight beyond 1,440. */
function spanOf({ start, end }: Pick<Shift, "start" | "end">): { from: number; to: number } {
  const [from, to] = [minutesOf(start), minutesOf(end)];
  return { from, to: to <= from ? to + dayMinutes : to };
}

function minutesOf(clock: string): number {
  const [hours = "0", minutes = "0"] = clock.split(":");
  return Number(hours) * 60 + Number(minutes);
}

const dayMinutes = 1_440;

function refuse(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence, { kind: "invalid" });
}
