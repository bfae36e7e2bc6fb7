import { SpanKind } from "@opentelemetry/api";
import { z } from "zod";

import { Fault, Refusal } from "../errors.ts";
import { contextOf, inSpan } from "../observe/trace.ts";
import type { Outcome, StartedJob } from "./backends/engine.ts";
import type { RegisteredJob } from "./define-job.ts";

/** Why a running job is told to stop. */
export type StopReason = "cancelled" | "timed_out" | "stopping";

/** One try of a job, from its start to what became of it. */
export type Attempt = {
  readonly jobId: string;
  /** Tells the handler to stop; the first reason counts. */
  stop(reason: StopReason): void;
  readonly ended: Promise<Ended>;
};

export type Ended = {
  outcome: Outcome;
  /** For metrics and the log. `did_not_stop`: the handler ran on after it was told to stop. */
  how: "completed" | "failed" | "retried" | "cancelled" | "timed_out" | "did_not_stop" | "put_back";
  error: unknown;
};

/**
 * Starts one try. It ends when the handler ends, or 5 s after the handler was told to stop and did
 * not: the place is then free for other jobs and the job is a dead letter, never tried again by
 * itself, because the abandoned handler may still be at work.
 */
export function startAttempt(job: RegisteredJob, started: StartedJob, graceMs: number): Attempt {
  const abort = new AbortController();
  let reason: StopReason | null = null;
  const { promise: abandoned, reject: abandon } = Promise.withResolvers<never>();
  let grace: NodeJS.Timeout | undefined;
  const stop = (why: StopReason) => {
    if (reason !== null) return;
    reason = why;
    abort.abort(new Error(`the job was told to stop: ${why}`));
    grace = setTimeout(() => abandon(new DidNotStop()), graceMs);
  };
  const timer = setTimeout(() => stop("timed_out"), job.timeoutMs);
  const progress = new ProgressWriter(started);

  async function run(): Promise<Ended> {
    try {
      const { jobId, attempt, data } = started;
      const parent = contextOf(data.trace);
      const handler = inSpan(`job ${job.name}`, { kind: SpanKind.CONSUMER, parent }, () =>
        job.perform(data, {
          jobId,
          attempt,
          signal: abort.signal,
          progress: (done, total, note) => progress.set({ done, total, note: note ?? null }),
        }),
      );
      const result = await Promise.race([handler, abandoned]);
      await progress.flush();
      return { ...whenDone(result ?? null, reason), error: null };
    } catch (error) {
      await progress.flush();
      return { ...whenThrown(error, reason, job, started), error };
    } finally {
      clearTimeout(timer);
      clearTimeout(grace);
    }
  }
  return { jobId: started.jobId, stop, ended: run() };
}

class DidNotStop extends Error {
  override readonly name = "DidNotStop";
}

type Verdict = Pick<Ended, "outcome" | "how">;

function whenDone(result: unknown, reason: StopReason | null): Verdict {
  const bytes = new TextEncoder().encode(JSON.stringify(result)).byteLength;
  if (bytes > resultBytesMax) {
    const text = `The result has ${bytes} bytes, ${resultBytesMax} are allowed: store it in a table.`;
    return { outcome: { kind: "failed", reason: text, isFinal: true }, how: "failed" };
  }
  // What was finished while we asked it to stop is finished; a cancelled job shows as cancelled.
  return {
    outcome: { kind: "done", result },
    how: reason === "cancelled" ? "cancelled" : "completed",
  };
}

function whenThrown(
  error: unknown,
  reason: StopReason | null,
  job: RegisteredJob,
  started: StartedJob,
): Verdict {
  // The process ends, and the handler with it.
  if (reason === "stopping") return { outcome: { kind: "put_back" }, how: "put_back" };
  if (error instanceof DidNotStop) {
    const text = `It did not stop within its grace after it was told to (${reason}). Restart the worker before it is retried: its handler may still be at work.`;
    return { outcome: { kind: "failed", reason: text, isFinal: true }, how: "did_not_stop" };
  }
  if (reason === "cancelled") return { outcome: { kind: "done", result: null }, how: "cancelled" };
  const isFinal = isHopeless(error);
  const text =
    reason === "timed_out" ? `It took longer than ${job.timeoutMs / 1000} s.` : sentenceOf(error);
  const isLast = isFinal || started.attempt >= started.attemptsMax;
  const how = reason === "timed_out" ? "timed_out" : isLast ? "failed" : "retried";
  return { outcome: { kind: "failed", reason: text.slice(0, reasonMax), isFinal }, how };
}

/** Trying again cannot help: a rule said no, the payload is not one, or the fault says so. */
function isHopeless(error: unknown): boolean {
  if (error instanceof Refusal) return error.code !== "concurrent_change";
  if (error instanceof Fault) return !error.isRetryable;
  return error instanceof z.ZodError;
}

function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return `${error.code}: ${error.message}`;
  if (error instanceof z.ZodError) return `The payload is not valid: ${z.prettifyError(error)}`;
  return error instanceof Error ? error.message : String(error);
}

const resultBytesMax = 262_144;
const reasonMax = 2000;

/** Writes the newest progress at most every 250 ms: a row a millisecond would be work of its own. */
class ProgressWriter {
  readonly #job: StartedJob;
  #due: object | null = null;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(job: StartedJob) {
    this.#job = job;
  }

  set(progress: object): void {
    this.#due = progress;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#write();
    }, progressMs);
  }

  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#write();
    await this.#writing;
  }

  #write(): void {
    const progress = this.#due;
    this.#due = null;
    if (progress === null) return;
    // Progress is a courtesy: a job does not fail because a number could not be shown.
    this.#writing = this.#writing
      .then(() => this.#job.saveProgress(progress))
      .catch(() => undefined);
  }
}

const progressMs = 250;
