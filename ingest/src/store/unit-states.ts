import type { MachineState } from "@millwright/contracts/states";

import type { StatePoint } from "../derive/machine-state.ts";
import type { Binding } from "../session/cell.ts";
import type { Client, Queryable } from "./database.ts";

/** The newest reading of a metric in `[fromMs, toMs]`; null when there is none. */
export async function loadReadingBefore(
  client: Client,
  { metricId, fromMs, toMs }: { metricId: number; fromMs: number; toMs: number },
): Promise<{ timeMs: number; raw: string | null } | null> {
  const { rows } = await client.query<{ time_ms: number; raw: string | null }>(
    `select (extract(epoch from source_time) * 1000)::float8 as time_ms,
            case when quality <> 0 then coalesce(text_value, value::text) end as raw
       from telemetry.sample
      where metric_id = $1
        and source_time between to_timestamp($2::float8 / 1000) and to_timestamp($3::float8 / 1000)
      order by source_time desc limit 1`,
    [metricId, fromMs, toMs],
  );
  const row = rows[0];
  return row === undefined ? null : { timeMs: row.time_ms, raw: row.raw };
}

type UnitStateRow = { work_unit_id: string; state: MachineState; time_ms: number };

const unitStatesQuery = `
  select work_unit_id, state, (extract(epoch from source_time) * 1000)::float8 as time_ms
    from telemetry.work_unit_state where work_unit_id = any ($1)`;

export async function loadUnitStates(
  db: Queryable,
  workUnitIds: readonly string[],
): Promise<Map<string, StatePoint>> {
  const { rows } = await db.query<UnitStateRow>(unitStatesQuery, [workUnitIds]);
  return toStates(rows);
}

/** The same; nobody else changes them before the transaction ends. Locked in the order of their ids. */
export async function lockUnitStates(
  client: Client,
  workUnitIds: readonly string[],
): Promise<Map<string, StatePoint>> {
  const { rows } = await client.query<UnitStateRow>(
    `${unitStatesQuery} order by work_unit_id for update`,
    [workUnitIds],
  );
  return toStates(rows);
}

function toStates(rows: readonly UnitStateRow[]): Map<string, StatePoint> {
  return new Map(rows.map((row) => [row.work_unit_id, { state: row.state, time: row.time_ms }]));
}

export async function upsertUnitStates(
  client: Client,
  states: readonly { binding: Binding; point: StatePoint }[],
): Promise<void> {
  if (states.length === 0) return;
  await client.query({
    name: "upsert_unit_states",
    text: `insert into telemetry.work_unit_state (work_unit_id, tenant_id, state, source_time)
     select n.work_unit_id, n.tenant_id, n.state, to_timestamp(n.time_ms / 1000)
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[]) n (work_unit_id, tenant_id, state, time_ms)
     on conflict (work_unit_id) do update set state = excluded.state, source_time = excluded.source_time`,
    values: [
      states.map(({ binding }) => binding.workUnitId),
      states.map(({ binding }) => binding.tenantId),
      states.map(({ point }) => point.state),
      states.map(({ point }) => point.time),
    ],
  });
}
