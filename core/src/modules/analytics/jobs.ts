import type { TenantId } from "@millwright/contracts/units";

import type { Home } from "../../platform/db/databases.ts";
import { defineUpkeep, type RegisteredJob } from "../../platform/jobs/define-job.ts";
import { newId, type Platform } from "../../platform/platform.ts";
import type { Production } from "../production/index.ts";
import { applyRetention } from "./archive/apply-retention.ts";
import { archiveMachineTime, archiveSamples, openArchive } from "./archive/archive-days.ts";
import { dayBefore } from "./archive/days.ts";
import { Failures } from "./archive/failures.ts";

/**
 * The night's work on one database: closed days to Parquet, then raw rows that are older than they are
 * kept. `folder` null: nothing is archived and so nothing is ever dropped.
 */
export function archiveUpkeep(
  deps: {
    platform: Pick<Platform, "clock" | "settings">;
    production: Production;
    folder: string | null;
    tenantIds: (home: Home, atMost: number) => Promise<TenantId[]>;
  },
  home: Home,
): RegisteredJob[] {
  const { platform, production, folder } = deps;
  if (folder === null) return [];
  return [
    defineUpkeep({
      name: "analytics.archive",
      cron: "37 1 * * *",
      attempts: 3,
      backoffMs: 600_000,
      timeoutMs: 4 * 3_600_000,
      handle: async ({ signal, progress }) => {
        const { db } = home;
        const now = platform.clock.now();
        const failures = new Failures(signal);
        const newOne = () => newId(platform);
        const archive = { db, production, folder, signal, failures, newId: newOne };
        const tenantIds = await deps.tenantIds(home, tenantsMax);
        await openArchive(archive, tenantIds);
        const tenants = [];
        let days = 0;
        for (const [done, tenantId] of tenantIds.entries()) {
          // Without it nothing may be dropped at all.
          const settings = await platform.settings.of(tenantId);
          const machineDays = settings["retention.machine_time_days"];
          await failures.guard(`readings of tenant ${tenantId}`, async () => {
            days += await archiveSamples(archive, tenantId, dayBefore(now, graceDays));
          });
          await failures.guard(`machine time of tenant ${tenantId}`, async () => {
            days += await archiveMachineTime(archive, tenantId, dayBefore(now, machineDays));
          });
          tenants.push({ tenantId, rawDays: settings["retention.raw_days"] });
          progress(done + 1, tenantIds.length, `${days} days archived`);
        }
        const dropped = await applyRetention(db, { now, tenants }, failures);
        failures.throwIfAny();
        return { days, dropped };
      },
    }),
  ];
}

// A gateway that was away for a night catches up first; what comes later makes the day due again.
const graceDays = 1;
const tenantsMax = 1000;
