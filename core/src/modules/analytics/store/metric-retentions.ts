import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { changedMeanwhile } from "../../../platform/http/if-match.ts";

export type StoredRetention = { metricId: string; rawDays: number; version: number };

/** Metrics that are kept for another time than the default, ≤ 10,000. */
export async function loadRetentions(tx: Transaction): Promise<StoredRetention[]> {
  const { rows } = await sql<StoredRetention>`
    select metric_id as "metricId", raw_days as "rawDays", version
      from analytics.metric_retention
     order by metric_id
     limit 10000`.execute(tx.over());
  return rows;
}

export async function loadRetention(
  tx: Transaction,
  metricId: string,
): Promise<StoredRetention | null> {
  const { rows } = await sql<StoredRetention>`
    select metric_id as "metricId", raw_days as "rawDays", version
      from analytics.metric_retention
     where metric_id = ${metricId}
       for update`.execute(tx.over());
  return rows[0] ?? null;
}

export async function hasMetric(tx: Transaction, metricId: string): Promise<boolean> {
  const { rows } = await sql`
    select from telemetry.v_metric where metric_id = ${metricId}`.execute(tx.over());
  return rows.length > 0;
}

/**
 * Saves over `version`, which the caller holds locked; 0: there is none. @returns the new version.
 * @throws Refusal record.changed_meanwhile when two save the first one at once
 */
export async function saveRetention(
  tx: Transaction,
  { metricId, rawDays, version }: { metricId: string; rawDays: number | null; version: number },
): Promise<number> {
  if (rawDays === null) {
    await sql`delete from analytics.metric_retention where metric_id = ${metricId}`.execute(
      tx.over(),
    );
    return 0;
  }
  const { rows } = await sql`
    insert into analytics.metric_retention as r (tenant_id, metric_id, raw_days)
    values (${tx.tenantId}, ${metricId}, ${rawDays})
    on conflict (tenant_id, metric_id) do update
       set raw_days = excluded.raw_days, version = r.version + 1
     where r.version = ${version}
    returning version`.execute(tx.over());
  if (rows.length === 0) throw changedMeanwhile(version + 1, version);
  return version + 1;
}
