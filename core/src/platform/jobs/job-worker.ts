import type { TenantId } from "@millwright/contracts/units";

import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import { type Attempt, type Ended, startAttempt } from "./attempt.ts";
import type { Engine, EngineWorker, Outcome, StartedJob } from "./backends/engine.ts";
import type { RegisteredJob } from "./define-job.ts";
import type { JobQueue } from "./job-queue.ts";

type Deps = {
  queue: JobQueue;
  log: Log;
  metrics: Pick<Metrics, "jobSeconds">;
  /** Asks for a new process when too many abandoned handlers go on in this one. */
  restart: () => void;
  /** Told of a job that is not tried again by itself; what it throws is logged. */
  onDeadLetter?: (dead: DeadLetter) => Promise<void>;
  /** Handlers of this process that go on after they were told to stop; workers of a process share it. */
  abandoned?: { count: number };
};

/** A job that failed for good and waits for a person; `tenantId` is null for upkeep. */
export type DeadLetter = { tenantId: TenantId | null; jobId: string; job: string; reason: string };

/** How one process works at jobs. */
export type WorkerSettings = {
  /** Jobs at once in this process. */
  concurrency: number;
  /** A dead worker is noticed after this long. */
  lockMs: number;
  /** How long a handler may take to heed its signal. */
  graceMs: number;
};

const defaults: WorkerSettings = {
  // Jobs wait for the database and for partners most of the time; what computes uses processes.
  concurrency: 10,
  lockMs: 15_000,
  graceMs: 5000,
};

/**
 * Runs jobs until disposed. Started before its backend is there, it waits for it. When it is disposed
 * the running jobs are told to stop and go back into the queue; they cost no try.
 */
export class JobWorker {
  readonly #jobs: ReadonlyMap<string, RegisteredJob>;
  readonly #deps: Deps;
  readonly #settings: WorkerSettings;
  readonly #running = new Map<string, Attempt>();
  #worker: EngineWorker | null = null;
  #starting: Promise<void> | null = null;
  #look: NodeJS.Timeout | null = null;
  #isStopped = false;
  readonly #abandoned: { count: number };
  #lastError = "";

  constructor(jobs: readonly RegisteredJob[], deps: Deps, settings: Partial<WorkerSettings> = {}) {
    this.#jobs = new Map(jobs.map((job) => [job.name, job]));
    this.#deps = deps;
    this.#abandoned = deps.abandoned ?? { count: 0 };
    this.#settings = { ...defaults, ...settings };
  }

  start(): void {
    this.#starting = this.#start();
  }

  /** Resolves when jobs are being taken. */
  async started(): Promise<void> {
    await this.#starting;
  }

  async #start(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const engine = await this.#deps.queue.engine();
        for (const job of this.#jobs.values()) {
          if (job.cron !== null) await this.#deps.queue.schedule(job);
        }
        this.#worker = await engine.work((job) => this.#run(engine, job), {
          concurrency: this.#settings.concurrency,
          lockMs: this.#settings.lockMs,
          onError: (error) => this.#sayOnce(error),
        });
        return;
      } catch (error) {
        this.#sayOnce(error instanceof Error ? error : new Error(String(error)));
        await new Promise((resolve) => setTimeout(resolve, startRetryMs));
      }
    }
  }

  async #run(engine: Engine, started: StartedJob): Promise<Outcome> {
    // Noted again: what the clock started is in no list yet.
    await engine.records.note(
      started.data.tenantId === null
        ? [{ jobId: started.jobId, owner: null, addedTime: Date.now() }]
        : [],
    );
    if (started.data.cancelled !== undefined) return { kind: "done", result: null };
    const job = this.#jobs.get(started.name);
    // A newer process may know it: it is tried again until it is a dead letter.
    if (job === undefined) {
      return { kind: "failed", reason: `No handler is called ${started.name}.`, isFinal: false };
    }
    const startedAt = performance.now();
    const attempt = startAttempt(job, started, this.#settings.graceMs);
    this.#running.set(attempt.jobId, attempt);
    this.#lookForCancelled(engine);
    const ended = await attempt.ended;
    this.#running.delete(attempt.jobId);
    this.#report(job, started, ended, (performance.now() - startedAt) / 1000);
    await this.#tellDead(started, ended.outcome);
    return ended.outcome;
  }

  async #tellDead(started: StartedJob, outcome: Outcome): Promise<void> {
    if (outcome.kind !== "failed") return;
    if (!outcome.isFinal && started.attempt < started.attemptsMax) return;
    const { tenantId } = started.data;
    const dead = { tenantId, jobId: started.jobId, job: started.name, reason: outcome.reason };
    try {
      await this.#deps.onDeadLetter?.(dead);
    } catch (error) {
      // The job is a dead letter whether or not somebody could be told; the metric counts it too.
      this.#deps.log.warn({ err: error, jobId: started.jobId }, "an alert could not be raised");
    }
  }

  /** Asks each 400 ms, while something runs, whether it was cancelled: no notice that could be lost. */
  #lookForCancelled(engine: Engine): void {
    this.#look ??= setTimeout(() => {
      void this.#stopCancelled(engine).finally(() => {
        this.#look = null;
        if (this.#running.size > 0 && !this.#isStopped) this.#lookForCancelled(engine);
      });
    }, lookMs);
  }

  async #stopCancelled(engine: Engine): Promise<void> {
    try {
      const cancelled = await engine.records.cancelledAmong([...this.#running.keys()]);
      for (const jobId of cancelled) this.#running.get(jobId)?.stop("cancelled");
    } catch (error) {
      this.#sayOnce(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #report(job: RegisteredJob, started: StartedJob, { how, error }: Ended, seconds: number): void {
    const { log, metrics } = this.#deps;
    const { jobId, attempt } = started;
    metrics.jobSeconds.observe({ job: job.name, outcome: how }, seconds);
    const fields = { job: job.name, jobId, attempt, tenantId: started.data.tenantId };
    if (how === "did_not_stop") {
      this.#abandoned.count += 1;
      log.error(
        fields,
        "a job did not stop when told to; its place is free, its handler may go on",
      );
      if (this.#abandoned.count === abandonedMax) this.#deps.restart();
    } else if (error !== null && how !== "cancelled" && how !== "put_back") {
      log.warn({ ...fields, how, err: error }, "a job failed");
    }
  }

  #sayOnce(error: Error): void {
    if (error.message === this.#lastError) return;
    this.#lastError = error.message;
    this.#deps.log.warn({ err: error }, "the worker's queue has a problem");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#starting;
    if (this.#look !== null) clearTimeout(this.#look);
    for (const attempt of this.#running.values()) attempt.stop("stopping");
    await this.#worker?.close(false);
  }
}

// One is a mistake of its author; several eat the process that all jobs share.
const abandonedMax = 3;
const startRetryMs = 1000;
const lookMs = 400;
