import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { tenantIdSchema } from "@millwright/contracts/units";
import { z } from "zod";

import { systemClock } from "../../core/src/platform/clock.ts";
import { Database } from "../../core/src/platform/db/database.ts";
import { defineJob } from "../../core/src/platform/jobs/define-job.ts";
import { JobQueue } from "../../core/src/platform/jobs/job-queue.ts";
import { JobWorker } from "../../core/src/platform/jobs/job-worker.ts";
import { createLog } from "../../core/src/platform/observe/log.ts";
import { createMetrics } from "../../core/src/platform/observe/metrics.ts";
import { kindFromEnvironment, startServer } from "../database/server.ts";
import { DATABASE_NAME, migrate } from "../migrate/migrate.ts";
import { startRedis } from "../test/redis.ts";

/**
 * bench:jobs: jobs/s from the first enqueue to the last end (one process enqueues in bulks and runs
 * them, ten at a time, handlers that do nothing), and the time from the call that enqueues one job into
 * an idle queue to the start of its handler. PostgreSQL writes through to the disk as in `npm start`,
 * Redis keeps nothing. Medians of `--runs`; p99 of `--pickups` per run. Fails below the measure.
 */
const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "4000" },
    pickups: { type: "string", default: "300" },
    runs: { type: "string", default: "3" },
  },
});
const runs = Number(values.runs);
const jobsPerSecondMin = 500;
const pickupMsMax = 50;
const tenantId = tenantIdSchema.parse(randomUUID());
const log = createLog({ process: "bench", level: "error" });
const dbOptions = { poolMax: 4, onError: (error: Error) => console.error(error.message) };

type Figures = { jobs_s: number; pickup_p99_ms: number };

const redis = await measureRedis();
const postgres = await measurePostgres();
console.log(JSON.stringify({ redis, postgres }));
const isEnough = [redis, postgres].every(
  ({ jobs_s, pickup_p99_ms }) => jobs_s >= jobsPerSecondMin && pickup_p99_ms <= pickupMsMax,
);
process.exit(isEnough ? 0 : 1);

async function measureRedis(): Promise<Figures> {
  await using server = await startRedis();
  // Not connected to: jobs are in Redis alone.
  await using db = new Database("postgresql://nobody@127.0.0.1:1/none", dbOptions);
  return await measure("redis", db, server.url);
}

async function measurePostgres(): Promise<Figures> {
  const dataDir = mkdtempSync(join(tmpdir(), "millwright-bench-"));
  chmodSync(dataDir, 0o755);
  const kind = kindFromEnvironment();
  const server = await startServer({ dataDir, ...(kind && { kind }) });
  try {
    const adminUrl = server.superuserUrl();
    const { urls } = await migrate({ adminUrl, dataDir, database: DATABASE_NAME });
    await using db = new Database(urls.worker, dbOptions);
    return await measure("postgres", db, undefined);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(name: string, db: Database, redisUrl: string | undefined): Promise<Figures> {
  await using queue = new JobQueue({ db, redisUrl, clock: systemClock, log });
  let onStart: (() => void) | null = null;
  const job = defineJob({
    name: "bench.nothing",
    payload: z.number(),
    timeoutMs: 10_000,
    handle: () => {
      onStart?.();
      return Promise.resolve(null);
    },
  });
  await using worker = new JobWorker([job], {
    queue,
    log,
    metrics: createMetrics(),
    restart: () => undefined,
  });
  worker.start();
  await worker.started();

  async function jobsPerSecond(count: number): Promise<number> {
    const { promise: allRan, resolve } = Promise.withResolvers<void>();
    let left = count;
    onStart = () => {
      left -= 1;
      if (left === 0) resolve();
    };
    const started = performance.now();
    await queue.enqueueAll(
      job,
      Array.from({ length: count }, (_, payload) => ({ tenantId, payload })),
    );
    await allRan;
    // Ended too, not only started: the last ten are still being written.
    for (;;) {
      const { active, waiting } = await queue.counts();
      if (active + waiting === 0) break;
    }
    return Math.round((count / (performance.now() - started)) * 1000);
  }

  async function pickupMs(): Promise<number> {
    const { promise: started, resolve } = Promise.withResolvers<void>();
    onStart = resolve;
    const askedAt = performance.now();
    await Promise.all([queue.enqueue(job, { tenantId, payload: 1 }), started]);
    const took = performance.now() - askedAt;
    // Idle again: the worker has written the end and waits for the next.
    await new Promise((resolve) => setTimeout(resolve, 10));
    return took;
  }

  // Connections are opened and hot code is compiled.
  await jobsPerSecond(500);
  const figures: Figures[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const jobs_s = await jobsPerSecond(Number(values.jobs));
    const pickups: number[] = [];
    for (let n = 0; n < Number(values.pickups); n += 1) pickups.push(await pickupMs());
    const pickup_p99_ms = pickups.toSorted((a, b) => a - b)[Math.floor(pickups.length * 0.99)] ?? 0;
    figures.push({ jobs_s, pickup_p99_ms });
    console.error(
      `${name} run ${run}: ${jobs_s} jobs/s, pick-up p99 ${pickup_p99_ms.toFixed(1)} ms`,
    );
  }
  return {
    jobs_s: median(figures.map(({ jobs_s }) => jobs_s)),
    pickup_p99_ms: Number(median(figures.map((figure) => figure.pickup_p99_ms)).toFixed(1)),
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
