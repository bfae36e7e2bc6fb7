import type { TenantId } from "@millwright/contracts/units";

import type { Database } from "../../../platform/db/database.ts";
import { dropArchivedSamples, forgetMetric, loadDaysOfMetric } from "../store/archive-files.ts";
import { loadRetentions } from "../store/metric-retentions.ts";
import { dayBefore } from "./days.ts";
import type { Failures } from "./failures.ts";

/**
 * Removes raw rows that are older than they are kept and that are archived: metrics with a shorter time
 * of their own row by row, everything else by whole chunks, once nobody keeps a metric of it longer.
 * What is not archived stays, however old. @returns names of the dropped chunks.
 */
export async function applyRetention(
  db: Database,
  kept: { now: Date; tenants: readonly { tenantId: TenantId; rawDays: number }[] },
  failures: Failures,
): Promise<string[]> {
  let keptDays = 0;
  for (const { tenantId, rawDays } of kept.tenants) {
    const own = await db.inTenant(tenantId, loadRetentions);
    keptDays = Math.max(keptDays, rawDays, ...own.map((metric) => metric.rawDays));
    for (const { metricId, rawDays: ownDays } of own.filter((one) => one.rawDays < rawDays)) {
      const before = dayBefore(kept.now, ownDays);
      await failures.guard(`retention of metric ${metricId}`, async () => {
        await forgetDays(db, { tenantId, metricId, before }, failures);
      });
    }
  }
  if (keptDays === 0) return [];
  let dropped: string[] = [];
  await failures.guard("dropping archived chunks", async () => {
    const before = dayBefore(kept.now, keptDays);
    dropped = await db.inInstallation((tx) => dropArchivedSamples(tx, before));
  });
  return dropped;
}

/** One transaction a day: ingest waits for the lock of one of them, and what is done stays done. */
async function forgetDays(
  db: Database,
  asked: { tenantId: TenantId; metricId: string; before: string },
  { signal }: Failures,
): Promise<void> {
  const { tenantId, metricId } = asked;
  for (const day of await db.inTenant(tenantId, (tx) => loadDaysOfMetric(tx, asked))) {
    signal.throwIfAborted();
    if (!(await db.inTenant(tenantId, (tx) => forgetMetric(tx, { metricId, day })))) return;
  }
}
