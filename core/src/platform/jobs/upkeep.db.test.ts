import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { systemClock } from "../clock.ts";
import { Databases } from "../db/databases.ts";
import { createLog } from "../observe/log.ts";
import { createMetrics } from "../observe/metrics.ts";
import { JobQueues } from "./job-queues.ts";
import { observeJobs } from "./observe-jobs.ts";
import { platformUpkeep } from "./upkeep.ts";

const log = createLog({ process: "test", level: "silent" });
let database: TestDatabase;
let db: Databases;
let queues: JobQueues;
let tenantId: TenantId;

beforeAll(async () => {
  database = await createTestDatabase();
  // The role that runs upkeep in a plant: it owns nothing.
  db = await Databases.open(database.urls.worker, { poolMax: 2, log });
  queues = await JobQueues.open({ db, redisUrl: undefined, clock: systemClock, log });
  tenantId = tenantIdSchema.parse(database.tenantId);
});
afterAll(async () => {
  await queues?.[Symbol.asyncDispose]();
  await db?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

function run(name: string): Promise<unknown> {
  const queue = queues.at(db.installation);
  const job = platformUpkeep({ db, queue }).find((one) => one.name === name);
  if (job === undefined) throw new Error(`no upkeep is called ${name}`);
  const attempt = { jobId: "x", attempt: 1, signal: new AbortController().signal };
  return job.perform({ tenantId: null, payload: null }, { ...attempt, progress: () => undefined });
}

test("makes the partition of a month that has none, and does nothing the second time", async () => {
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  const newest = async () => {
    const { rows } = await owner.query<{ name: string }>(`
      select relname as name from pg_class
       where relname ~ '^event_[0-9]{6}$' order by relname desc limit 1`);
    return rows[0]?.name ?? "";
  };
  try {
    const made = await newest();
    await owner.query(`drop table platform.${made}`);
    expect(await newest()).not.toBe(made);
    await run("platform.ensure_event_partitions");
    expect(await newest()).toBe(made);
    await run("platform.ensure_event_partitions");
    expect(await newest()).toBe(made);
  } finally {
    await owner.end();
  }
});

test("forgets answers older than 24 hours of every company, and keeps the others", async () => {
  await db.inTenant(tenantId, async (tx) => {
    await sql`
      insert into platform.idempotency_key (tenant_id, caller_id, key, request, request_sha256, created_time)
      select ${tenantId}, gen_random_uuid(), 'key-number-' || n, 'POST /x', sha256('x'),
             now() - case when n <= 30 then interval '25 hours' else interval '1 hour' end
        from generate_series(1, 40) n`.execute(tx.over());
  });
  expect(await run("platform.forget_idempotency_keys")).toEqual({ removed: 30 });
  expect(await run("platform.forget_idempotency_keys")).toEqual({ removed: 0 });
  const { rows } = await db.inTenant(tenantId, async (tx) =>
    sql<{ n: number }>`select count(*)::integer as n from platform.idempotency_key`.execute(
      tx.over(),
    ),
  );
  expect(rows[0]?.n).toBe(10);
});

test("shows the queue's figures, and says when it does not answer", async () => {
  const metrics = createMetrics();
  observeJobs({ jobs: queues, metrics, log });
  const text = await metrics.registry.metrics();
  expect(text).toContain('millwright_job_queue_up{database="database"} 1');
  expect(text).toContain('millwright_jobs{state="failed"} 0');

  const away = createMetrics();
  const redisUrl = "redis://127.0.0.1:1";
  await using lost = await JobQueues.open({ db, redisUrl, clock: systemClock, log });
  observeJobs({ jobs: lost, metrics: away, log });
  expect(await away.registry.metrics()).toContain('millwright_job_queue_up{database="database"} 0');
});
