import { type JobCommand, jobCommandsIn } from "@millwright/contracts/states";
import type { TenantId } from "@millwright/contracts/units";

import type { Clock } from "../clock.ts";
import { Fault, invariant, Refusal } from "../errors.ts";
import { uuidV7 } from "../ids.ts";
import type { Log } from "../observe/log.ts";
import { traceparent } from "../observe/trace.ts";
import type { Engine, Owner, RecordQuery } from "./backends/engine.ts";
import type { QueueDatabase } from "./backends/postgres.ts";
import type { Job, JobPriority, JobSettings, RegisteredJob } from "./define-job.ts";
import { type EngineState, type JobData, type JobRecord, stateOf } from "./record.ts";

export type JobToEnqueue<P> = {
  tenantId: TenantId;
  payload: P;
  /** Enqueueing the same id again within 24 hours of its end does nothing. Absent: a new one. */
  jobId?: string;
  /** The trace it continues; absent: the active one. */
  trace?: string | null;
};

type Options = {
  db: QueueDatabase;
  /** The name of a database that is its tenants' own; absent: the installation's. */
  tenantDatabase?: string | null;
  /** Absent: PostgreSQL is the queue. */
  redisUrl: string | undefined;
  clock: Clock;
  log: Log;
};

/**
 * The jobs of one database: on Redis when there is one, else in the database. Opened on first use, so
 * that a process starts without it; opened anew after a failure.
 */
export class JobQueue {
  readonly #options: Options;
  #opening: Promise<Engine> | null = null;
  #lastError = "";

  constructor(options: Options) {
    this.#options = options;
  }

  get kind(): Engine["kind"] {
    return this.#options.redisUrl === undefined ? "postgresql" : "redis";
  }

  /** Returns the id. @throws ZodError when the payload is not one of this job · Fault. */
  async enqueue<P>(job: Job<P>, entry: JobToEnqueue<P>): Promise<string> {
    const [jobId] = await this.enqueueAll(job, [entry]);
    invariant(jobId !== undefined, "one job gives one id");
    return jobId;
  }

  /** All or none of up to 500 at a time; repeated with the same ids it adds what is missing. */
  async enqueueAll<P>(job: Job<P>, entries: readonly JobToEnqueue<P>[]): Promise<string[]> {
    const addedTime = this.#options.clock.now();
    const here = traceparent();
    const jobs = entries.map(({ tenantId, payload, jobId, trace = here }) => ({
      jobId: jobId ?? uuidV7(addedTime),
      owner: tenantId,
      addedTime: addedTime.getTime(),
      data: {
        tenantId,
        payload: job.payload.parse(payload),
        ...(trace !== null && { trace }),
      } satisfies JobData,
    }));
    for (let start = 0; start < jobs.length; start += bulkMax) {
      const some = jobs.slice(start, start + bulkMax);
      await this.#ask(async ({ queue, records }) => {
        await records.note(some);
        await queue.addBulk(
          some.map(({ jobId, data }) => ({
            name: job.name,
            data,
            opts: { ...optionsOf(job), jobId, timestamp: addedTime.getTime() },
          })),
        );
      });
    }
    return jobs.map(({ jobId }) => jobId);
  }

  /** Puts upkeep on the clock, or changes when it runs. Safe to repeat by every process. */
  async schedule(job: RegisteredJob): Promise<void> {
    const { cron } = job;
    invariant(cron !== null, `${job.name} has no cron expression`);
    await this.#ask(({ queue }) =>
      queue.upsertJobScheduler(
        job.name,
        { pattern: cron, tz: "UTC" },
        { name: job.name, data: { tenantId: null, payload: null }, opts: optionsOf(job) },
      ),
    );
  }

  /** Takes upkeep off the clock. */
  async unschedule(name: string): Promise<void> {
    await this.#ask(({ queue }) => queue.removeJobScheduler(name));
  }

  async page(query: RecordQuery) {
    return this.#ask(({ records }) => records.page(query));
  }

  /** @throws Refusal job.unknown, also for a job of somebody else. */
  async find(owner: Owner, jobId: string): Promise<JobRecord> {
    const record = await this.#ask(({ records }) => records.find(owner, jobId));
    if (record !== null) return record;
    throw new Refusal(
      "job.unknown",
      `There is no job ${jobId}: completed ones are kept for 24 hours.`,
      {
        kind: "absent",
      },
    );
  }

  /**
   * A waiting job will not start; an active one learns it within a second, in whatever process.
   * @throws Refusal job.unknown · job.command_refused when it has ended.
   */
  async cancel(owner: Owner, jobId: string, by: string): Promise<JobRecord> {
    const record = await this.find(owner, jobId);
    refuseUnlessAllowed(record, "cancel");
    await this.#ask(async ({ queue }) => {
      const job = await queue.getJob(jobId);
      const time = this.#options.clock.now().toISOString();
      await job?.updateData({ ...record.data, cancelled: { by, time } });
      // It waits for its next try: taken out now, it is not kept in the queue until then.
      if (record.state === "delayed") await job?.promote();
    });
    return this.find(owner, jobId);
  }

  /**
   * Runs a dead letter or a cancelled job again, with all its tries.
   * @throws Refusal job.unknown · job.command_refused in other states.
   */
  async retry(owner: Owner, jobId: string): Promise<JobRecord> {
    const record = await this.find(owner, jobId);
    refuseUnlessAllowed(record, "retry");
    await this.#ask(async ({ queue }) => {
      const job = await queue.getJob(jobId);
      const { cancelled: _, ...data } = record.data;
      await job?.updateData(data);
      if (record.state === "failed" || record.state === "completed") {
        await job?.retry(record.state, { resetAttemptsMade: true, resetAttemptsStarted: true });
      }
    });
    return this.find(owner, jobId);
  }

  async counts(
    options: { timeoutMs: number } = { timeoutMs: askMs },
  ): Promise<Record<EngineState, number>> {
    return this.#ask(({ records }) => records.counts(), options.timeoutMs);
  }

  /**
   * Removes completed jobs older than 24 hours and dead letters older than two weeks; of each, when
   * there are more than 100,000, the oldest. Returns how many, at most 10,000 of each at a time.
   */
  async forgetOld(kept = { completedMs: dayMs, failedMs: 14 * dayMs }): Promise<number> {
    return this.#ask(async ({ queue, records }) => {
      // BullMQ counts ages by the clock of this machine.
      const now = Date.now();
      let removed = 0;
      for (const [state, keepMs] of [
        ["completed", kept.completedMs],
        ["failed", kept.failedMs],
      ] as const) {
        const [first] =
          state === "completed"
            ? await queue.getCompleted(keepMax, keepMax)
            : await queue.getFailed(keepMax, keepMax);
        const tooManyMs = now - (first?.finishedOn ?? Number.NEGATIVE_INFINITY);
        const ids = await queue.clean(Math.min(keepMs, tooManyMs), cleanMax, state);
        await records.forget(ids);
        removed += ids.length;
      }
      return removed;
    });
  }

  /** For the worker of this process. @throws Fault when the backend is not there. */
  async engine(): Promise<Engine> {
    return this.#ask((engine) => Promise.resolve(engine));
  }

  async #ask<T>(work: (engine: Engine) => Promise<T>, timeoutMs = askMs): Promise<T> {
    try {
      return await within(timeoutMs, async () => work(await this.#open()));
    } catch (error) {
      if (error instanceof Refusal || error instanceof Fault) throw error;
      throw new Fault("The job queue is not reachable.", { cause: error, isRetryable: true });
    }
  }

  #open(): Promise<Engine> {
    this.#opening ??= this.#openEngine().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  // Loaded on first use: BullMQ takes a third of a second, and a process needs one backend.
  async #openEngine(): Promise<Engine> {
    const { db, redisUrl, tenantDatabase = null } = this.#options;
    const onError = (error: Error) => this.#sayOnce(error);
    if (redisUrl === undefined) {
      const { openPostgresEngine } = await import("./backends/postgres.ts");
      return openPostgresEngine({ db, isShared: tenantDatabase === null, onError });
    }
    const { openRedisEngine } = await import("./backends/redis.ts");
    return openRedisEngine({ url: redisUrl, tenantDatabase, onError });
  }

  // A server that is away makes an error with each attempt to reach it, several times a second.
  #sayOnce(error: Error): void {
    if (error.message === this.#lastError) return;
    this.#lastError = error.message;
    this.#options.log.warn({ err: error }, "the job queue has a problem");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const engine = await this.#opening?.catch(() => null);
    await engine?.[Symbol.asyncDispose]();
  }
}

const bulkMax = 500;
const payloadBytesMax = 262_144;
const askMs = 10_000;
const dayMs = 24 * 3600 * 1000;
// 100,000 jobs of 1 KB are 100 MB of Redis memory.
const keepMax = 100_000;
const cleanMax = 10_000;

// BullMQ takes 0 before all others, then ascending.
const priorities = { urgent: 0, normal: 10, idle: 100 } as const satisfies Record<
  JobPriority,
  number
>;

function optionsOf(job: JobSettings) {
  return {
    attempts: job.attempts,
    // Jitter: what failed together because a server was away does not come back together.
    backoff: { type: "exponential", delay: job.backoffMs, jitter: 0.5 },
    priority: priorities[job.priority],
    sizeLimit: payloadBytesMax,
    stackTraceLimit: 1,
  };
}

function refuseUnlessAllowed(record: JobRecord, command: JobCommand): void {
  const state = stateOf(record);
  const allowed = jobCommandsIn(state);
  if (allowed.includes(command)) return;
  throw new Refusal(
    "job.command_refused",
    `The job is ${state}: it cannot be asked to ${command}.`,
    {
      current: state,
      asked: command,
      allowed,
    },
  );
}

async function within<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
