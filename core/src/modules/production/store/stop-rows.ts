import { firstWordMs, type MachineState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** A state that holds from `at` (epoch ms) on, or a code that the machine gives from then on. */
export type StopRow = { at: number; state: MachineState | null; code: string | null };

/**
 * States and reason codes of one machine from the begin of the stop that reaches into the window (or from
 * `from`) to `to`, ascending and of one instant the state first; the code that stood before is there too.
 */
export async function loadStopRows(
  tx: Transaction,
  { workUnitId, from, to }: { workUnitId: string; from: Date; to: Date },
): Promise<StopRow[]> {
  const { rows } = await sql<{ at: Date; state: MachineState | null; code: string | null }>`
    with began as (
      select coalesce(
               (select min(p.source_time)
                  from production.state_point p
                 where p.tenant_id = ${tx.tenantId}
                   and p.work_unit_id = ${workUnitId}
                   and p.source_time <= ${from}
                   and p.source_time > coalesce((
                         select max(other.source_time)
                           from production.state_point other
                          where other.tenant_id = ${tx.tenantId}
                            and other.work_unit_id = ${workUnitId}
                            and other.source_time <= ${from}
                            and other.state <> 'down'), '-infinity')),
               ${from}) as since)
    select p.source_time as at, p.state, null as code
      from production.state_point p, began
     where p.tenant_id = ${tx.tenantId}
       and p.work_unit_id = ${workUnitId}
       and p.source_time >= began.since
       and p.source_time < ${to}
    union all
    select r.source_time, null, r.code
      from production.reason_point r, began
     where r.tenant_id = ${tx.tenantId}
       and r.work_unit_id = ${workUnitId}
       and r.source_time < ${to}
       and r.source_time >= coalesce((
             select max(standing.source_time)
               from production.reason_point standing
              where standing.tenant_id = ${tx.tenantId}
                and standing.work_unit_id = ${workUnitId}
                and standing.source_time < began.since - ${firstWordMs} * interval '1 millisecond'),
             '-infinity')
     order by at, state nulls last`.execute(tx.over());
  return rows.map(({ at, ...row }) => ({ ...row, at: at.getTime() }));
}

/** Just behind the state that ends a stop of this moment, so that reading to it sees the end; far away when it goes on. */
export async function loadEnd(tx: Transaction, workUnitId: string, at: Date): Promise<Date> {
  const { rows } = await sql<{ end: Date | null }>`
    select min(source_time) + interval '1 millisecond' as end
      from production.state_point
     where tenant_id = ${tx.tenantId}
       and work_unit_id = ${workUnitId}
       and source_time > ${at}
       and state <> 'down'`.execute(tx.over());
  return rows[0]?.end ?? new Date(latestMs);
}

/** The last instant that JavaScript knows. */
export const latestMs = 8.64e15;
