import type { JobSummary } from "@millwright/contracts/api";
import type { JobState } from "@millwright/contracts/states";
import type { TenantId } from "@millwright/contracts/units";
import { assertNever } from "@millwright/contracts/units";
import { z } from "zod";

/** What we keep in BullMQ's `data`: whose job it is, what it is about, and who took it back. */
export type JobData = {
  tenantId: TenantId | null;
  payload: unknown;
  cancelled?: { by: string; time: string };
  /** W3C Trace Context of what asked for it; absent when nobody records. */
  trace?: string;
};

/** BullMQ's own states; both backends know them. `delayed` waits for a time, mostly of a next try. */
export type EngineState = "waiting" | "delayed" | "active" | "completed" | "failed";

/** A job as a backend stores it. Times are epoch milliseconds. */
export type JobRecord = {
  jobId: string;
  name: string;
  state: EngineState;
  data: JobData;
  attemptsMade: number;
  attemptsMax: number;
  progress: unknown;
  result: unknown;
  failure: string | null;
  addedTime: number;
  startedTime: number | null;
  finishedTime: number | null;
};

/**
 * The state a person sees. A cancelled job that has not started is cancelled at once, although the
 * queue still holds it: whoever takes it out finds the mark and lets it go.
 */
export function stateOf({ state, data, attemptsMade }: JobRecord): JobState {
  if (data.cancelled !== undefined && state !== "active") return "cancelled";
  switch (state) {
    case "delayed":
      return attemptsMade > 0 ? "retrying" : "scheduled";
    case "waiting":
    case "active":
    case "completed":
    case "failed":
      return state;
    default:
      return assertNever(state);
  }
}

const progressSchema = z.object({
  done: z.number(),
  total: z.number(),
  note: z.string().nullable(),
});

export function summaryOf(record: JobRecord): JobSummary {
  const progress = progressSchema.safeParse(record.progress);
  return {
    jobId: record.jobId,
    name: record.name,
    state: stateOf(record),
    isCancelAsked: record.data.cancelled !== undefined,
    attempt: record.attemptsMade,
    attemptsMax: record.attemptsMax,
    progress: progress.success ? progress.data : null,
    failure: record.failure,
    addedTime: instant(record.addedTime),
    startedTime: record.startedTime === null ? null : instant(record.startedTime),
    finishedTime: record.finishedTime === null ? null : instant(record.finishedTime),
  };
}

function instant(time: number): string {
  return new Date(time).toISOString();
}
