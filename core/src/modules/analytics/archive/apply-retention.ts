import type { TenantId } from "@millwright/contracts/units";

import type { Database } from "../../../platform/db/database.ts";
import { dropArchivedSamples, forgetMetric } from "../store/archive-files.ts";
import { loadRetentions } from "../store/metric-retentions.ts";
import { dayBefore } from "./days.ts";

/**
 * Removes raw rows that are older than they are kept and that are archived: metrics with a shorter time
 * of their own row by row, everything else by whole chunks, once nobody keeps a metric of it longer.
 * What is not archived stays, however old. @returns names of the dropped chunks.
 */
export async function applyRetention(
  db: Database,
  kept: { now: Date; tenants: readonly { tenantId: TenantId; rawDays: number }[] },
): Promise<string[]> {
  let keptDays = 0;
  for (const { tenantId, rawDays } of kept.tenants) {
    const own = await db.inTenant(tenantId, loadRetentions);
    keptDays = Math.max(keptDays, rawDays, ...own.map((metric) => metric.rawDays));
    for (const metric of own.filter((one) => one.rawDays < rawDays)) {
      const before = dayBefore(kept.now, metric.rawDays);
      // One transaction each: ingest waits for the lock of one metric, not of all.
      await db.inTenant(tenantId, (tx) => forgetMetric(tx, { metricId: metric.metricId, before }));
    }
  }
  if (keptDays === 0) return [];
  return db.inInstallation((tx) => dropArchivedSamples(tx, dayBefore(kept.now, keptDays)));
}
