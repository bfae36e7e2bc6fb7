const minuteMs = 60_000;
const shiftMinutes = 8 * 60;
/** Three shifts from 06:00 site time: 06–14, 14–22, 22–06. */
const firstShiftMinute = 6 * 60;

/** Two crews relieve each other, so half of the line keeps running through a break. */
export type Crew = "first" | "second";

/** Minutes after the shift's start, `[from, to)`: the meal break and the cleaning before hand-over. */
const plannedStops = {
  first: [
    [210, 230],
    [470, 480],
  ],
  second: [
    [240, 260],
    [460, 470],
  ],
} as const satisfies Record<Crew, readonly (readonly [number, number])[]>;

/** Says whether a crew is on a planned stop at a wall-clock instant (epoch ms). */
export type ShiftCalendar = (crew: Crew, nowMs: number) => boolean;

/** The plant's three-shift calendar in the site's time zone (IANA name), daylight saving included. */
export function shiftCalendar(timeZone: string): ShiftCalendar {
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  // Formatting costs microseconds and is asked for on every step: once a minute is enough.
  let cached = { minute: -1, ofShift: 0 };
  return (crew, nowMs) => {
    const minute = Math.floor(nowMs / minuteMs);
    if (minute !== cached.minute) {
      const [hours = 0, minutes = 0] = clock.format(nowMs).split(":").map(Number);
      const sinceFirst = hours * 60 + minutes - firstShiftMinute + 24 * 60;
      cached = { minute, ofShift: sinceFirst % shiftMinutes };
    }
    return plannedStops[crew].some(([from, to]) => cached.ofShift >= from && cached.ofShift < to);
  };
}

/** A plant without breaks, for tests and demonstrations at any hour. */
export const aroundTheClock: ShiftCalendar = () => false;
