import type { RegisteredNode } from "../session/cell.ts";
import type { MetricSeries } from "../session/metric-series.ts";
import type { Client, Queryable } from "./database.ts";

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
  await client.query({
    name: "upsert_last_values",
    text: `insert into telemetry.last_value as v (metric_id, source_time, received_time, value, text_value, quality)
     select n.metric_id, to_timestamp(n.source_ms / 1000), to_timestamp(n.received_ms / 1000),
            n.value, n.text_value, n.quality
       from unnest($1::bigint[], $2::float8[], $3::float8[], $4::float8[], $5::text[], $6::smallint[])
              n (metric_id, source_ms, received_ms, value, text_value, quality)
     on conflict (metric_id) do update
       set source_time = excluded.source_time, received_time = excluded.received_time,
           value = excluded.value, text_value = excluded.text_value, quality = excluded.quality
     where excluded.source_time >= v.source_time`,
    values: [
      values.map(({ metricId }) => metricId),
      values.map(({ timeMs }) => timeMs),
      values.map(({ receivedMs }) => receivedMs),
      values.map(({ value }) => value),
      values.map(({ text }) => text),
      values.map(({ quality }) => quality),
    ],
  });
}

/** The device behind these live values is gone; its next birth brings them back. */
export async function markStale(client: Client, metricIds: readonly number[]): Promise<void> {
  if (metricIds.length === 0) return;
  await client.query(
    "update telemetry.last_value set quality = 500 where metric_id = any ($1::bigint[])",
    [metricIds],
  );
}
