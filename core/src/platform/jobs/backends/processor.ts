import { assertNever } from "@millwright/contracts/units";
import { type Processor, UnrecoverableError, WaitingError } from "bullmq";

import type { JobData } from "../record.ts";
import type { Outcome, StartedJob, WorkerSettings } from "./engine.ts";

/** Says in BullMQ's words, which are exceptions, what became of a try. */
export function toProcessor(
  run: (job: StartedJob) => Promise<Outcome>,
): Processor<JobData, unknown> {
  return async (job, token) => {
    const outcome = await run({
      jobId: job.id ?? "",
      name: job.name,
      data: job.data,
      attempt: job.attemptsMade + 1,
      attemptsMax: job.opts.attempts ?? 1,
      saveProgress: (progress) => job.updateProgress(progress),
    });
    switch (outcome.kind) {
      case "done":
        return outcome.result;
      case "failed":
        throw outcome.isFinal ? new UnrecoverableError(outcome.reason) : new Error(outcome.reason);
      case "put_back":
        await job.moveToWait(token);
        throw new WaitingError();
      default:
        return assertNever(outcome);
    }
  };
}

/** Settings that both backends share. */
export function toWorkerOptions({ concurrency, lockMs }: WorkerSettings) {
  return {
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    // A job that takes its worker down three times in a row is a dead letter.
    maxStalledCount: 2,
    autorun: false,
  };
}
