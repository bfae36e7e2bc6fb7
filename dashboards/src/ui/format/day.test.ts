import { expect, test } from "vitest";

import { addDays, formatDay, siteDay } from "./day.ts";
import { formatMoney } from "./money.ts";

test("a day is the same day in every zone", () => {
  expect(formatDay("2026-03-01", "en-GB")).toBe("1 Mar 2026");
});

test("the site's day changes at the site's midnight", () => {
  const instant = Date.parse("2026-11-21T23:30:00Z");
  expect(siteDay(instant, "Europe/Berlin")).toBe("2026-11-22");
  expect(siteDay(instant, "America/New_York")).toBe("2026-11-21");
});

test.each([
  ["2026-02-28", 1, "2026-03-01"],
  ["2026-01-01", -1, "2025-12-31"],
  ["2026-03-29", 7, "2026-04-05"],
])("%s and %i days is %s", (day, days, later) => expect(addDays(day, days)).toBe(later));

test.each([
  ["1234.5", "1,234.50"],
  ["0.012500", "0.0125"],
  ["0.5", "0.50"],
  ["0", "0.00"],
  ["12.345678", "12.35"],
])("%s is shown as %s", (amount, shown) => expect(formatMoney(amount, "en-GB")).toBe(shown));
