import { expect, test } from "vitest";

import { endOfSiteDay, formatSiteTime } from "./site-time.ts";

test.each([
  ["2026-11-21", "UTC", "2026-11-21T23:59:59.000Z"],
  ["2026-11-21", "Asia/Shanghai", "2026-11-21T15:59:59.000Z"],
  // The day the clocks go back in Berlin ends in winter time, the one they go forward in summer time.
  ["2026-10-25", "Europe/Berlin", "2026-10-25T22:59:59.000Z"],
  ["2026-03-29", "Europe/Berlin", "2026-03-29T21:59:59.000Z"],
])("the day %s at %s ends at %s", (date, timeZone, instant) => {
  expect(endOfSiteDay(date, timeZone)).toBe(instant);
});

test("shows the clock of the site, 24 hours", () => {
  const site = { locale: "en", timeZone: "Asia/Shanghai" };
  expect(formatSiteTime("2026-11-21T16:05:09Z", "time", site)).toBe("00:05:09");
});
