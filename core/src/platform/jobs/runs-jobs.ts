import type { Databases, Home } from "../db/databases.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { RegisteredJob } from "./define-job.ts";
import type { JobQueues } from "./job-queues.ts";
import { JobWorker, type WorkerSettings } from "./job-worker.ts";

type Deps = {
  db: Databases;
  jobs: JobQueues;
  log: Log;
  metrics: Pick<Metrics, "jobSeconds">;
  restart: () => void;
};

/**
 * Runs jobs in a database, those that companies ask for and those of the clock; for
 * `Databases.everywhere`. `upkeep` makes the latter for the database they look after.
 */
export function runsJobs(
  jobs: { ofTenants: readonly RegisteredJob[]; upkeep: (home: Home) => readonly RegisteredJob[] },
  { db, jobs: queues, log, metrics, restart }: Deps,
  asked: Partial<WorkerSettings> = {},
): (home: Home) => AsyncDisposable {
  // Of all databases together: abandoned handlers eat the process, wherever their jobs came from.
  const abandoned = { count: 0 };
  return (home) => {
    const deps = { queue: queues.at(home), log, metrics, restart, abandoned };
    const settings =
      home === db.installation ? asked : { concurrency: tenantConcurrency, ...asked };
    const worker = new JobWorker([...jobs.ofTenants, ...jobs.upkeep(home)], deps, settings);
    worker.start();
    return worker;
  };
}

// As many as a company's database has connections here; fifty of them share this process.
const tenantConcurrency = 4;
