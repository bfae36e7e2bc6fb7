import type { EventToEmit } from "@millwright/contracts/events";
import type { MachineState } from "@millwright/contracts/states";
import { Decimal } from "@millwright/contracts/units";
import type pg from "pg";

import type { CounterPoint, CounterState } from "../derive/counter.ts";
import type { StatePoint } from "../derive/machine-state.ts";
import {
  fromMultirange,
  type OffsetRange,
  toMultirange,
  type Watermark,
} from "../derive/watermark.ts";
import type { Binding, RegisteredNode } from "../session/cell.ts";
import type { DeadLetter } from "../session/messages.ts";
import type { MetricSeries } from "../session/metric-series.ts";
import { withoutZeroBytes } from "../session/plausible.ts";
import type { Client } from "./database.ts";

/** What `telemetry.dead_letter` keeps of a message. */
const deadLetterBytesMax = 65_536;

type Queryable = Pick<pg.Pool, "query">;

/** Gives every series its metric_id; safe to repeat. Outside the batch's transaction: ids survive a rollback. */
export async function registerMetrics(
  db: Queryable,
  node: RegisteredNode,
  series: readonly MetricSeries[],
): Promise<void> {
  const devices = series.map(({ deviceId }) => deviceId);
  const names = series.map(({ name }) => name);
  await db.query(
    `insert into telemetry.metric (tenant_id, group_id, edge_node_id, device_id, name, datatype, unit)
     select $1, $2, $3, s.device_id, s.name, s.datatype, s.unit
       from unnest($4::text[], $5::text[], $6::smallint[], $7::text[]) s (device_id, name, datatype, unit)
     on conflict (group_id, edge_node_id, device_id, name)
       do update set datatype = excluded.datatype, unit = excluded.unit
       where (metric.datatype, metric.unit) is distinct from (excluded.datatype, excluded.unit)`,
    [
      node.tenantId,
      node.groupId,
      node.edgeNodeId,
      devices,
      names,
      series.map(({ datatype }) => datatype),
      series.map(({ unit }) => unit),
    ],
  );
  const { rows } = await db.query<{ ordinal: number; metric_id: string }>(
    `select s.ordinal::integer as ordinal, m.metric_id
       from unnest($3::text[], $4::text[]) with ordinality s (device_id, name, ordinal)
       join telemetry.metric m
         on m.group_id = $1 and m.edge_node_id = $2
        and m.device_id is not distinct from s.device_id and m.name = s.name`,
    [node.groupId, node.edgeNodeId, devices, names],
  );
  for (const { ordinal, metric_id } of rows) {
    const one = series[ordinal - 1];
    if (one !== undefined) one.metricId = Number(metric_id);
  }
}

/** The watermark of an edge log; made when it is new. */
export async function loadWatermark(
  db: Queryable,
  node: RegisteredNode,
  epoch: string,
): Promise<Watermark> {
  const key = [node.groupId, node.edgeNodeId, epoch];
  await db.query(
    `insert into telemetry.watermark (group_id, edge_node_id, epoch) values ($1, $2, $3)
     on conflict do nothing`,
    key,
  );
  const { rows } = await db.query<{ contiguous: string; ranges: string }>(
    `select contiguous, ranges::text as ranges from telemetry.watermark
      where group_id = $1 and edge_node_id = $2 and epoch = $3`,
    key,
  );
  return {
    contiguous: Number(rows[0]?.contiguous ?? 0),
    ranges: fromMultirange(rows[0]?.ranges ?? "{}"),
  };
}

export type WatermarkMove = {
  node: RegisteredNode;
  epoch: string;
  from: Watermark;
  to: Watermark;
};

/** Another writer moved a watermark: what this process knows of it is old. */
export class WatermarkMoved extends Error {
  override readonly name = "WatermarkMoved";
}

/**
 * Moves watermarks from what this process knows to what the batch makes of them. The row stays locked
 * until commit, so one edge has one writer at a time. @throws WatermarkMoved
 */
export async function moveWatermarks(
  client: Client,
  moves: readonly WatermarkMove[],
): Promise<void> {
  if (moves.length === 0) return;
  const { rowCount } = await client.query(
    `update telemetry.watermark w
        set contiguous = n.contiguous, ranges = n.ranges::int8multirange, updated_time = now()
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[])
              n (group_id, edge_node_id, epoch, old_contiguous, old_ranges, contiguous, ranges)
      where w.group_id = n.group_id and w.edge_node_id = n.edge_node_id and w.epoch = n.epoch
        and w.contiguous = n.old_contiguous and w.ranges = n.old_ranges::int8multirange`,
    [
      moves.map(({ node }) => node.groupId),
      moves.map(({ node }) => node.edgeNodeId),
      moves.map(({ epoch }) => epoch),
      moves.map(({ from }) => from.contiguous),
      moves.map(({ from }) => toMultirange(from.ranges)),
      moves.map(({ to }) => to.contiguous),
      moves.map(({ to }) => toMultirange(to.ranges)),
    ],
  );
  if (rowCount !== moves.length) throw new WatermarkMoved("a watermark is not where it was");
}

/** Ends the older logs of a node: what was missing there can never come. Returns the lost ranges. */
export async function endOtherEpochs(
  client: Client,
  node: RegisteredNode,
  epoch: string,
): Promise<{ epoch: string; lost: OffsetRange }[]> {
  const { rows } = await client.query<{ epoch: string; first: string; last: string }>(
    `with ended as (
       select epoch, contiguous, ranges from telemetry.watermark
        where group_id = $1 and edge_node_id = $2 and epoch <> $3 and not isempty(ranges)
        for update
     ), closed as (
       update telemetry.watermark w set contiguous = upper(e.ranges) - 1, ranges = '{}'
         from ended e
        where w.group_id = $1 and w.edge_node_id = $2 and w.epoch = e.epoch
     )
     select e.epoch, lower(hole) as first, upper(hole) - 1 as last
       from ended e,
            unnest(int8multirange(int8range(e.contiguous + 1, upper(e.ranges))) - e.ranges) hole`,
    [node.groupId, node.edgeNodeId, epoch],
  );
  return rows.map((row) => ({
    epoch: row.epoch,
    lost: { first: Number(row.first), last: Number(row.last) },
  }));
}

export type Gap = {
  node: RegisteredNode;
  epoch: string | null;
  lost: OffsetRange;
  reason: string;
};

export async function insertGaps(client: Client, gaps: readonly Gap[]): Promise<void> {
  if (gaps.length === 0) return;
  await client.query(
    `insert into telemetry.gap (tenant_id, group_id, edge_node_id, epoch, first_offset, last_offset, reason)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])
     on conflict do nothing`,
    [
      gaps.map(({ node }) => node.tenantId),
      gaps.map(({ node }) => node.groupId),
      gaps.map(({ node }) => node.edgeNodeId),
      gaps.map(({ epoch }) => epoch),
      gaps.map(({ lost }) => lost.first),
      gaps.map(({ lost }) => lost.last),
      gaps.map(({ reason }) => reason),
    ],
  );
}

export async function insertDeadLetters(
  client: Client,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  await client.query(
    `insert into telemetry.dead_letter (tenant_id, topic, reason, payload, bytes_total)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::integer[])`,
    [
      letters.map(({ tenantId }) => tenantId),
      letters.map(({ topic }) => withoutZeroBytes(topic.slice(0, 1000))),
      letters.map(({ reason }) => withoutZeroBytes(reason.slice(0, 1000))),
      letters.map(({ payload }) => Buffer.from(payload.subarray(0, deadLetterBytesMax))),
      letters.map(({ payload }) => payload.length),
    ],
  );
}

export type LiveValue = {
  metricId: number;
  timeMs: number;
  receivedMs: number;
  value: number | null;
  text: string | null;
  quality: number;
};

/** Newer ones win; an older one changes nothing. */
export async function upsertLastValues(
  client: Client,
  values: readonly LiveValue[],
): Promise<void> {
  if (values.length === 0) return;
  await client.query(
    `insert into telemetry.last_value as v (metric_id, source_time, received_time, value, text_value, quality)
     select n.metric_id, to_timestamp(n.source_ms / 1000), to_timestamp(n.received_ms / 1000),
            n.value, n.text_value, n.quality
       from unnest($1::bigint[], $2::float8[], $3::float8[], $4::float8[], $5::text[], $6::smallint[])
              n (metric_id, source_ms, received_ms, value, text_value, quality)
     on conflict (metric_id) do update
       set source_time = excluded.source_time, received_time = excluded.received_time,
           value = excluded.value, text_value = excluded.text_value, quality = excluded.quality
     where excluded.source_time >= v.source_time`,
    [
      values.map(({ metricId }) => metricId),
      values.map(({ timeMs }) => timeMs),
      values.map(({ receivedMs }) => receivedMs),
      values.map(({ value }) => value),
      values.map(({ text }) => text),
      values.map(({ quality }) => quality),
    ],
  );
}

/** The device behind these live values is gone; its next birth brings them back. */
export async function markStale(client: Client, metricIds: readonly number[]): Promise<void> {
  if (metricIds.length === 0) return;
  await client.query(
    "update telemetry.last_value set quality = 500 where metric_id = any ($1::bigint[])",
    [metricIds],
  );
}

export type DeviceUpdate = {
  node: RegisteredNode;
  /** Null: the edge node itself. */
  deviceId: string | null;
  isOnline: boolean;
  sinceMs: number;
  lastReadMs: number | null;
};

/** `since` moves only when `is_online` changes. */
export async function upsertDevices(
  client: Client,
  devices: readonly DeviceUpdate[],
): Promise<void> {
  if (devices.length === 0) return;
  await client.query(
    `insert into telemetry.device as d
       (tenant_id, group_id, edge_node_id, device_id, is_online, since, last_read_time)
     select n.tenant_id, n.group_id, n.edge_node_id, n.device_id, n.is_online,
            to_timestamp(n.since_ms / 1000), to_timestamp(n.last_read_ms / 1000)
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::float8[], $7::float8[])
              n (tenant_id, group_id, edge_node_id, device_id, is_online, since_ms, last_read_ms)
     on conflict (group_id, edge_node_id, device_id) do update
       set is_online = excluded.is_online,
           since = case when d.is_online = excluded.is_online then d.since else excluded.since end,
           last_read_time = greatest(d.last_read_time, excluded.last_read_time)`,
    [
      devices.map(({ node }) => node.tenantId),
      devices.map(({ node }) => node.groupId),
      devices.map(({ node }) => node.edgeNodeId),
      devices.map(({ deviceId }) => deviceId),
      devices.map(({ isOnline }) => isOnline),
      devices.map(({ sinceMs }) => sinceMs),
      devices.map(({ lastReadMs }) => lastReadMs),
    ],
  );
}

type CounterRow = Record<"binding_id" | "total" | "emitted_total", string> &
  Record<"baseline_value" | "last_value" | "pending_value", string> &
  Record<"baseline_ms" | "last_ms" | "pending_ms", number> & { pending_reset: boolean };

const counterColumns = `binding_id, total, emitted_total, baseline_value, last_value, pending_value, pending_reset,
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
  await client.query(
    `insert into telemetry.counter_state as c
       (binding_id, tenant_id, work_unit_id, baseline_time, baseline_value, last_time, last_value,
        total, emitted_total, pending_time, pending_value, pending_reset)
     select n.binding_id, n.tenant_id, n.work_unit_id, to_timestamp(n.baseline_ms / 1000), n.baseline_value,
            to_timestamp(n.last_ms / 1000), n.last_value, n.total, n.emitted_total,
            to_timestamp(n.pending_ms / 1000), n.pending_value, n.pending_reset
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::float8[], $5::numeric[], $6::float8[],
                   $7::numeric[], $8::numeric[], $9::numeric[], $10::float8[], $11::numeric[], $12::boolean[])
              n (binding_id, tenant_id, work_unit_id, baseline_ms, baseline_value, last_ms, last_value,
                 total, emitted_total, pending_ms, pending_value, pending_reset)
     on conflict (binding_id) do update
       set last_time = excluded.last_time, last_value = excluded.last_value, total = excluded.total,
           emitted_total = excluded.emitted_total, pending_time = excluded.pending_time,
           pending_value = excluded.pending_value, pending_reset = excluded.pending_reset`,
    [
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
    ],
  );
}

/** Stored readings of a counter around late ones: all within, and one neighbour on either side. */
export async function loadNeighbours(
  client: Client,
  windows: readonly { metricId: number; firstMs: number; lastMs: number }[],
): Promise<CounterPoint[][]> {
  const { rows } = await client.query<{
    ordinal: number;
    time_ms: number;
    value: number;
    text_value: string | null;
  }>(
    `select w.ordinal::integer as ordinal, (extract(epoch from s.source_time) * 1000)::float8 as time_ms,
            s.value, s.text_value
       from unnest($1::bigint[], $2::float8[], $3::float8[]) with ordinality w (metric_id, first_ms, last_ms, ordinal),
            lateral (
              (select source_time, value, text_value from telemetry.sample
                where metric_id = w.metric_id and source_time < to_timestamp(w.first_ms / 1000)
                  and quality <> 0 and value is not null
                order by source_time desc limit 1)
              union all
              (select source_time, value, text_value from telemetry.sample
                where metric_id = w.metric_id
                  and source_time between to_timestamp(w.first_ms / 1000) and to_timestamp(w.last_ms / 1000)
                  and quality <> 0 and value is not null)
              union all
              (select source_time, value, text_value from telemetry.sample
                where metric_id = w.metric_id and source_time > to_timestamp(w.last_ms / 1000)
                  and quality <> 0 and value is not null
                order by source_time limit 1)
            ) s`,
    [
      windows.map(({ metricId }) => metricId),
      windows.map(({ firstMs }) => firstMs),
      windows.map(({ lastMs }) => lastMs),
    ],
  );
  const found: CounterPoint[][] = windows.map(() => []);
  for (const { ordinal, time_ms, value, text_value } of rows) {
    found[ordinal - 1]?.push({ time: time_ms, value: new Decimal(text_value ?? value) });
  }
  return found;
}

/** The stored reading a new binding counts from: the last one before it, else the first one after. */
export async function loadBaseline(
  client: Client,
  metricId: number,
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
       order by source_time desc limit 1)
     union all
     (select (extract(epoch from source_time) * 1000)::float8, value, text_value, 2
        from telemetry.sample
       where metric_id = $1 and source_time > to_timestamp($2::float8 / 1000)
         and quality <> 0 and value is not null
       order by source_time limit 1)
     order by rank limit 1`,
    [metricId, Math.max(0, validFromMs)],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { time: row.time_ms, value: new Decimal(row.text_value ?? row.value) };
}

/** Devices that were online when ingest last ran. */
export async function loadOnlineDevices(
  db: Queryable,
): Promise<{ groupId: string; edgeNodeId: string; deviceId: string; lastReadMs: number }[]> {
  const { rows } = await db.query<{
    group_id: string;
    edge_node_id: string;
    device_id: string;
    last_read_ms: number;
  }>(
    `select group_id, edge_node_id, device_id,
            (extract(epoch from coalesce(last_read_time, since)) * 1000)::float8 as last_read_ms
       from telemetry.device where is_online and device_id is not null`,
  );
  return rows.map((row) => ({
    groupId: row.group_id,
    edgeNodeId: row.edge_node_id,
    deviceId: row.device_id,
    lastReadMs: row.last_read_ms,
  }));
}

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

export async function loadUnitStates(
  db: Queryable,
  workUnitIds: readonly string[],
): Promise<Map<string, StatePoint>> {
  const { rows } = await db.query<{ work_unit_id: string; state: MachineState; time_ms: number }>(
    `select work_unit_id, state, (extract(epoch from source_time) * 1000)::float8 as time_ms
       from telemetry.work_unit_state where work_unit_id = any ($1)`,
    [workUnitIds],
  );
  return new Map(rows.map((row) => [row.work_unit_id, { state: row.state, time: row.time_ms }]));
}

export async function upsertUnitStates(
  client: Client,
  states: readonly { binding: Binding; point: StatePoint }[],
): Promise<void> {
  if (states.length === 0) return;
  await client.query(
    `insert into telemetry.work_unit_state (work_unit_id, tenant_id, state, source_time)
     select n.work_unit_id, n.tenant_id, n.state, to_timestamp(n.time_ms / 1000)
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[]) n (work_unit_id, tenant_id, state, time_ms)
     on conflict (work_unit_id) do update set state = excluded.state, source_time = excluded.source_time`,
    [
      states.map(({ binding }) => binding.workUnitId),
      states.map(({ binding }) => binding.tenantId),
      states.map(({ point }) => point.state),
      states.map(({ point }) => point.time),
    ],
  );
}

/** The last statement before commit: it holds the log's lock until then (decision 5). */
export async function emitEvents(client: Client, events: readonly EventToEmit[]): Promise<void> {
  if (events.length === 0) return;
  await client.query("select platform.emit($1::jsonb)", [JSON.stringify(events)]);
}
