import type { Calendar, CalendarInput } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";

const { plant } = await plantOfFile();

const early = {
  name: "Early",
  start: "06:00",
  end: "14:00",
  breaks: [{ start: "09:00", end: "09:15" }],
};
const late = { name: "Late", start: "14:00", end: "22:00", breaks: [] };
const night = {
  name: "Night",
  start: "22:00",
  end: "06:00",
  breaks: [{ start: "01:30", end: "02:30" }],
};

function threeShifts(name: string, more: Partial<CalendarInput> = {}): object {
  const weekdays = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    weekday,
    shifts: [early, late, night],
  }));
  return { name, timeZone: "Europe/Berlin", weekdays, ...more };
}

async function worked(calendar: Calendar, from: string, to = from) {
  const path = `/api/calendars/${calendar.calendarId}/working-time?from=${from}&to=${to}`;
  const { rows } = await plant.get<{ rows: { shift: string; from: string; to: string }[] }>(path);
  return rows.map((row) => ({
    ...row,
    hours: (Date.parse(row.to) - Date.parse(row.from)) / 3_600_000,
  }));
}

test("three shifts of a day in real time, breaks left out", async () => {
  const calendar = await plant.post<Calendar>("/api/calendars", threeShifts("Three shifts"));
  const rows = await worked(calendar, "2026-11-20");
  expect(rows.map(({ shift, from, to }) => [shift, from, to])).toEqual([
    ["Early", "2026-11-20T05:00:00.000Z", "2026-11-20T08:00:00.000Z"],
    ["Early", "2026-11-20T08:15:00.000Z", "2026-11-20T13:00:00.000Z"],
    ["Late", "2026-11-20T13:00:00.000Z", "2026-11-20T21:00:00.000Z"],
    ["Night", "2026-11-20T21:00:00.000Z", "2026-11-21T00:30:00.000Z"],
    ["Night", "2026-11-21T01:30:00.000Z", "2026-11-21T05:00:00.000Z"],
  ]);
});

// The clocks change at 01:00 UTC: at 02:00 to 03:00 in spring, at 03:00 to 02:00 in autumn.
test("the night of the clock change is an hour shorter in spring and longer in autumn", async () => {
  const noBreak = { ...night, breaks: [] };
  const weekdays = [{ weekday: 6, shifts: [noBreak] }];
  const asked = threeShifts("Nights", { weekdays });
  const calendar = await plant.post<Calendar>("/api/calendars", asked);
  const hours = async (day: string) => (await worked(calendar, day)).map((row) => row.hours);
  expect(await hours("2026-03-21")).toEqual([8]);
  expect(await hours("2026-03-28")).toEqual([7]);
  expect(await hours("2026-10-24")).toEqual([9]);
});

test("a break that the clock skips takes nothing away", async () => {
  const skipped = { ...night, breaks: [{ start: "02:00", end: "03:00" }] };
  const asked = threeShifts("Skipped", { weekdays: [{ weekday: 6, shifts: [skipped] }] });
  const calendar = await plant.post<Calendar>("/api/calendars", asked);
  const total = (await worked(calendar, "2026-03-28")).reduce((sum, { hours }) => sum + hours, 0);
  expect(total).toBe(7);
});

test("a holiday has no shifts, and a special day its own", async () => {
  const exceptions = [
    { day: "2026-12-25", name: "Christmas", shifts: [] },
    { day: "2026-12-31", name: "New Year's Eve", shifts: [{ ...early, end: "12:00" }] },
  ];
  const calendar = await plant.post<Calendar>(
    "/api/calendars",
    threeShifts("Feasts", { exceptions }),
  );
  expect(await worked(calendar, "2026-12-25")).toEqual([]);
  const shifts = (await worked(calendar, "2026-12-31")).map(({ shift, to }) => [shift, to]);
  expect(shifts.at(-1)).toEqual(["Early", "2026-12-31T11:00:00.000Z"]);
});

const refused = async (code: string, calendar: object) => {
  const answer = await plant.call("POST", "/api/calendars", calendar);
  expect(answer, code).toMatchObject({ body: { code } });
  expect(answer.status).toBeGreaterThanOrEqual(400);
};

test("what cannot be meant is refused by name", async () => {
  const week = (shifts: readonly object[]) =>
    threeShifts("X", { weekdays: [{ weekday: 1, shifts }] as never });
  await refused("calendar.shifts_overlap", week([early, { ...late, start: "13:59" }]));
  await refused(
    "calendar.break_outside_shift",
    week([{ ...early, breaks: [{ start: "05:30", end: "06:30" }] }]),
  );
  await refused(
    "calendar.breaks_overlap",
    week([
      {
        ...early,
        breaks: [
          { start: "09:00", end: "09:30" },
          { start: "09:15", end: "09:45" },
        ],
      },
    ]),
  );
  await refused("time_zone.unknown", { ...threeShifts("X"), timeZone: "Mars/Olympus" });
  const day = { day: "2026-12-25", name: "A", shifts: [] };
  await refused("calendar.day_twice", threeShifts("X", { exceptions: [day, day] }));
  await refused("calendar.name_taken", threeShifts("Three shifts"));
});
