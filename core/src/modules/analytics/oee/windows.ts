import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Site } from "../../identity/index.ts";
import type { Bounds } from "../domain/machine-time.ts";

/** Of a production day: in a shift, or outside of all (null). */
export type Window = { day: string; shift: string | null };

/** The windows between the bounds, in their order: they cover the range without a gap. */
export type Windows = { bounds: Bounds; windows: readonly Window[] };

type Span = { from: Date; to: Date };
export type Day = Span & { day: string };
export type Piece = Span & { shift: string };

/** Production days from one to another, both included, in real time (23 or 25 hours when the clocks change). */
export async function readDays(
  tx: Transaction,
  site: Pick<Site, "timeZone" | "dayStart">,
  asked: { from: string; to: string },
): Promise<Day[]> {
  const { rows } = await sql<Day>`
    select d::date::text as day,
           (d::date + ${site.dayStart}::time) at time zone ${site.timeZone} as "from",
           (d::date + 1 + ${site.dayStart}::time) at time zone ${site.timeZone} as "to"
      from generate_series(${asked.from}::date, ${asked.to}::date, interval '1 day') d`.execute(
    tx.over(),
  );
  return rows;
}

/** Working time of the calendars in use, by calendar, and the calendar of each work center that has one. */
export async function readShifts(
  tx: Transaction,
  asked: { from: string; to: string },
): Promise<{ pieces: Map<string, Piece[]>; calendarOf: Map<string, string> }> {
  const { rows: centers } = await sql<{ work_center_id: string; calendar_id: string }>`
    select work_center_id, calendar_id
      from engineering.v_work_center_calendar`.execute(tx.over());
  const { rows } = await sql<Piece & { calendar_id: string }>`
    select c.calendar_id, t.shift, t.starts as "from", t.ends as "to"
      from (select distinct calendar_id from engineering.v_work_center_calendar) c
     cross join lateral engineering.working_time(
       c.calendar_id, ${asked.from}::date - 1, ${asked.to}::date + 1) t
     order by t.starts`.execute(tx.over());
  return {
    pieces: Map.groupBy(rows, ({ calendar_id }) => calendar_id),
    calendarOf: new Map(centers.map((row) => [row.work_center_id, row.calendar_id])),
  };
}

/**
 * Cuts production days at the shifts of a calendar: each moment lies in exactly one window, so that the
 * sums by shift, by day and by machine are the same. Pure; `days` ascending, `pieces` ascending and
 * without overlap.
 */
export function windowsOf(days: readonly Day[], pieces: readonly Piece[]): Windows {
  const bounds: number[] = [];
  const windows: Window[] = [];
  const open = (from: number, window: Window) => {
    const last = windows.at(-1);
    if (last?.day === window.day && last.shift === window.shift) return;
    bounds.push(from);
    windows.push(window);
  };
  for (const { day, from, to } of days) {
    let reached = from.getTime();
    for (const piece of pieces) {
      const start = Math.max(piece.from.getTime(), reached);
      const end = Math.min(piece.to.getTime(), to.getTime());
      if (end <= start) continue;
      if (start > reached) open(reached, { day, shift: null });
      open(start, { day, shift: piece.shift });
      reached = end;
    }
    if (reached < to.getTime()) open(reached, { day, shift: null });
  }
  const end = days.at(-1)?.to.getTime();
  return { bounds: end === undefined ? [] : [...bounds, end], windows };
}
