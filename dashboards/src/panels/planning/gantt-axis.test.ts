import { expect, test } from "vitest";

import { ganttTicks } from "./gantt-axis.ts";

const scaleOf = (from: string, to: string, width: number) => ({
  startMs: Date.parse(from),
  endMs: Date.parse(to),
  width,
});
const timesOf = (scale: ReturnType<typeof scaleOf>, timeZone: string) =>
  ganttTicks(scale, timeZone).map(({ timeMs, isDay }) => [
    new Date(timeMs).toISOString().slice(5, 16),
    isDay,
  ]);

test("ticks stand on round hours of the site's clock, as close as labels allow", () => {
  const evening = scaleOf("2026-11-20T16:20:00Z", "2026-11-20T20:00:00Z", 300);
  expect(timesOf(evening, "Asia/Kolkata")).toEqual([
    ["11-20T16:30", false],
    ["11-20T17:30", false],
    ["11-20T18:30", true],
    ["11-20T19:30", false],
  ]);
  expect(ganttTicks(evening, "Asia/Kolkata")[0]?.x).toBeCloseTo((10 / 220) * 300);
});

test("days are days when the clocks change, too", () => {
  const week = scaleOf("2026-10-23T12:00:00Z", "2026-10-27T00:00:00Z", 300);
  expect(timesOf(week, "Europe/Berlin")).toEqual([
    ["10-23T22:00", true],
    ["10-24T22:00", true],
    ["10-25T23:00", true],
    ["10-26T23:00", true],
  ]);
});
