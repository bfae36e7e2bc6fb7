import type { Trend } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

export type TrendWindow = { from: Date; to: Date; points: number };
/** Half-open stretch of source time. */
export type Stretch = { from: Date; to: Date };

/** `value` is the average of the bucket's good readings, `held` the last reading, null if not good. */
type Bucket = { bucket: Date; value: number | null; held: number | null };
type BucketRow = Bucket & { metric_id: string };

/**
 * One series per metric with at most `points` evenly spaced buckets. Agents report by exception, so
 * an empty bucket keeps the value before it; it is a hole (null) only while that value was bad or the
 * machine was silent (`silences`).
 */
export async function readTrends(
  tx: Transaction,
  metricIds: readonly string[],
  window: TrendWindow & { silences: readonly Stretch[] },
): Promise<Trend[]> {
  const strideMs = Math.max(
    1,
    Math.ceil((window.to.getTime() - window.from.getTime()) / window.points),
  );
  const metrics = await readMetricNames(tx, metricIds);
  const buckets = Map.groupBy(
    await readBuckets(tx, metricIds, { ...window, strideMs }),
    (row) => row.metric_id,
  );
  return metrics.map((metric) => ({
    metricId: metric.metric_id,
    name: metric.name,
    unit: metric.unit ?? "",
    ...fill(buckets.get(metric.metric_id) ?? [], { ...window, strideMs }),
  }));
}

async function readMetricNames(tx: Transaction, metricIds: readonly string[]) {
  const { rows } = await sql<{ metric_id: string; name: string; unit: string | null }>`
    select metric_id, name, unit
      from telemetry.v_metric
     where metric_id = any (${[...metricIds]}::bigint[])
     order by name`.execute(tx.over());
  return rows;
}

/** Averages of good values per bucket, and before them the last value of up to a day earlier. */
async function readBuckets(
  tx: Transaction,
  metricIds: readonly string[],
  window: TrendWindow & { strideMs: number },
): Promise<BucketRow[]> {
  const { rows } = await sql<BucketRow>`
    (select wanted.metric_id, ${window.from}::timestamptz - interval '1 millisecond' as bucket,
            before.value, case when before.quality in (64, 192) then before.value end as held
       from unnest(${[...metricIds]}::bigint[]) as wanted (metric_id)
      cross join lateral (
        select value, quality
          from telemetry.v_sample s
         where s.metric_id = wanted.metric_id
           and s.source_time < ${window.from}
           and s.source_time >= ${window.from}::timestamptz - interval '1 day'
         order by s.source_time desc
         limit 1) before)
    union all
    (select metric_id,
            date_bin(make_interval(secs => ${window.strideMs}::double precision / 1000), source_time, ${window.from}::timestamptz) as bucket,
            avg(value) filter (where quality in (64, 192)) as value,
            -- Null when the last reading was not good: the buckets after it are a hole.
            (array_agg(case when quality in (64, 192) then value end order by source_time desc))[1] as held
       from telemetry.v_sample
      where metric_id = any (${[...metricIds]}::bigint[])
        and source_time >= ${window.from}
        and source_time < ${window.to}
      group by metric_id, 2)
    order by metric_id, bucket`.execute(tx.over());
  return rows;
}

/** Lays sparse buckets on an even grid. Pure; `rows` ascending. */
export function fill(
  rows: readonly Bucket[],
  window: TrendWindow & { strideMs: number; silences: readonly Stretch[] },
): { times: number[]; values: (number | null)[] } {
  const times: number[] = [];
  const values: (number | null)[] = [];
  let next = 0;
  let held: number | null = null;
  for (let time = window.from.getTime(); time < window.to.getTime(); time += window.strideMs) {
    let shown: number | null = null;
    for (
      let row = rows[next];
      row !== undefined && row.bucket.getTime() <= time;
      row = rows[next]
    ) {
      held = row.held;
      if (row.bucket.getTime() === time) shown = row.value;
      next += 1;
    }
    times.push(time);
    values.push(shown ?? (isSilent(time, window.silences) ? null : held));
  }
  return { times, values };
}

function isSilent(time: number, silences: readonly Stretch[]): boolean {
  return silences.some((silence) => silence.from.getTime() <= time && time < silence.to.getTime());
}
