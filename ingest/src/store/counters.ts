import { Decimal } from "@millwright/contracts/units";

import type { CounterPoint, CounterState, RepeatedTime } from "../derive/counter-state.ts";
import type { Binding } from "../session/cell.ts";
import type { Client, Queryable } from "./database.ts";

type CounterRow = Record<"binding_id" | "total" | "emitted_total", string> &
  Record<"baseline_value" | "last_value" | "pending_value", string> &
  Record<"baseline_ms" | "last_ms" | "pending_ms", number> & {
    pending_reset: boolean;
    repeated: RepeatedTime[];
  };

const counterColumns = `binding_id, total, emitted_total, baseline_value, last_value, pending_value, pending_reset, repeated,
  (extract(epoch from baseline_time) * 1000)::float8 as baseline_ms,
  (extract(epoch from last_time) * 1000)::float8 as last_ms,
  (extract(epoch from pending_time) * 1000)::float8 as pending_ms`;

export async function loadCounters(
  db: Queryable,
  bindingIds: readonly string[],
): Promise<Map<string, CounterState>> {
  const { rows } = await db.query<CounterRow>(
    `select ${counterColumns} from telemetry.counter_state where binding_id = any ($1)`,
    [bindingIds],
  );
  return new Map(rows.map((row) => [row.binding_id, toCounter(row)]));
}

/** Counters whose last pieces no event has told yet: after a crash they are told at once. */
export async function loadPendingCounters(db: Queryable): Promise<Map<string, CounterState>> {
  const { rows } = await db.query<CounterRow>(
    `select ${counterColumns} from telemetry.counter_state where total > emitted_total`,
  );
  return new Map(rows.map((row) => [row.binding_id, toCounter(row)]));
}

function toCounter(row: CounterRow): CounterState {
  return {
    baseline: point(row.baseline_ms, row.baseline_value),
    last: point(row.last_ms, row.last_value),
    total: new Decimal(row.total),
    emittedTotal: new Decimal(row.emitted_total),
    pending: point(row.pending_ms, row.pending_value),
    pendingReset: row.pending_reset,
    repeated: row.repeated,
  };
}

function point(time: number, value: string): CounterPoint {
  return { time, value: new Decimal(value) };
}

export async function upsertCounters(
  client: Client,
  counters: readonly { binding: Binding; state: CounterState }[],
): Promise<void> {
  if (counters.length === 0) return;
  const times = (pick: (state: CounterState) => CounterPoint) =>
    counters.map(({ state }) => pick(state).time);
  const numbers = (pick: (state: CounterState) => Decimal) =>
    counters.map(({ state }) => pick(state).toFixed());
  await client.query({
    name: "upsert_counters",
    text: `insert into telemetry.counter_state as c
       (binding_id, tenant_id, work_unit_id, baseline_time, baseline_value, last_time, last_value,
        total, emitted_total, pending_time, pending_value, pending_reset, repeated)
     select n.binding_id, n.tenant_id, n.work_unit_id, to_timestamp(n.baseline_ms / 1000), n.baseline_value,
            to_timestamp(n.last_ms / 1000), n.last_value, n.total, n.emitted_total,
            to_timestamp(n.pending_ms / 1000), n.pending_value, n.pending_reset, n.repeated
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::float8[], $5::numeric[], $6::float8[],
                   $7::numeric[], $8::numeric[], $9::numeric[], $10::float8[], $11::numeric[], $12::boolean[], $13::jsonb[])
              n (binding_id, tenant_id, work_unit_id, baseline_ms, baseline_value, last_ms, last_value,
                 total, emitted_total, pending_ms, pending_value, pending_reset, repeated)
     on conflict (binding_id) do update
       set last_time = excluded.last_time, last_value = excluded.last_value, total = excluded.total,
           emitted_total = excluded.emitted_total, pending_time = excluded.pending_time,
           pending_value = excluded.pending_value, pending_reset = excluded.pending_reset, repeated = excluded.repeated`,
    values: [
      counters.map(({ binding }) => binding.bindingId),
      counters.map(({ binding }) => binding.tenantId),
      counters.map(({ binding }) => binding.workUnitId),
      times((state) => state.baseline),
      numbers((state) => state.baseline.value),
      times((state) => state.last),
      numbers((state) => state.last.value),
      numbers((state) => state.total),
      numbers((state) => state.emittedTotal),
      times((state) => state.pending),
      numbers((state) => state.pending.value),
      counters.map(({ state }) => state.pendingReset),
      counters.map(({ state }) => JSON.stringify(state.repeated)),
    ],
  });
}

/**
 * Stored readings of a counter around late ones: all within, and one neighbour on either side; `without`
 * those whose times were told twice.
 */
export async function loadNeighbours(
  client: Client,
  windows: readonly {
    metricId: number;
    firstMs: number;
    lastMs: number;
    without: readonly RepeatedTime[];
  }[],
): Promise<CounterPoint[][]> {
  const { rows } = await client.query<{
    ordinal: number;
    time_ms: number;
    value: number;
    text_value: string | null;
  }>(
    `select w.ordinal::integer as ordinal, (extract(epoch from s.source_time) * 1000)::float8 as time_ms,
            s.value, s.text_value
       from unnest($1::bigint[], $2::float8[], $3::float8[], $4::tstzmultirange[])
              with ordinality w (metric_id, first_ms, last_ms, without, ordinal),
            lateral (
              (select source_time, value, text_value from telemetry.sample
                where metric_id = w.metric_id and source_time < to_timestamp(w.first_ms / 1000)
                  and quality <> 0 and value is not null and not source_time <@ w.without
                order by source_time desc limit 1)
              union all
              (select source_time, value, text_value from telemetry.sample
                where metric_id = w.metric_id
                  and source_time between to_timestamp(w.first_ms / 1000) and to_timestamp(w.last_ms / 1000)
                  and quality <> 0 and value is not null and not source_time <@ w.without)
              union all
              (select source_time, value, text_value from telemetry.sample
                where metric_id = w.metric_id and source_time > to_timestamp(w.last_ms / 1000)
                  and quality <> 0 and value is not null and not source_time <@ w.without
                order by source_time limit 1)
            ) s`,
    [
      windows.map(({ metricId }) => metricId),
      windows.map(({ firstMs }) => firstMs),
      windows.map(({ lastMs }) => lastMs),
      windows.map(({ without }) => multirange(without)),
    ],
  );
  const found: CounterPoint[][] = windows.map(() => []);
  for (const { ordinal, time_ms, value, text_value } of rows) {
    found[ordinal - 1]?.push({ time: time_ms, value: new Decimal(text_value ?? value) });
  }
  return found;
}

/** As PostgreSQL writes a multirange of instants. */
function multirange(times: readonly RepeatedTime[]): string {
  return `{${times.map(({ from, to }) => `(${iso(from)},${iso(to)}]`).join(",")}}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Heartbeats come every 10 s: one within three periods proves that the device was being read. */
const aliveMs = 30_000;

/**
 * The stored reading a new binding counts from: the last one before it while the device was being read
 * (an unchanged counter is not sent again), else the first one after. Of a device that was not being
 * read when the binding began, an older reading says nothing: what was made meanwhile is not its count.
 */
export async function loadBaseline(
  client: Client,
  series: { metricId: number; heartbeatMetricId: number | null },
  validFromMs: number,
): Promise<CounterPoint | null> {
  const { rows } = await client.query<{
    time_ms: number;
    value: number;
    text_value: string | null;
  }>(
    `(select (extract(epoch from source_time) * 1000)::float8 as time_ms, value, text_value, 1 as rank
        from telemetry.sample
       where metric_id = $1 and source_time <= to_timestamp($2::float8 / 1000)
         and quality <> 0 and value is not null
         and (source_time >= to_timestamp(($2::float8 - $4::float8) / 1000)
              or $3::bigint is null
              or exists (select from telemetry.sample h
                          where h.metric_id = $3
                            and h.source_time between to_timestamp(($2::float8 - $4::float8) / 1000)
                                                  and to_timestamp(($2::float8 + $4::float8) / 1000)))
       order by source_time desc limit 1)
     union all
     (select (extract(epoch from source_time) * 1000)::float8, value, text_value, 2
        from telemetry.sample
       where metric_id = $1 and source_time > to_timestamp($2::float8 / 1000)
         and quality <> 0 and value is not null
       order by source_time limit 1)
     order by rank limit 1`,
    [series.metricId, Math.max(aliveMs, validFromMs), series.heartbeatMetricId, aliveMs],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { time: row.time_ms, value: new Decimal(row.text_value ?? row.value) };
}
