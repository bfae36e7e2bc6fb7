import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Dataset } from "../archive/datasets.ts";

/** `bytes`: size of the file. */
export type ArchivedDay = { day: string; file: string; bytes: string };

/** Closed days whose raw rows are not in the archive as they are now; `file` is the one before. */
export async function loadDueSampleDays(
  tx: Transaction,
  asked: { before: string; limit: number },
): Promise<{ day: string; file: string | null }[]> {
  const { rows } = await sql<{ day: string; file: string | null }>`
    select d.day::text, f.file
      from telemetry.v_changed_day d
      left join analytics.archive_file f
        on f.tenant_id = d.tenant_id and f.dataset = 'sample' and f.day = d.day
     where d.day < ${asked.before}::date
       and f.version is distinct from d.version
       and telemetry.is_day_settled(d.day)
     order by d.day
     limit ${asked.limit}`.execute(tx.over());
  return rows;
}

/** Metrics whose raw rows of that day were dropped: what the file before has of them is all there is. */
export async function loadDroppedMetrics(tx: Transaction, day: string): Promise<string[]> {
  const { rows } = await sql<{ metric_id: string }>`
    select metric_id
      from telemetry.v_metric
     where raw_from >= (${day}::date + 1)::timestamp at time zone 'UTC'`.execute(tx.over());
  return rows.map(({ metric_id }) => metric_id);
}

/** Files of the manifest whose rows left the database, or are there as well, by day. */
export async function loadArchivedDays(
  tx: Transaction,
  asked: { dataset: Dataset["name"]; isDropped: boolean },
): Promise<ArchivedDay[]> {
  const { rows } = await sql<ArchivedDay>`
    select day::text, file, bytes
      from analytics.archive_file
     where dataset = ${asked.dataset}
       and ${asked.isDropped}::boolean = (dropped_time is not null)
     order by day`.execute(tx.over());
  return rows;
}

/** The manifest row of one day, or null. */
export async function loadArchivedDay(
  tx: Transaction,
  asked: { dataset: Dataset["name"]; day: string },
): Promise<ArchivedDay | null> {
  const { rows } = await sql<ArchivedDay>`
    select day::text, file, bytes
      from analytics.archive_file
     where dataset = ${asked.dataset}
       and day = ${asked.day}::date`.execute(tx.over());
  return rows[0] ?? null;
}

/** Every day of readings before it is archived as it is now; null: none is. */
export async function loadArchivedBefore(tx: Transaction): Promise<string | null> {
  const { rows } = await sql<{ before: string | null }>`
    select coalesce(min(d.day) filter (where f.version is distinct from d.version),
                    max(d.day) + 1)::text as before
      from telemetry.v_changed_day d
      left join analytics.archive_file f
        on f.tenant_id = d.tenant_id and f.dataset = 'sample' and f.day = d.day
    having count(f.day) > 0`.execute(tx.over());
  return rows[0]?.before ?? null;
}

export type SettledDay = {
  day: string;
  file: string;
  rows: number;
  checksum: string;
  bytes: number;
  version: string;
};

/** False: the raw rows changed since the file was made from them. @see analytics.settle_sample_day */
export async function settleSampleDay(tx: Transaction, done: SettledDay): Promise<boolean> {
  const { rows } = await sql<{ settled: boolean }>`
    select analytics.settle_sample_day(${done.day}::date, ${done.file}, ${done.rows}::bigint,
                                       ${done.checksum}::numeric, ${done.bytes}::bigint,
                                       ${done.version}::bigint) as settled`.execute(tx.over());
  return rows[0]?.settled === true;
}

/** The manifest row of machine time that leaves the database in the same transaction. */
export async function insertMachineTimeDay(tx: Transaction, done: SettledDay): Promise<void> {
  await sql`
    insert into analytics.archive_file
      (tenant_id, dataset, day, file, rows, checksum, bytes, version, dropped_time)
    values (${tx.tenantId}, 'machine_time', ${done.day}::date, ${done.file}, ${done.rows},
            ${done.checksum}::numeric, ${done.bytes}, 0, now())`.execute(tx.over());
}

/** A file of readings that is not there any more is none: while its rows are, it is made again. */
export async function deleteArchivedDay(tx: Transaction, day: string): Promise<void> {
  await sql`
    delete from analytics.archive_file
     where dataset = 'sample'
       and day = ${day}::date
       and dropped_time is null`.execute(tx.over());
}

/** The day counts as not archived: nothing of it leaves the database, and it is due. */
export async function outdateArchivedDay(tx: Transaction, day: string): Promise<void> {
  await sql`
    update analytics.archive_file
       set version = -1
     where dataset = 'sample'
       and day = ${day}::date`.execute(tx.over());
}

export async function hasArchive(tx: Transaction): Promise<boolean> {
  const { rows } = await sql`select from analytics.archive_file limit 1`.execute(tx.over());
  return rows.length > 0;
}

export async function dropArchivedSamples(tx: Transaction, before: string): Promise<string[]> {
  const { rows } = await sql<{ dropped: string[] }>`
    select analytics.drop_archived_samples(${before}::date) as dropped`.execute(tx.over());
  return rows[0]?.dropped ?? [];
}

/** Days with readings, oldest first, that may still have raw rows of the metric. */
export async function loadDaysOfMetric(
  tx: Transaction,
  asked: { metricId: string; before: string },
): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`
    select d.day::text
      from telemetry.v_changed_day d
     where d.day < ${asked.before}::date
       and d.day >= coalesce((select (raw_from at time zone 'UTC')::date from telemetry.v_metric
                               where metric_id = ${asked.metricId}), '-infinity')
     order by d.day
     limit 4000`.execute(tx.over());
  return rows.map(({ day }) => day);
}

/** Raw rows of the metric up to the end of a day. False: not all of it is archived as it is now. */
export async function forgetMetric(
  tx: Transaction,
  asked: { metricId: string; day: string },
): Promise<boolean> {
  const { rows } = await sql<{ gone: boolean }>`
    select analytics.forget_metric(${asked.metricId}::bigint, ${asked.day}::date + 1)
           > ${asked.day}::date as gone`.execute(tx.over());
  return rows[0]?.gone === true;
}
