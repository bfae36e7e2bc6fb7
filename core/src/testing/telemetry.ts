import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import { Database } from "../platform/db/database.ts";
import type { Transaction } from "../platform/db/transaction.ts";

type Store = { home: { ingest: string }; tenantId: string; groupId: string };

export type BornMetric = {
  deviceId: string;
  name: string;
  datatype: number;
  unit?: string;
  value?: number;
  /** ISO 8601; default 2026-11-20T10:00:00Z. */
  time?: string;
};

/** Writes metrics with a good value as ingest does after a birth; gives back their ids. */
export async function birth(store: Store, metrics: readonly BornMetric[]): Promise<string[]> {
  return asIngest(store, async (tx) => {
    const ids: string[] = [];
    for (const metric of metrics) {
      const { rows } = await sql<{ metric_id: string }>`
        insert into telemetry.metric (tenant_id, group_id, edge_node_id, device_id, name, datatype, unit)
        values (${store.tenantId}, ${store.groupId}, 'g', ${metric.deviceId}, ${metric.name},
                ${metric.datatype}, ${metric.unit ?? ""})
        returning metric_id`.execute(tx.over());
      const id = rows[0]?.metric_id ?? "";
      const time = metric.time ?? "2026-11-20T10:00:00Z";
      await sql`
        insert into telemetry.last_value (metric_id, source_time, received_time, value, quality)
        values (${id}, ${time}, ${time}, ${metric.value ?? null}, 192)`.execute(tx.over());
      ids.push(id);
    }
    return ids;
  });
}

/** Writes readings of one metric and its roll-ups: `[ISO time, value, quality]`. */
export async function readings(
  store: Store,
  metricId: string,
  samples: readonly (readonly [string, number | null, number])[],
): Promise<void> {
  const records = samples.map(([time, value, quality]) => ({ time, value, quality }));
  await asIngest(store, async (tx) => {
    await sql`
      with read as (
        select ${metricId}::bigint as metric_id, time, value, quality
          from jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
            as (time timestamptz, value double precision, quality smallint)
      ), stored as (
        insert into telemetry.sample (metric_id, source_time, value, quality)
        select metric_id, time, value, quality from read
      )
      insert into telemetry.rollup_mark (metric_ids, minutes)
      select array_agg(metric_id), array_agg(floor(extract(epoch from time) / 60)::integer)
        from read`.execute(tx.over());
    await sql`select telemetry.roll_up(1000000)`.execute(tx.over());
  });
}

/** Raw rows of the metric before this time are gone, as after their archiving. */
export async function forgetRaw(store: Store, metricId: string, before: string): Promise<void> {
  await asIngest(store, async (tx) => {
    await sql`
      delete from telemetry.sample
       where metric_id = ${metricId} and source_time < ${before}`.execute(tx.over());
    await sql`update telemetry.metric set raw_from = ${before} where metric_id = ${metricId}`.execute(
      tx.over(),
    );
  });
}

/** A newer value of a metric, and the notice that live screens hear. */
export async function newValue(
  store: Store,
  change: { metricId: string; workUnitId: string; value: number; time: string },
): Promise<void> {
  await asIngest(store, async (tx) => {
    await sql`
      update telemetry.last_value
         set value = ${change.value}, source_time = ${change.time}, received_time = ${change.time}
       where metric_id = ${change.metricId}`.execute(tx.over());
    const notice = { tenantId: store.tenantId, workUnitIds: [change.workUnitId] };
    await sql`select pg_notify('telemetry', ${JSON.stringify(notice)})`.execute(tx.over());
  });
}

/** The device went away (500) or says itself that its value is bad (0); 192 is good. */
export async function setQuality(store: Store, metricId: string, quality: number): Promise<void> {
  await asIngest(store, (tx) =>
    sql`
      update telemetry.last_value
         set quality = ${quality}
       where metric_id = ${metricId}`.execute(tx.over()),
  );
}

async function asIngest<T>(store: Store, work: (tx: Transaction) => Promise<T>): Promise<T> {
  await using db = new Database(store.home.ingest, { poolMax: 1, onError: () => undefined });
  return db.inTenant(tenantIdSchema.parse(store.tenantId), work);
}
