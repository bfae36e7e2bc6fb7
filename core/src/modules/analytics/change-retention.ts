import type { MetricRetention } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { requireVersion } from "../../platform/http/if-match.ts";
import { dayBefore } from "./archive/days.ts";
import { loadArchivedBefore } from "./store/archive-files.ts";
import { hasMetric, loadRetention, saveRetention } from "./store/metric-retentions.ts";

/**
 * Keeps raw readings of one metric for another time than the default. Readings that are not archived yet
 * are never dropped, so a time that ends before what the archive has taken over would promise nothing.
 * @throws Refusal metric.unknown · metric.retention_too_short · record.changed_meanwhile
 */
export async function changeRetention(
  tx: Transaction,
  asked: { metricId: string; rawDays: number | null; version: number; now: Date; by: Actor },
): Promise<MetricRetention> {
  const { metricId, rawDays } = asked;
  if (!(await hasMetric(tx, metricId))) {
    throw new Refusal("metric.unknown", `There is no metric ${metricId}.`, { kind: "absent" });
  }
  if (rawDays !== null) await refuseTooShort(tx, { rawDays, now: asked.now });
  const before = await loadRetention(tx, metricId);
  requireVersion(before?.version ?? 0, asked.version);
  const version = await saveRetention(tx, { metricId, rawDays, version: asked.version });
  recordChange(tx, {
    objectType: "metric_retention",
    objectId: metricId,
    before: { rawDays: before?.rawDays ?? null },
    after: { rawDays },
    by: asked.by,
  });
  return { metricId, rawDays, version };
}

async function refuseTooShort(
  tx: Transaction,
  { rawDays, now }: { rawDays: number; now: Date },
): Promise<void> {
  const archivedBefore = await loadArchivedBefore(tx);
  if (archivedBefore !== null && dayBefore(now, rawDays) <= archivedBefore) return;
  const least =
    archivedBefore === null
      ? null
      : Math.ceil((now.getTime() - Date.parse(archivedBefore)) / 86_400_000);
  throw new Refusal(
    "metric.retention_too_short",
    archivedBefore === null
      ? `Nothing is archived yet, so ${rawDays} days cannot be kept to: ask again after the first night.`
      : `The archive has taken over the days before ${archivedBefore}: keep at least ${least} days.`,
    { asked: String(rawDays), allowed: least === null ? [] : [String(least)] },
  );
}
