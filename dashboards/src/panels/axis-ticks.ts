import { offsetMs } from "../ui/format/site-time.ts";

const minuteMs = 60_000;
/** Distances of ticks a person reads without counting, in minutes. */
const stepsMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360];
const ticksMax = 9;

/**
 * Round times of the site's clock inside a window, at most nine: epoch milliseconds, ascending.
 * Zones that are a half or a quarter of an hour off get ticks on their own full hours.
 */
export function axisTicks(window: { from: number; to: number }, timeZone: string): number[] {
  const length = window.to - window.from;
  const step =
    (stepsMinutes.find((minutes) => length / (minutes * minuteMs) <= ticksMax) ?? 720) * minuteMs;
  const shift = offsetMs(window.from, timeZone) % step;
  const first = Math.ceil((window.from + shift) / step) * step - shift;
  const count = Math.max(0, Math.floor((window.to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}
