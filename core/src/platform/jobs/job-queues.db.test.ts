import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import {
  addTestTenant,
  createTestDatabase,
  type TestDatabase,
  type TestTenant,
} from "../../../../deploy/test/database.ts";
import { startRedis } from "../../../../deploy/test/redis.ts";
import { TcpProxy } from "../../../../deploy/test/tcp-proxy.ts";
import { until } from "../../../../deploy/test/until.ts";
import { systemClock } from "../clock.ts";
import { Databases } from "../db/databases.ts";
import { createLog } from "../observe/log.ts";
import { createMetrics } from "../observe/metrics.ts";
import { countedJob } from "./count-changes.fixture.ts";
import type { RegisteredJob } from "./define-job.ts";
import { JobQueues } from "./job-queues.ts";
import { runsJobs } from "./runs-jobs.ts";
import { platformUpkeep } from "./upkeep.ts";

// Two companies, each in a database of its own, and the installation's database with a third.

const log = createLog({ process: "test", level: "silent" });
const payload = { objectId: "1" };
let open: AsyncDisposableStack;
let database: TestDatabase;

beforeEach(async () => {
  open = new AsyncDisposableStack();
  database = open.use(await createTestDatabase({ isolation: "shared" }));
});
afterEach(() => open.disposeAsync());

async function openDatabases(): Promise<Databases> {
  return open.use(await Databases.open(database.urls.worker, { poolMax: 2, log }));
}

async function openQueues(db: Databases, redisUrl?: string): Promise<JobQueues> {
  return open.use(await JobQueues.open({ db, redisUrl, clock: systemClock, log }));
}

async function work(db: Databases, jobs: JobQueues, job: RegisteredJob): Promise<void> {
  const deps = { db, jobs, log, metrics: createMetrics(), restart: () => undefined };
  open.use(await db.everywhere(runsJobs({ ofTenants: [job], upkeep: () => [] }, deps)));
}

function idOf({ tenantId }: Pick<TestTenant, "tenantId">): TenantId {
  return tenantIdSchema.parse(tenantId);
}

describe.each(["postgresql", "redis"])("on %s", (kind) => {
  test("a company's jobs are in the queue of its database, and no other lists them", async () => {
    const redis = kind === "redis" ? open.use(await startRedis()) : undefined;
    const own = open.use(await addTestTenant(database, "database"));
    const db = await openDatabases();
    const queues = await openQueues(db, redis?.url);
    const shared = idOf(database);
    const isolated = idOf(own);
    const here = await queues.enqueue(countedJob, { tenantId: shared, payload });
    const there = await queues.enqueue(countedJob, { tenantId: isolated, payload });
    const listed = async (asked: TenantId, owner: TenantId) => {
      const queue = await queues.of(asked);
      const { records } = await queue.page({ owner, before: null, limit: 10 });
      return records.map(({ jobId }) => jobId);
    };
    expect(await listed(shared, shared)).toEqual([here]);
    expect(await listed(isolated, isolated)).toEqual([there]);
    expect(await listed(shared, isolated)).toEqual([]);
    const counts = queues.byDatabase().map(async ({ name, queue }) => {
      return [name, (await queue.counts()).waiting];
    });
    expect(await Promise.all(counts)).toEqual([
      ["database", 1],
      [own.name, 1],
    ]);
    const ran: string[] = [];
    const perform = (_: unknown, { jobId }: { jobId: string }) => Promise.resolve(ran.push(jobId));
    await work(db, queues, { ...countedJob, perform });
    await until("both ran", () => ran.length === 2);
    expect(ran.toSorted()).toEqual([here, there].toSorted());
  });

  test("a database that is away takes down its own jobs only, and they run when it is back", async () => {
    const redis = kind === "redis" ? open.use(await startRedis()) : undefined;
    const own = open.use(await addTestTenant(database, "database"));
    const url = new URL(own.home.worker);
    const wire = open.use(await TcpProxy.start(`${url.searchParams.get("host")}/.s.PGSQL.5432`));
    const address = `postgresql://127.0.0.1:${wire.port}${url.pathname}`;
    await moveTo(own, address);
    const db = await openDatabases();
    const queues = await openQueues(db, redis?.url);
    const isolated = idOf(own);
    const ran: string[] = [];
    const perform = async (
      { tenantId }: { tenantId: TenantId | null },
      { jobId }: { jobId: string },
    ) => {
      if (tenantId === null) return;
      await db.inTenant(tenantId, (tx) => sql`select 1`.execute(tx.over()));
      ran.push(jobId);
    };
    const job = { ...countedJob, attempts: 10, backoffMs: 300, perform };
    await work(db, queues, job);
    const first = await queues.enqueue(job, { tenantId: isolated, payload });
    await until("the first ran", () => ran.includes(first));

    wire.cut();
    const other = await queues.enqueue(job, { tenantId: idOf(database), payload });
    await until("the other company's ran", () => ran.includes(other));
    if (kind === "postgresql") {
      const asked = queues.enqueue(job, { tenantId: isolated, payload });
      await expect(asked).rejects.toMatchObject({ isRetryable: true });
    }
    wire.mend();
    await until(
      "it takes jobs again",
      async () => {
        await queues.enqueue(job, { tenantId: isolated, payload, jobId: "when-back" });
        return true;
      },
      20_000,
    );
    await until("and runs them", () => ran.includes("when-back"), 20_000);
    expect(ran).toHaveLength(3);
  });
});

test("a database that joins is served, with upkeep of its own", async () => {
  const db = await openDatabases();
  const jobs = await openQueues(db);
  const deps = { db, jobs, log, metrics: createMetrics(), restart: () => undefined };
  const upkeep = (home: Parameters<JobQueues["at"]>[0]) =>
    platformUpkeep({ db: home.db, queue: jobs.at(home) });
  open.use(await db.everywhere(runsJobs({ ofTenants: [], upkeep }, deps)));
  const own = open.use(await addTestTenant(database, "database"));
  const home = await db.homeOf(idOf(own));
  const names = upkeep(home).map((job) => job.name);
  await until("its upkeep is on the clock", async () => {
    const rows = await home.db.query(sql<{ name: string }>`
      select distinct name from bullmq.job where scheduler_id is not null`);
    return names.every((name) => rows.some((row) => row.name === name));
  });
});

test("at rest a database costs one connection, by which its worker listens", async () => {
  const own = open.use(await addTestTenant(database, "database"));
  const db = await openDatabases();
  const queues = await openQueues(db);
  const ran: string[] = [];
  const perform = (_: unknown, { jobId }: { jobId: string }) => Promise.resolve(ran.push(jobId));
  await work(db, queues, { ...countedJob, perform });
  await queues.enqueue(countedJob, { tenantId: idOf(own), payload });
  const held = async () => {
    // Connections of a queue have a name, our own have none.
    const rows = await db.query(sql<{ query: string }>`
      select query
        from pg_stat_activity
       where datname = ${own.name}
         and application_name <> ''`);
    return rows.map(({ query }) => query);
  };
  await until("the job ran", () => ran.length === 1);
  expect((await held()).length).toBeLessThanOrEqual(4);
  await until("the others are given back", async () => (await held()).length === 1);
  expect((await held())[0]).toMatch(/listen/i);
});

/** The registry names another way to its database. */
async function moveTo({ tenantId }: TestTenant, address: string): Promise<void> {
  const owner = new pg.Client({ connectionString: database.urls.owner });
  await owner.connect();
  await owner.query("select set_config('app.tenant_id', $1, false)", [tenantId]);
  await owner.query("update platform.tenant_database set address = $1", [address]);
  await owner.end();
}
