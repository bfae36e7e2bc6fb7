import type { MachineState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { StatePoint } from "../domain/state-intervals.ts";

/** Newest point of each work unit that has one. */
export async function loadLatestStates(
  tx: Transaction,
  workUnitIds: readonly string[],
): Promise<Map<string, StatePoint>> {
  const { rows } = await sql<{ work_unit_id: string; source_time: Date; state: MachineState }>`
    select wanted.work_unit_id, latest.source_time, latest.state
      from unnest(${[...workUnitIds]}::uuid[]) as wanted (work_unit_id)
     cross join lateral (
       select source_time, state
         from production.state_point p
        where p.tenant_id = ${tx.tenantId}
          and p.work_unit_id = wanted.work_unit_id
        order by source_time desc
        limit 1) latest`.execute(tx.over());
  return new Map(
    rows.map((row) => [row.work_unit_id, { at: row.source_time.getTime(), state: row.state }]),
  );
}

/** Adds points; one at the same instant takes the place of the older. At most one per instant here. */
export async function saveStatePoints(
  tx: Transaction,
  points: readonly { workUnitId: string; point: StatePoint }[],
): Promise<void> {
  if (points.length === 0) return;
  const records = points.map(({ workUnitId, point }) => ({
    work_unit_id: workUnitId,
    source_time: new Date(point.at),
    state: point.state,
  }));
  await sql`
    insert into production.state_point (tenant_id, work_unit_id, source_time, state)
    select ${tx.tenantId}, work_unit_id, source_time, state
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
        as (work_unit_id uuid, source_time timestamptz, state text)
    on conflict (tenant_id, work_unit_id, source_time) do update
       set state = excluded.state`.execute(tx.over());
}

/**
 * Replaces the points of [from, to]. Outside of it nothing changes: at `to` the machine is again in the
 * state it was known to be in then.
 */
export async function replaceStatePoints(
  tx: Transaction,
  window: { workUnitId: string; from: Date; to: Date; points: readonly StatePoint[] },
): Promise<void> {
  const { workUnitId, from, to } = window;
  const { rows } = await sql<{ state: MachineState }>`
    select state
      from production.state_point
     where work_unit_id = ${workUnitId}
       and source_time <= ${to}
     order by source_time desc
     limit 1`.execute(tx.over());
  await sql`
    delete from production.state_point
     where work_unit_id = ${workUnitId}
       and source_time between ${from} and ${to}`.execute(tx.over());
  const state = rows[0]?.state ?? "no_data";
  const restored = window.points.at(-1)?.state === state ? [] : [{ at: to.getTime(), state }];
  const byInstant = new Map(
    [...restored, ...window.points].map((point) => [point.at, { workUnitId, point }]),
  );
  await saveStatePoints(tx, [...byInstant.values()]);
}
