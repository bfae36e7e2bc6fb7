import { expect, test } from "vitest";

import { axisTicks } from "./axis-ticks.ts";
import { cutToWindow, stateTotals } from "./stretches.ts";

const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);

test("intervals are cut to the window, and what is outside is dropped", () => {
  const cut = cutToWindow(
    [
      { state: "idle", from: "2026-11-21T05:00:00Z", to: "2026-11-21T06:00:00Z" },
      { state: "producing", from: "2026-11-21T06:00:00Z", to: "2026-11-21T08:00:00Z" },
      { state: "down", from: "2026-11-21T08:00:00Z", to: null },
    ],
    { from: at("07:00:00"), to: at("08:30:00") },
  );
  expect(cut).toEqual([
    { state: "producing", from: at("07:00:00"), to: at("08:00:00"), isOpen: false },
    { state: "down", from: at("08:00:00"), to: at("08:30:00"), isOpen: true },
  ]);
  expect(stateTotals(cut)).toMatchObject({ producing: 3_600_000, down: 1_800_000, idle: 0 });
});

test("ticks lie on round times of the site's clock", () => {
  const window = { from: at("06:10:00"), to: at("09:10:00") };
  expect(
    axisTicks(window, "UTC").map((tick) => new Date(tick).toISOString().slice(11, 16)),
  ).toEqual(["06:30", "07:00", "07:30", "08:00", "08:30", "09:00"]);
  // Kolkata is 5:30 ahead: its 12:00 is 06:30 UTC.
  const long = { from: at("00:00:00"), to: at("12:00:00") };
  expect(new Date(axisTicks(long, "Asia/Kolkata")[0] ?? 0).toISOString().slice(11, 16)).toBe(
    "00:30",
  );
});
