import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { startRedis } from "../../../../deploy/test/redis.ts";
import { TcpProxy } from "../../../../deploy/test/tcp-proxy.ts";
import { until } from "../../../../deploy/test/until.ts";
import { systemClock } from "../clock.ts";
import { Databases } from "../db/databases.ts";
import { newEvent } from "../events/new-event.ts";
import { runs, SubscriptionRunner } from "../events/run-subscription.ts";
import { createLog } from "../observe/log.ts";
import { createMetrics } from "../observe/metrics.ts";
import { countChanges, countedJob, longJob } from "./count-changes.fixture.ts";
import { JobQueues } from "./job-queues.ts";
import type { RegisteredJob } from "./define-job.ts";
import { runsJobs } from "./runs-jobs.ts";

const log = createLog({ process: "test", level: "silent" });
let database: TestDatabase;
let db: Databases;
let tenantId: TenantId;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = await Databases.open(database.urls.worker, { poolMax: 4, log });
  tenantId = tenantIdSchema.parse(database.tenantId);
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await db?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const changes = [{ field: "name", before: "x", after: "y" }];

/** In the log by now: a new subscription meets those of the other tests too. */
let emitted = 0;

async function emitChanges(count: number): Promise<void> {
  emitted += count;
  await db.inTenant(tenantId, async (tx) => {
    tx.emit(
      Array.from({ length: count }, (_, index) =>
        newEvent("record.changed@1", {
          tenantId,
          stream: `item:${index}`,
          streamVersion: null,
          payload: { objectType: "item", objectId: String(index), label: "x", changes },
          actor: { kind: "person", id: "test" },
        }),
      ),
    );
    await Promise.resolve();
  });
}

async function jobsOf(queues: JobQueues, name: string): Promise<string[]> {
  const queue = await queues.of(tenantId);
  const { records } = await queue.page({ owner: tenantId, name, before: null, limit: 200 });
  return records.map(({ jobId }) => jobId);
}

async function openRedisOrNone(kind: string) {
  return kind === "redis" ? startRedis() : null;
}

test.each(["redis", "postgresql"])(
  "on %s: killed between enqueueing and the cursor's commit, one event gives one job",
  async (kind) => {
    await using redis = await openRedisOrNone(kind);
    await using queues = await JobQueues.open({
      db,
      redisUrl: redis?.url,
      clock: systemClock,
      log,
    });
    const name = `test.kill_${kind}`;
    await emitChanges(5);
    const killed = startProcess(name, redis?.url ?? "");
    // It says so when the jobs are in the queue and the transaction is still open.
    await once(killed, "message", { signal: AbortSignal.timeout(20_000) });
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const before = await jobsOf(queues, countedJob.name);
    const mine = before.filter((jobId) => jobId.startsWith(`${name}-`));
    expect(mine.length).toBeGreaterThanOrEqual(5);

    const metrics = createMetrics();
    const home = await db.homeOf(tenantId);
    const runner = new SubscriptionRunner(countChanges(queues, name), {
      ...home,
      log,
      metrics,
    });
    while (await runner.catchUp());
    await runner[Symbol.asyncDispose]();
    const after = await jobsOf(queues, countedJob.name);
    expect(after.filter((jobId) => jobId.startsWith(`${name}-`)).toSorted()).toEqual(
      mine.toSorted(),
    );
    const [cursor] = await home.db.query(
      sql<{ is_at_end: boolean }>`
        select position = platform.last_position() as is_at_end
          from platform.subscription where name = ${name}`,
    );
    expect(cursor?.is_at_end).toBe(true);
  },
);

test.each(["redis", "postgresql"])(
  "on %s: the job of a worker that was killed runs again in another one, and costs no try",
  async (kind) => {
    await using redis = await openRedisOrNone(kind);
    await using queues = await JobQueues.open({
      db,
      redisUrl: redis?.url,
      clock: systemClock,
      log,
    });
    const job = { ...longJob, attempts: 1 };
    const jobId = await queues.enqueue(job, { tenantId, payload: { objectId: "1" } });
    const killed = startProcess("work", redis?.url ?? "");
    await once(killed, "message", { signal: AbortSignal.timeout(20_000) });
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const ran: string[] = [];
    const again = { ...job, perform: runsInto(ran) };
    await using running = new AsyncDisposableStack();
    running.use(await work(queues, again));
    await until("it ran again", () => ran.includes(jobId));
    await until("it is done", async () => {
      return (await (await queues.of(tenantId)).find(tenantId, jobId)).state === "completed";
    });
    expect(ran.filter((id) => id === jobId)).toHaveLength(1);
  },
);

test("Redis away: events wait, nothing is lost, and work goes on by itself when it is back", async () => {
  await using redis = await startRedis();
  await using wire = await TcpProxy.start(redis.port);
  const redisUrl = `redis://127.0.0.1:${wire.port}`;
  await using queues = await JobQueues.open({ db, redisUrl, clock: systemClock, log });
  const metrics = createMetrics();
  const name = "test.outage";
  const ran: string[] = [];
  const job = { ...countedJob, perform: runsInto(ran) };
  await using running = new AsyncDisposableStack();
  running.use(await work(queues, job));
  running.use(await db.everywhere(runs(countChanges(queues, name), { log, metrics })));
  const mine = () => ran.filter((jobId) => jobId.startsWith(`${name}-`));
  await emitChanges(3);
  await until("the first ones ran", () => mine().length === emitted);
  const before = mine().length;
  wire.cut();
  await emitChanges(4);
  const queue = await queues.of(tenantId);
  await expect(queue.counts()).rejects.toMatchObject({ isRetryable: true });
  await delay(1500);
  expect(mine().length).toBe(before);
  wire.mend();
  await until("the others ran too", () => mine().length >= before + 4, 20_000);
  await delay(300);
  expect(mine().length).toBe(before + 4);
  expect(new Set(mine()).size).toBe(mine().length);
});

test("PostgreSQL away: the queue in it goes on by itself when it is back", async () => {
  // Ends every connection of the worker's role, as a restart does; tests share one server.
  await using queues = await JobQueues.open({ db, redisUrl: undefined, clock: systemClock, log });
  const ran: string[] = [];
  const job = { ...countedJob, name: "test.pg_outage", perform: runsInto(ran) };
  await using running = new AsyncDisposableStack();
  running.use(await work(queues, job));
  await queues.enqueue(job, { tenantId, payload: { objectId: "1" } });
  await until("the first ran", () => ran.length === 1);
  await endConnections();
  await until("it can be asked again", async () => {
    await queues.enqueue(job, { tenantId, payload: { objectId: "2" }, jobId: "after-outage" });
    return true;
  });
  await until("the second ran", () => ran.includes("after-outage"));
  expect(ran).toHaveLength(2);
});

function runsInto(ran: string[]) {
  return (_stored: unknown, { jobId }: { jobId: string }) => Promise.resolve(ran.push(jobId));
}

/** A worker as worker.ts has it: in every database. */
function work(jobs: JobQueues, job: RegisteredJob): Promise<AsyncDisposable> {
  const deps = { db, jobs, log, metrics: createMetrics(), restart: () => undefined };
  return db.everywhere(runsJobs({ ofTenants: [job], upkeep: () => [] }, deps, { lockMs: 1000 }));
}

async function endConnections(): Promise<void> {
  const home = await db.homeOf(tenantId);
  await home.db.query(sql`
    select count(pg_terminate_backend(pid))
      from pg_stat_activity
     where usename = current_user
       and datname = current_database()
       and pid <> pg_backend_pid()`);
}

function startProcess(name: string, redisUrl: string): ChildProcess {
  const file = join(import.meta.dirname, "count-changes.fixture.ts");
  const child = spawn(process.execPath, [file, name], {
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: database.urls.worker,
      REDIS_URL: redisUrl,
    },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  children.push(child);
  return child;
}
