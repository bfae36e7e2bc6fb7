import type { Calendar, CalendarInput } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** By name; one, or all of the tenant. */
export async function readCalendars(
  tx: Transaction,
  calendarId: string | null = null,
): Promise<Calendar[]> {
  const { rows } = await sql<Omit<Calendar, "weekdays" | "exceptions"> & { days: Day[] }>`
    select c.calendar_id as "calendarId", c.name, c.time_zone as "timeZone", c.version,
           (select coalesce(jsonb_agg(w.work_center_id order by w.work_center_id), '[]')
              from engineering.work_center_calendar w
             where w.calendar_id = c.calendar_id) as "workCenterIds",
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'weekday', d.weekday, 'day', d.day, 'name', d.name,
                     'shifts', (select coalesce(jsonb_agg(jsonb_build_object(
                                         'name', s.name,
                                         'start', to_char(s.starts, 'HH24:MI'),
                                         'end', to_char(s.ends, 'HH24:MI'),
                                         'breaks', (select coalesce(jsonb_agg(jsonb_build_object(
                                                             'start', to_char(b.starts, 'HH24:MI'),
                                                             'end', to_char(b.ends, 'HH24:MI'))
                                                             order by b.starts), '[]')
                                                      from engineering.calendar_break b
                                                     where b.calendar_id = c.calendar_id
                                                       and b.weekday is not distinct from s.weekday
                                                       and b.day is not distinct from s.day
                                                       and b.shift_starts = s.starts))
                                         order by s.starts), '[]')
                                  from engineering.calendar_shift s
                                 where s.calendar_id = c.calendar_id
                                   and s.weekday is not distinct from d.weekday
                                   and s.day is not distinct from d.day))
                     order by d.weekday, d.day), '[]')
              from engineering.calendar_day d
             where d.calendar_id = c.calendar_id) as days
      from engineering.calendar c
     where (${calendarId}::uuid is null or c.calendar_id = ${calendarId})
     order by c.name
     limit ${calendarsMax}`.execute(tx.over());
  return rows.map(({ days, ...calendar }) => ({
    ...calendar,
    weekdays: days.flatMap(({ weekday, shifts }) =>
      weekday === null ? [] : [{ weekday, shifts }],
    ),
    exceptions: days.flatMap(({ day, name, shifts }) =>
      day === null ? [] : [{ day, name, shifts }],
    ),
  }));
}

type Day = {
  weekday: number | null;
  day: string | null;
  name: string;
  shifts: CalendarInput["weekdays"][number]["shifts"];
};

const calendarsMax = 200;

/** False when the name is in use. */
export async function insertCalendar(
  tx: Transaction,
  calendarId: string,
  input: CalendarInput,
): Promise<boolean> {
  const { rows } = await sql`
    insert into engineering.calendar (tenant_id, calendar_id, name, time_zone)
    values (${tx.tenantId}, ${calendarId}, ${input.name}, ${input.timeZone})
    on conflict (tenant_id, name) do nothing
    returning calendar_id`.execute(tx.over());
  if (rows.length === 0) return false;
  await insertDays(tx, calendarId, input);
  return true;
}

export async function replaceCalendar(
  tx: Transaction,
  { calendarId, version, input }: { calendarId: string; version: number; input: CalendarInput },
): Promise<"saved" | "taken" | "moved_on"> {
  const { rows } = await sql`
    select from engineering.calendar where name = ${input.name} and calendar_id <> ${calendarId}`.execute(
    tx.over(),
  );
  if (rows.length > 0) return "taken";
  const { numAffectedRows } = await sql`
    update engineering.calendar
       set name = ${input.name}, time_zone = ${input.timeZone}, version = version + 1
     where calendar_id = ${calendarId}
       and version = ${version}`.execute(tx.over());
  if (numAffectedRows !== 1n) return "moved_on";
  for (const table of [
    "calendar_break",
    "calendar_shift",
    "calendar_day",
    "work_center_calendar",
  ]) {
    await sql`delete from ${sql.table(`engineering.${table}`)} where calendar_id = ${calendarId}`.execute(
      tx.over(),
    );
  }
  await insertDays(tx, calendarId, input);
  return "saved";
}

async function insertDays(
  tx: Transaction,
  calendarId: string,
  input: CalendarInput,
): Promise<void> {
  const days = [
    ...input.weekdays.map((each) => ({ ...each, day: null, name: "" })),
    ...input.exceptions.map((each) => ({ ...each, weekday: null })),
  ];
  const shifts = days.flatMap(({ weekday, day, shifts: list }) =>
    list.map((shift) => ({ ...shift, weekday, day })),
  );
  const breaks = shifts.flatMap(({ weekday, day, start, breaks: list }) =>
    list.map((each) => ({ ...each, weekday, day, shiftStarts: start })),
  );
  const at = { tenantId: tx.tenantId, calendarId };
  await sql`
    insert into engineering.calendar_day (tenant_id, calendar_id, weekday, day, name)
    select ${at.tenantId}, ${at.calendarId}, weekday, day, name
      from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as (weekday smallint, day date, name text)`.execute(
    tx.over(),
  );
  await sql`
    insert into engineering.calendar_shift (tenant_id, calendar_id, weekday, day, name, starts, ends)
    select ${at.tenantId}, ${at.calendarId}, weekday, day, name, start, "end"
      from jsonb_to_recordset(${JSON.stringify(shifts)}::jsonb)
        as (weekday smallint, day date, name text, start time, "end" time)`.execute(tx.over());
  await sql`
    insert into engineering.calendar_break (tenant_id, calendar_id, weekday, day, shift_starts, starts, ends)
    select ${at.tenantId}, ${at.calendarId}, weekday, day, "shiftStarts", start, "end"
      from jsonb_to_recordset(${JSON.stringify(breaks)}::jsonb)
        as (weekday smallint, day date, "shiftStarts" time, start time, "end" time)`.execute(
    tx.over(),
  );
  await sql`
    insert into engineering.work_center_calendar (tenant_id, work_center_id, calendar_id)
    select ${at.tenantId}, unnest(${input.workCenterIds}::uuid[]), ${at.calendarId}
    on conflict (tenant_id, work_center_id) do update set calendar_id = excluded.calendar_id`.execute(
    tx.over(),
  );
}
