import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** What a machine said as the reason of its state, at an instant (epoch ms). */
export type ReasonPoint = { workUnitId: string; at: number; code: string };

/** Adds points; of one instant the last one counts. */
export async function saveReasonPoints(
  tx: Transaction,
  points: readonly ReasonPoint[],
): Promise<void> {
  if (points.length === 0) return;
  const byInstant = new Map(
    points.map(({ workUnitId, at, code }) => [
      `${workUnitId} ${at}`,
      { work_unit_id: workUnitId, source_time: new Date(at), code },
    ]),
  );
  await sql`
    insert into production.reason_point (tenant_id, work_unit_id, source_time, code)
    select ${tx.tenantId}, work_unit_id, source_time, code
      from jsonb_to_recordset(${JSON.stringify([...byInstant.values()])}::jsonb)
        as (work_unit_id uuid, source_time timestamptz, code text)
    on conflict (tenant_id, work_unit_id, source_time) do update
       set code = excluded.code`.execute(tx.over());
}
