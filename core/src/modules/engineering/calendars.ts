import type { Calendar, CalendarInput } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { invariant, Refusal } from "../../platform/errors.ts";
import { requireVersion } from "../../platform/http/if-match.ts";
import type { Equipment } from "../equipment/index.ts";
import { checkCalendar } from "./domain/check-calendar.ts";
import { insertCalendar, readCalendars, replaceCalendar } from "./store/calendars.ts";

/**
 * Makes a calendar. Work centers that it names leave the calendar they had.
 * @throws Refusal calendar.name_taken · time_zone.unknown · work_center.unknown and what
 *   `checkCalendar` refuses
 */
export async function createCalendar(
  tx: Transaction,
  equipment: Equipment,
  asked: { calendarId: string; input: CalendarInput },
  by: Actor,
): Promise<Calendar> {
  await check(tx, equipment, asked.input);
  if (!(await insertCalendar(tx, asked.calendarId, asked.input))) throw nameTaken(asked.input);
  return saved(tx, asked.calendarId, null, by);
}

/** @throws Refusal calendar.unknown · record.changed_meanwhile and what `createCalendar` refuses */
export async function changeCalendar(
  tx: Transaction,
  equipment: Equipment,
  asked: { calendarId: string; version: number; input: CalendarInput },
  by: Actor,
): Promise<Calendar> {
  const [before] = await readCalendars(tx, asked.calendarId);
  if (before === undefined) throw unknown(asked.calendarId);
  requireVersion(before.version, asked.version);
  await check(tx, equipment, asked.input);
  const outcome = await replaceCalendar(tx, asked);
  if (outcome === "taken") throw nameTaken(asked.input);
  if (outcome === "moved_on") requireVersion(before.version + 1, asked.version);
  return saved(tx, asked.calendarId, before, by);
}

/**
 * Working time of the shifts that begin on days `from` to `to`, both included, ascending.
 * @throws Refusal calendar.unknown · calendar.window_too_long
 */
export async function readWorkingTime(
  tx: Transaction,
  asked: { calendarId: string; from: string; to: string },
): Promise<{ shift: string; from: string; to: string }[]> {
  const days = (Date.parse(asked.to) - Date.parse(asked.from)) / dayMs + 1;
  if (days < 1 || days > daysMax) {
    throw new Refusal(
      "calendar.window_too_long",
      `Ask for 1 to ${daysMax} days: from ${asked.from} to ${asked.to} are ${days}.`,
      { kind: "invalid" },
    );
  }
  if ((await readCalendars(tx, asked.calendarId)).length === 0) throw unknown(asked.calendarId);
  const { rows } = await sql<{ shift: string; starts: Date; ends: Date }>`
    select shift, starts, ends
      from engineering.working_time(${asked.calendarId}, ${asked.from}, ${asked.to})`.execute(
    tx.over(),
  );
  return rows.map(({ shift, starts, ends }) => ({
    shift,
    from: starts.toISOString(),
    to: ends.toISOString(),
  }));
}

const dayMs = 86_400_000;
const daysMax = 366;

async function check(tx: Transaction, equipment: Equipment, input: CalendarInput): Promise<void> {
  checkCalendar(input);
  const { rows } = await sql<{ is_known: boolean }>`
    select exists (select from pg_timezone_names where name = ${input.timeZone}) as is_known`.execute(
    tx.over(),
  );
  if (rows[0]?.is_known !== true) {
    throw new Refusal(
      "time_zone.unknown",
      `There is no time zone ${input.timeZone}: use an IANA name such as Europe/Berlin.`,
      { kind: "invalid" },
    );
  }
  const known = new Set((await equipment.workCenters(tx)).map(({ workCenterId }) => workCenterId));
  const lost = input.workCenterIds.find((workCenterId) => !known.has(workCenterId));
  if (lost === undefined) return;
  throw new Refusal("work_center.unknown", `There is no work center ${lost}.`, { kind: "invalid" });
}

async function saved(
  tx: Transaction,
  calendarId: string,
  before: Calendar | null,
  by: Actor,
): Promise<Calendar> {
  const [after] = await readCalendars(tx, calendarId);
  invariant(after !== undefined, "a saved calendar can be read");
  recordChange(tx, {
    objectType: "calendar",
    objectId: calendarId,
    label: after.name,
    before,
    after,
    by,
  });
  return after;
}

function nameTaken({ name }: CalendarInput): Refusal {
  return new Refusal("calendar.name_taken", `There is a calendar ${name} already.`);
}

function unknown(calendarId: string): Refusal {
  return new Refusal("calendar.unknown", `There is no calendar ${calendarId}.`, { kind: "absent" });
}
