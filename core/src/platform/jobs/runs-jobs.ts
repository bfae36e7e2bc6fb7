import type { Databases, Home } from "../db/databases.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { RegisteredJob } from "./define-job.ts";
import { raiseAlert } from "../notifications/raise-alert.ts";
import type { JobQueues } from "./job-queues.ts";
import { type DeadLetter, JobWorker, type WorkerSettings } from "./job-worker.ts";

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
    const onDeadLetter = (dead: DeadLetter) => alertOf(home, dead);
    const deps = { queue: queues.at(home), log, metrics, restart, onDeadLetter, abandoned };
    const settings =
      home === db.installation ? asked : { concurrency: tenantConcurrency, ...asked };
    const worker = new JobWorker([...jobs.ofTenants, ...jobs.upkeep(home)], deps, settings);
    worker.start();
    return worker;
  };
}

/** Upkeep belongs to no company: its dead letters are told by the alert rule on `millwright_jobs`. */
async function alertOf({ db }: Home, { tenantId, jobId, job, reason }: DeadLetter): Promise<void> {
  if (tenantId === null) return;
  await db.inTenant(tenantId, (tx) =>
    raiseAlert(tx, {
      kind: "job_failed",
      key: `job_failed:${jobId}`,
      details: { job, jobId, reason },
    }),
  );
}

// As many as a company's database has connections here; fifty of them share this process.
const tenantConcurrency = 4;
