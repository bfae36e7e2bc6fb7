import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

/** Days of UTC before `before` (YYYY-MM-DD) that have machine time, oldest first, at most `limit`. */
export async function readMachineTimeDays(
  tx: Transaction,
  asked: { before: string; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select distinct day::text
      from (select (source_time at time zone 'UTC')::date as day from production.state_point
            union
            select (source_time at time zone 'UTC')::date from production.reason_point
            union
            select (minute at time zone 'UTC')::date from production.count_minute) days
     where day < ${asked.before}::date
     order by day
     limit ${asked.limit}`.execute(tx.over());
  return rows.map(({ day }) => day);
}

/**
 * Removes the machine time of one day of UTC, once somebody keeps a copy of it and of all days before.
 * The last state and reason code of each machine stay: they say in what the next day begins. What people
 * said about stops and counts that nobody assigned are a person's and stay too.
 */
export async function forgetMachineTime(tx: Transaction, day: string): Promise<void> {
  const from = sql`${day}::date::timestamp at time zone 'UTC'`;
  const to = sql`(${day}::date + 1)::timestamp at time zone 'UTC'`;
  await sql`
    delete from production.count_minute
     where minute >= ${from}
       and minute < ${to}`.execute(tx.over());
  await sql`
    delete from production.reason_point p
     where source_time < ${to}
       and exists (select from production.reason_point later
                    where later.tenant_id = p.tenant_id
                      and later.work_unit_id = p.work_unit_id
                      and later.source_time > p.source_time
                      and later.source_time < ${to})`.execute(tx.over());
  await sql`
    delete from production.state_point p
     where source_time < ${to}
       and exists (select from production.state_point later
                    where later.tenant_id = p.tenant_id
                      and later.work_unit_id = p.work_unit_id
                      and later.source_time > p.source_time
                      and later.source_time < ${to})`.execute(tx.over());
}
