import { setTimeout as delay } from "node:timers/promises";

import { z } from "zod";

import { systemClock } from "../clock.ts";
import { Databases } from "../db/databases.ts";
import { runs } from "../events/run-subscription.ts";
import type { Subscription } from "../events/subscription.ts";
import { createLog } from "../observe/log.ts";
import { createMetrics } from "../observe/metrics.ts";
import { defineJob } from "./define-job.ts";
import { enqueueOnEvent } from "./enqueue-on-event.ts";
import { JobQueues } from "./job-queues.ts";
import { runsJobs } from "./runs-jobs.ts";

/** A job per changed record, for tests. */
export const countedJob = defineJob({
  name: "test.counted",
  payload: z.object({ objectId: z.string() }),
  timeoutMs: 1000,
  handle: () => Promise.resolve(),
});

/** A job that is at work when its process is killed. */
export const longJob = { ...countedJob, name: "test.long" };

export function countChanges(queues: JobQueues, name: string): Subscription {
  return enqueueOnEvent(queues, {
    name,
    key: "record.changed@1",
    job: countedJob,
    payload: ({ objectId }) => ({ objectId }),
  });
}

// Run as a process it enqueues once, says so, and never comes to the commit.
const [, , name] = process.argv;
if (process.send !== undefined && name?.startsWith("test.kill_") === true) await hang(name);
if (process.send !== undefined && name === "work") await work();

/** Run as a process it takes a job, says so, and never ends it. */
async function work(): Promise<void> {
  const log = createLog({ process: "test", level: "silent" });
  const db = await Databases.open(process.env["DATABASE_URL"] ?? "", { poolMax: 4, log });
  const redisUrl = process.env["REDIS_URL"] || undefined;
  const jobs = await JobQueues.open({ db, redisUrl, clock: systemClock, log });
  const deps = { db, jobs, log, metrics: createMetrics(), restart: () => undefined };
  const ofTenants = [{ ...longJob, perform: sayAndStay }];
  await db.everywhere(runsJobs({ ofTenants, upkeep: () => [] }, deps, { lockMs: 1000 }));
}

async function hang(name: string): Promise<void> {
  const log = createLog({ process: "test", level: "silent" });
  const db = await Databases.open(process.env["DATABASE_URL"] ?? "", { poolMax: 4, log });
  const redisUrl = process.env["REDIS_URL"] || undefined;
  const queues = await JobQueues.open({ db, redisUrl, clock: systemClock, log });
  const subscription = countChanges(queues, name);
  const hanging: Subscription = {
    ...subscription,
    handle: async (tx, events) => {
      await subscription.handle(tx, events);
      process.send?.("enqueued");
      await delay(60_000);
    },
  };
  await db.everywhere(runs(hanging, { log, metrics: createMetrics() }));
}

async function sayAndStay(): Promise<void> {
  process.send?.("working");
  await delay(60_000);
}
