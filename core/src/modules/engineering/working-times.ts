import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

/** Working time of a shift; one with breaks has several. */
export type WorkingPiece = { shift: string; from: Date; to: Date };

/**
 * Working time of calendars that touches [from, to), by work center: ascending, breaks and holidays left
 * out, in real time. A work center that is not in it has no calendar and works always; one that does not
 * work in the range has an empty list. Work centers of one calendar share the list itself.
 * `workCenterIds` null: all.
 */
export async function readWorkingTimes(
  tx: Transaction,
  asked: { from: Date; to: Date; workCenterIds: readonly string[] | null },
): Promise<Map<string, readonly WorkingPiece[]>> {
  const { rows: centers } = await sql<{ work_center_id: string; calendar_id: string }>`
    select work_center_id, calendar_id
      from engineering.work_center_calendar
     where ${asked.workCenterIds}::uuid[] is null
        or work_center_id = any (${asked.workCenterIds}::uuid[])`.execute(tx.over());
  if (centers.length === 0) return new Map();
  const calendarIds = [...new Set(centers.map((row) => row.calendar_id))];
  // A shift lasts up to a day, so one that began the day before may reach into the range.
  const { rows } = await sql<WorkingPiece & { calendar_id: string }>`
    select c.calendar_id, t.shift, t.starts as "from", t.ends as "to"
      from engineering.calendar c
     cross join lateral engineering.working_time(
       c.calendar_id, (${asked.from}::timestamptz at time zone c.time_zone)::date - 1,
       (${asked.to}::timestamptz at time zone c.time_zone)::date) t
     where c.calendar_id = any (${calendarIds}::uuid[])
       and t.ends > ${asked.from}
       and t.starts < ${asked.to}
     order by t.starts`.execute(tx.over());
  const pieces = Map.groupBy(rows, (row) => row.calendar_id);
  const none: WorkingPiece[] = [];
  return new Map(
    centers.map((row) => [row.work_center_id, pieces.get(row.calendar_id) ?? none] as const),
  );
}
