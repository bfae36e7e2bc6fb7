import { setTimeout as delay } from "node:timers/promises";

import type { JobState } from "@millwright/contracts/states";
import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";

import { createTestDatabase, type TestDatabase } from "../../../../../deploy/test/database.ts";
import { until } from "../../../../../deploy/test/until.ts";
import { systemClock } from "../../clock.ts";
import { Database } from "../../db/database.ts";
import { Fault, Refusal } from "../../errors.ts";
import { createLog } from "../../observe/log.ts";
import { createMetrics } from "../../observe/metrics.ts";
import { defineJob, defineUpkeep, type Job, type RegisteredJob } from "../define-job.ts";
import { JobQueue } from "../job-queue.ts";
import { JobWorker } from "../job-worker.ts";
import { stateOf, summaryOf } from "../record.ts";

const log = createLog({ process: "test", level: "silent" });

/** What both backends promise. `openRedis` absent: the queue is in PostgreSQL. */
export function describeJobs(openRedis?: () => Promise<AsyncDisposable & { url: string }>): void {
  let database: TestDatabase;
  let redis: (AsyncDisposable & { url: string }) | undefined;
  let tenantId: TenantId;
  const metrics = createMetrics();

  beforeAll(async () => {
    database = await createTestDatabase();
    redis = await openRedis?.();
  });
  afterAll(async () => {
    await redis?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    tenantId = tenantIdSchema.parse(crypto.randomUUID());
  });

  /** A queue as a process has it: connections of its own, with the role of core or worker. */
  function openQueue(role: "core" | "worker" = "core"): JobQueue {
    const db = new Database(database.urls[role], { poolMax: 2, onError: () => undefined });
    const queue = new JobQueue({ db, redisUrl: redis?.url, clock: systemClock, log });
    onTestFinished(async () => {
      await queue[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    });
    return queue;
  }

  async function startWorker(
    jobs: readonly RegisteredJob[],
    settings: ConstructorParameters<typeof JobWorker>[2] = {},
    restart = () => undefined,
  ): Promise<JobWorker> {
    const deps = { queue: openQueue("worker"), log, metrics, restart };
    const worker = new JobWorker(jobs, deps, { graceMs: 300, ...settings });
    onTestFinished(() => worker[Symbol.asyncDispose]());
    worker.start();
    await worker.started();
    return worker;
  }

  function untilState(queue: JobQueue, jobId: string, state: JobState): Promise<void> {
    return until(`${jobId} is ${state}`, async () => {
      return stateOf(await queue.find(tenantId, jobId)) === state;
    });
  }

  test("runs a job under its tenant and keeps what it returned, with its progress", async () => {
    const queue = openQueue();
    const job = define(async ({ tenantId: tenant, payload, progress }) => {
      progress(1, 4, "first");
      progress(4, 4, "done");
      await Promise.resolve();
      return { tenant, payload };
    });
    await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "bracket" });
    await untilState(queue, jobId, "completed");
    const record = await queue.find(tenantId, jobId);
    expect(record.result).toEqual({ tenant: tenantId, payload: "bracket" });
    expect(summaryOf(record)).toMatchObject({
      name: job.name,
      progress: { done: 4, total: 4, note: "done" },
      failure: null,
      isCancelAsked: false,
    });
  });

  test("refuses a payload that is not one of the job", async () => {
    const job = define(() => Promise.resolve());
    const payload: unknown = 7;
    const wrong = { tenantId, payload: payload as string };
    await expect(openQueue().enqueue(job, wrong)).rejects.toThrow(z.ZodError);
  });

  test("adds a job of the same id once, however often and by whomever", async () => {
    const job = define(() => Promise.resolve());
    const [one, other] = [openQueue(), openQueue()];
    const entry = { tenantId, payload: "x", jobId: `same-${tenantId}` };
    await Promise.all([one, other, one].map((queue) => queue.enqueue(job, entry)));
    let runs = 0;
    await startWorker([{ ...job, perform: () => Promise.resolve((runs += 1)) }]);
    await untilState(one, entry.jobId, "completed");
    await other.enqueue(job, entry);
    await delay(200);
    expect(runs).toBe(1);
    expect((await one.page({ owner: tenantId, before: null, limit: 10 })).records).toHaveLength(1);
  });

  test("tries again after a failure, longer each time", async () => {
    const queue = openQueue();
    const times: number[] = [];
    const job = define(
      ({ attempt }) => {
        times.push(performance.now());
        return attempt < 3 ? Promise.reject(new Error("partner away")) : Promise.resolve("ok");
      },
      { attempts: 3, backoffMs: 100 },
    );
    await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "x" });
    await untilState(queue, jobId, "completed");
    expect(times).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = times;
    // Half of each pause is jitter: 50 to 100 ms, then 100 to 200 ms.
    expect(second - first).toBeGreaterThanOrEqual(45);
    expect(third - second).toBeGreaterThanOrEqual(95);
  });

  test("keeps what failed the last time as a dead letter, and runs it again when asked to", async () => {
    const queue = openQueue();
    let isFixed = false;
    let runs = 0;
    const job = define(
      () => {
        runs += 1;
        return isFixed ? Promise.resolve("ok") : Promise.reject(new Error("no such printer"));
      },
      { attempts: 2 },
    );
    await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "x" });
    await untilState(queue, jobId, "failed");
    expect(await queue.find(tenantId, jobId)).toMatchObject({
      attemptsMade: 2,
      failure: "no such printer",
    });
    expect((await queue.counts()).failed).toBeGreaterThanOrEqual(1);
    isFixed = true;
    await queue.retry(tenantId, jobId);
    await untilState(queue, jobId, "completed");
    expect(runs).toBe(3);
    await expect(queue.retry(tenantId, jobId)).rejects.toMatchObject({
      code: "job.command_refused",
      current: "completed",
    });
  });

  test.each([
    { what: "a refusal", error: () => new Refusal("work_order.unknown", "There is none.") },
    {
      what: "a fault that says so",
      error: () => new Fault("disk", { cause: null, isRetryable: false }),
    },
  ])("does not repeat $what: it would be the same again", async ({ error }) => {
    const queue = openQueue();
    let runs = 0;
    const job = define(
      () => {
        runs += 1;
        return Promise.reject(error());
      },
      { attempts: 5 },
    );
    await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "x" });
    await untilState(queue, jobId, "failed");
    expect(runs).toBe(1);
  });

  test("takes urgent jobs before normal ones and idle ones last", async () => {
    const queue = openQueue();
    const order: string[] = [];
    const base = define(({ payload }) => Promise.resolve(order.push(payload)));
    for (const priority of ["idle", "normal", "urgent"] as const) {
      await queue.enqueue({ ...base, priority }, { tenantId, payload: priority });
    }
    await startWorker([base], { concurrency: 1 });
    await until("all ran", () => order.length === 3);
    expect(order).toEqual(["urgent", "normal", "idle"]);
  });

  test("stops a running job within a second of its cancellation, asked of another process", async () => {
    const queue = openQueue();
    let stoppedAt = 0;
    let runs = 0;
    const job = define(async ({ signal }) => {
      runs += 1;
      try {
        await delay(8000, undefined, { signal });
      } finally {
        stoppedAt = performance.now();
      }
    });
    await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "x" });
    await untilState(queue, jobId, "active");
    const askedAt = performance.now();
    const asked = await queue.cancel(tenantId, jobId, "person:local");
    expect(summaryOf(asked)).toMatchObject({ state: "active", isCancelAsked: true });
    await untilState(queue, jobId, "cancelled");
    expect(stoppedAt - askedAt).toBeLessThan(1000);
    expect(runs).toBe(1);
  });

  test("cancels a job that waits, and one that waits for its next try; both can be retried", async () => {
    const queue = openQueue();
    let runs = 0;
    const job = define(
      () => {
        runs += 1;
        return runs === 1 ? Promise.reject(new Error("once")) : Promise.resolve("ok");
      },
      { attempts: 3, backoffMs: 60_000 },
    );
    const waiting = await queue.enqueue(job, { tenantId, payload: "x" });
    expect(stateOf(await queue.cancel(tenantId, waiting, "person:local"))).toBe("cancelled");
    await startWorker([job]);
    const retrying = await queue.enqueue(job, { tenantId, payload: "x" });
    await untilState(queue, retrying, "retrying");
    await queue.cancel(tenantId, retrying, "person:local");
    await untilState(queue, retrying, "cancelled");
    expect(runs).toBe(1);
    for (const jobId of [waiting, retrying]) {
      await until("it left the queue", async () => {
        return (await queue.find(tenantId, jobId)).state === "completed";
      });
      await queue.retry(tenantId, jobId);
      await untilState(queue, jobId, "completed");
    }
    expect(runs).toBe(3);
  });

  test("ends a try whose time is up, and tries again", async () => {
    const queue = openQueue();
    const job = define(
      async ({ attempt, signal }) => {
        if (attempt === 1) await delay(8000, undefined, { signal });
      },
      { attempts: 2, timeoutMs: 200 },
    );
    await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "x" });
    await untilState(queue, jobId, "completed");
    expect((await queue.find(tenantId, jobId)).attemptsMade).toBeGreaterThanOrEqual(1);
  });

  test("frees the place of a handler that ignores its signal, and never repeats that job by itself", async () => {
    const queue = openQueue();
    const { promise: never, resolve: release } = Promise.withResolvers<void>();
    onTestFinished(() => release());
    let restarts = 0;
    let runs = 0;
    const deaf = define(
      () => {
        runs += 1;
        return never;
      },
      { attempts: 5, timeoutMs: 100 },
    );
    const quick = define(() => Promise.resolve("ok"));
    await startWorker([deaf, quick], { concurrency: 1, graceMs: 100 }, () => {
      restarts += 1;
      return undefined;
    });
    const ids = await queue.enqueueAll(
      deaf,
      [1, 2, 3].map(() => ({ tenantId, payload: "x" })),
    );
    const after = await queue.enqueue(quick, { tenantId, payload: "x" });
    await untilState(queue, after, "completed");
    for (const jobId of ids) {
      const { failure } = await queue.find(tenantId, jobId);
      expect(failure).toContain("did not stop");
    }
    expect(runs).toBe(3);
    // Three abandoned handlers in one process are enough: it asks to be replaced.
    expect(restarts).toBe(1);
    const text = await metrics.registry.getSingleMetricAsString("millwright_job_duration_seconds");
    expect(text).toContain(
      `millwright_job_duration_seconds_count{job="${deaf.name}",outcome="did_not_stop"} 3`,
    );
  });

  test("puts a running job back when the process stops; it costs no try", async () => {
    const queue = openQueue();
    const attempts: number[] = [];
    const job = define(
      async ({ attempt, signal }) => {
        attempts.push(attempt);
        if (attempts.length === 1) await delay(8000, undefined, { signal });
      },
      { attempts: 1 },
    );
    const first = await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "x" });
    await until("it runs", () => attempts.length === 1);
    await first[Symbol.asyncDispose]();
    await startWorker([job]);
    await untilState(queue, jobId, "completed");
    expect(attempts).toEqual([1, 1]);
  });

  test("shows a tenant its own jobs only, and lets it touch no other", async () => {
    const queue = openQueue();
    const job = define(() => Promise.resolve());
    const stranger = tenantIdSchema.parse(crypto.randomUUID());
    const mine = await queue.enqueue(job, { tenantId, payload: "x" });
    const theirs = await queue.enqueue(job, { tenantId: stranger, payload: "x" });
    const { records } = await queue.page({ owner: tenantId, before: null, limit: 10 });
    expect(records.map(({ jobId }) => jobId)).toEqual([mine]);
    for (const attempt of [
      () => queue.find(tenantId, theirs),
      () => queue.cancel(tenantId, theirs, "person:local"),
      () => queue.retry(tenantId, theirs),
      () => queue.find(null, theirs),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "job.unknown", kind: "absent" });
    }
  });

  test("pages from newest to oldest without gap or repetition, by name and state", async () => {
    const queue = openQueue();
    const [plain, other] = [define(() => Promise.resolve()), define(() => Promise.resolve())];
    const added: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      // Several at one instant: the order among them is decided by their ids.
      const entries = Array.from({ length: 5 }, () => ({ tenantId, payload: "x" }));
      added.push(...(await queue.enqueueAll(plain, entries)));
    }
    await queue.enqueue(other, { tenantId, payload: "x" });
    await queue.cancel(tenantId, added[0] ?? "", "person:local");
    const seen: string[] = [];
    let before: Parameters<JobQueue["page"]>[0]["before"] = null;
    do {
      const page = await queue.page({ owner: tenantId, name: plain.name, before, limit: 4 });
      seen.push(...page.records.map(({ jobId }) => jobId));
      before = page.next;
    } while (before !== null);
    expect(seen.toSorted()).toEqual(added.toSorted());
    expect(new Set(seen).size).toBe(15);
    const states = async (state: JobState) => {
      const { records } = await queue.page({ owner: tenantId, state, before: null, limit: 50 });
      return records.length;
    };
    expect(await states("cancelled")).toBe(1);
    expect(await states("waiting")).toBe(15);
    expect(await states("active")).toBe(0);
  });

  test("runs upkeep by the clock, for the installation and not for a tenant", async () => {
    const queue = openQueue();
    let runs = 0;
    const name = `test.${crypto.randomUUID()}`;
    const upkeep = defineUpkeep({
      name,
      // Every second: BullMQ takes seconds as a sixth field.
      cron: "* * * * * *",
      timeoutMs: 1000,
      handle: () => Promise.resolve((runs += 1)),
    });
    await startWorker([upkeep]);
    await until("it ran twice", () => runs >= 2);
    const { records } = await queue.page({ owner: null, name, before: null, limit: 10 });
    expect(records.length).toBeGreaterThanOrEqual(1);
    expect((await queue.page({ owner: tenantId, before: null, limit: 10 })).records).toEqual([]);
    await queue.unschedule(name);
  });

  test("forgets completed jobs by their age and leaves no line in a list", async () => {
    const job = define(() => Promise.resolve());
    const queue = openQueue();
    await startWorker([job]);
    const jobId = await queue.enqueue(job, { tenantId, payload: "x" });
    await untilState(queue, jobId, "completed");
    expect(await queue.forgetOld()).toBe(0);
    expect(await queue.forgetOld({ completedMs: 0, failedMs: 60_000 })).toBeGreaterThanOrEqual(1);
    await expect(queue.find(tenantId, jobId)).rejects.toMatchObject({ code: "job.unknown" });
    expect((await queue.page({ owner: tenantId, before: null, limit: 10 })).records).toEqual([]);
  });
}

/** A job whose payload is a text, under a name of its own. */
function define(
  handle: Parameters<typeof defineJob<string>>[0]["handle"],
  settings: { attempts?: number; backoffMs?: number; timeoutMs?: number } = {},
): Job<string> {
  const name = `test.${crypto.randomUUID()}`;
  const rest = { backoffMs: 20, timeoutMs: 10_000, ...settings };
  return defineJob({ name, payload: z.string(), ...rest, handle });
}
