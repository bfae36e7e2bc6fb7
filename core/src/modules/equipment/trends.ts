import type { Trend } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

export type TrendWindow = { from: Date; to: Date; points: number };
/** Half-open stretch of source time. */
export type Stretch = { from: Date; to: Date };

/** `value` is the average of the bucket's good readings, `held` the last reading, null if not good. */
type Bucket = { bucket: Date; value: number | null; held: number | null };
type BucketRow = Bucket & { metric_id: string };

/** Where a trend is read from: readings as they came, or their roll-ups (decision 0014). */
type Resolution = Trend["resolution"];
const bucketMs = { raw: 1, "1m": 60_000, "1h": 3_600_000 } as const satisfies Record<
  Resolution,
  number
>;

/**
 * One series per metric with at most `points` evenly spaced buckets (and one where the window begins
 * inside a bucket), read from the coarsest roll-up that shows as much. Agents report by exception, so
 * an empty bucket keeps the value before it; it is a hole (null) only while that value was bad or the
 * machine was silent (`silences`). Where raw rows were dropped the roll-ups by minute stand in.
 */
export async function readTrends(
  tx: Transaction,
  metricIds: readonly string[],
  asked: TrendWindow & { silences: readonly Stretch[] },
): Promise<Trend[]> {
  const metrics = await readMetricNames(tx, metricIds);
  const rawFrom = Math.max(...metrics.map((metric) => metric.raw_from?.getTime() ?? -Infinity));
  const { resolution, ...window } = gridOf(asked, rawFrom);
  const rows = await (resolution === "raw"
    ? readRawBuckets(tx, metricIds, window)
    : readRolledBuckets(tx, metricIds, { ...window, resolution }));
  const buckets = Map.groupBy(rows, (row) => row.metric_id);
  return metrics.map((metric) => ({
    metricId: metric.metric_id,
    name: metric.name,
    unit: metric.unit ?? "",
    resolution,
    ...fill(buckets.get(metric.metric_id) ?? [], { ...window, silences: asked.silences }),
  }));
}

/** The steps of a window and what they are read from. `rawFromMs`: raw rows before it are gone. Pure. */
export function gridOf(
  { from, to, points }: TrendWindow,
  rawFromMs: number,
): TrendWindow & { strideMs: number; resolution: Resolution } {
  const wantedMs = Math.max(1, Math.ceil((to.getTime() - from.getTime()) / points));
  const isRawThere = from.getTime() >= rawFromMs;
  const resolution =
    wantedMs >= bucketMs["1h"] ? "1h" : wantedMs >= bucketMs["1m"] || !isRawThere ? "1m" : "raw";
  const size = bucketMs[resolution];
  // Steps of whole buckets that begin where buckets do: each bucket lies in one step.
  return {
    from: new Date(Math.floor(from.getTime() / size) * size),
    to,
    points,
    strideMs: Math.ceil(wantedMs / size) * size,
    resolution,
  };
}

type MetricRow = { metric_id: string; name: string; unit: string | null; raw_from: Date | null };

async function readMetricNames(tx: Transaction, metricIds: readonly string[]) {
  const { rows } = await sql<MetricRow>`
    select metric_id, name, unit, raw_from
      from telemetry.v_metric
     where metric_id = any (${[...metricIds]}::bigint[])
     order by name`.execute(tx.over());
  return rows;
}

/** Averages of good values per bucket, and before them the last value of up to a day earlier. */
async function readRawBuckets(
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

/** The same from roll-ups: the average is that of all readings, not of the averages. */
async function readRolledBuckets(
  tx: Transaction,
  metricIds: readonly string[],
  window: TrendWindow & { strideMs: number; resolution: "1m" | "1h" },
): Promise<BucketRow[]> {
  const rollup = sql.table(`telemetry.v_sample_${window.resolution}`);
  const { rows } = await sql<BucketRow>`
    (select wanted.metric_id, ${window.from}::timestamptz - interval '1 millisecond' as bucket,
            before.last_value as value, case when before.ends_good then before.last_value end as held
       from unnest(${[...metricIds]}::bigint[]) as wanted (metric_id)
      cross join lateral (
        select last_value, ends_good
          from ${rollup} s
         where s.metric_id = wanted.metric_id
           and s.bucket < ${window.from}
           and s.bucket >= ${window.from}::timestamptz - interval '1 day'
         order by s.bucket desc
         limit 1) before)
    union all
    (select metric_id,
            date_bin(make_interval(secs => ${window.strideMs}::double precision / 1000), bucket, ${window.from}::timestamptz) as bucket,
            sum(avg_value * readings) / nullif(sum(readings), 0) as value,
            (array_agg(case when ends_good then last_value end order by bucket desc))[1] as held
       from ${rollup} s
      where metric_id = any (${[...metricIds]}::bigint[])
        and bucket >= ${window.from}
        and bucket < ${window.to}
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
