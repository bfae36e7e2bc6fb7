import { offsetMs, siteInstant } from "../../ui/format/site-time.ts";
import { type GanttScale, xOf } from "./gantt-bars.ts";

export type GanttTick = { timeMs: number; x: number; isDay: boolean };

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const stepsMs = [
  ...[5, 15, 30, 60, 120, 240, 480, 720].map((minutes) => minutes * minuteMs),
  ...[1, 2, 7, 14, 28, 91, 364].map((days) => days * dayMs),
];
/** A date and the air around it. */
const labelWidth = 72;

/** Round times of the site's clock, ascending, far enough apart for a label each; `isDay`: midnight. */
export function ganttTicks(scale: GanttScale, timeZone: string): GanttTick[] {
  const { startMs, endMs, width } = scale;
  const msPerLabel = ((endMs - startMs) / width) * labelWidth;
  const step = stepsMs.find((ms) => ms >= msPerLabel) ?? 364 * dayMs;
  const ticks: GanttTick[] = [];
  const first = Math.ceil((startMs + offsetMs(startMs, timeZone)) / step) * step;
  for (let local = first; ; local += step) {
    const timeMs = siteInstant(local, timeZone);
    if (timeMs >= endMs) return ticks;
    ticks.push({ timeMs, x: xOf(timeMs, scale), isDay: local % dayMs === 0 });
  }
}
