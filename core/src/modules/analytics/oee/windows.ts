import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { WorkingPiece } from "../../engineering/index.ts";
import type { Site } from "../../identity/index.ts";
import type { Cuts } from "../domain/machine-time.ts";

/**
 * Of a production day: in a shift, outside of all (null, and not planned), or all of it where there is
 * no calendar (null, and planned).
 */
export type Window = { day: string; shift: string | null; isPlanned: boolean };

/** The windows between the bounds, in their order: they cover the range without a gap. */
export type Windows = { bounds: Cuts["bounds"]; windows: readonly Window[] };

type Span = { from: Date; to: Date };
export type Day = Span & { day: string };

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

/**
 * Cuts production days at the shifts of a calendar: each moment lies in exactly one window, so that the
 * sums by shift, by day and by machine are the same. Pure; `days` and `pieces` ascending; of two shifts
 * that overlap the later keeps what the earlier leaves. `pieces` null: no calendar, each day is one window.
 */
export function windowsOf(days: readonly Day[], pieces: readonly WorkingPiece[] | null): Windows {
  const outside = { shift: null, isPlanned: false };
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
    for (const piece of pieces ?? []) {
      const start = Math.max(piece.from.getTime(), reached);
      const end = Math.min(piece.to.getTime(), to.getTime());
      if (end <= start) continue;
      if (start > reached) open(reached, { day, ...outside });
      open(start, { day, shift: piece.shift, isPlanned: true });
      reached = end;
    }
    const isPlanned = pieces === null;
    if (reached < to.getTime()) open(reached, { day, shift: null, isPlanned });
  }
  const end = days.at(-1)?.to.getTime();
  return { bounds: end === undefined ? [] : [...bounds, end], windows };
}
