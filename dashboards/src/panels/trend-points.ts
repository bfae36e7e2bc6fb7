import type { Trend } from "@millwright/contracts/api";

/** Epoch milliseconds ascending and values; null is a hole, drawn as one. */
export type Points = { times: number[]; values: (number | null)[] };

/**
 * What a chart draws: the stored points, then the live ones that are newer, then the last value held
 * until now while the device is alive (report by exception: an unchanged value sends nothing).
 */
export function pointsToDraw(
  stored: Pick<Trend, "times" | "values">,
  live: Points,
  { now, isAlive }: { now: number; isAlive: boolean },
): Points {
  const inPast = stored.times.filter((time) => time <= now).length;
  const times = stored.times.slice(0, inPast);
  const values = stored.values.slice(0, inPast);
  const newest = times.at(-1) ?? -Infinity;
  live.times.forEach((time, index) => {
    if (time <= newest || time > now) return;
    times.push(time);
    values.push(live.values[index] ?? null);
  });
  const last = values.at(-1);
  if (isAlive && last !== undefined && last !== null) {
    times.push(now);
    values.push(last);
  }
  return { times, values };
}

/** At four messages a second this is more than the minute between two reads of the stored trend. */
const livePointsMax = 2_000;

/** Adds a live point in place; out of order ones are left to the next read of the stored trend. */
export function addLive(live: Points, time: number, value: number | null): void {
  if (time <= (live.times.at(-1) ?? -Infinity)) return;
  live.times.push(time);
  live.values.push(value);
  if (live.times.length > livePointsMax) {
    live.times.splice(0, livePointsMax / 2);
    live.values.splice(0, livePointsMax / 2);
  }
}
