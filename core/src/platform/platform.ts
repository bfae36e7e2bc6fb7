import type { Clock } from "./clock.ts";
import type { SettingValues } from "./config/setting-registry.ts";
import type { TenantCopies } from "./config/tenant-copies.ts";
import type { Databases } from "./db/databases.ts";
import type { Notices } from "./db/notices.ts";
import type { Flags } from "./flags/flags.ts";
import { uuidV7 } from "./ids.ts";
import type { JobQueues } from "./jobs/job-queues.ts";
import type { Log } from "./observe/log.ts";
import type { Metrics } from "./observe/metrics.ts";

/** What every context stands on; built once per process by main.ts, worker.ts or a test. */
export type Platform = {
  db: Databases;
  /** Notices of every database. */
  listener: Notices;
  /** A queue per database. */
  jobs: JobQueues;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** What each tenant decided for itself; see config/setting-registry.ts. */
  settings: TenantCopies<SettingValues>;
  flags: Flags;
  /** Shown by health and the API description. */
  version: string;
};

/** A new id, ascending with the platform's clock. */
export function newId(platform: Pick<Platform, "clock">): string {
  return uuidV7(platform.clock.now());
}
