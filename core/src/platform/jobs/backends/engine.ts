import type { JobState } from "@millwright/contracts/states";
import type { TenantId } from "@millwright/contracts/units";
import type { Queue } from "bullmq";

import type { EngineState, JobData, JobRecord } from "../record.ts";

/** The one queue of a database: each further queue and worker costs connections and idle work. */
export const queueName = "millwright";

/** The part of BullMQ's queue that is the same on both backends. */
export type EngineQueue = Pick<
  Queue<JobData, unknown>,
  | "addBulk"
  | "clean"
  | "close"
  | "getCompleted"
  | "getFailed"
  | "getJob"
  | "removeJobScheduler"
  | "upsertJobScheduler"
  | "waitUntilReady"
>;

/** Whose jobs: a tenant's, or (null) those of the installation. */
export type Owner = TenantId | null;

export type RecordQuery = {
  owner: Owner;
  state?: JobState | undefined;
  name?: string | undefined;
  /** Jobs older than this one; at equal times, with a smaller id. */
  before: { addedTime: number; jobId: string } | null;
  limit: number;
};

/** What BullMQ cannot answer by itself: jobs by owner, and which of some were cancelled. */
export type JobRecords = {
  /** Called before jobs are added, so that no job is in the queue and not in the list. */
  note: (jobs: readonly { jobId: string; owner: Owner; addedTime: number }[]) => Promise<void>;
  /** Newest first. `next` is where the following page starts; the page may be short and `next` set. */
  page: (query: RecordQuery) => Promise<{ records: JobRecord[]; next: RecordQuery["before"] }>;
  find: (owner: Owner, jobId: string) => Promise<JobRecord | null>;
  counts: () => Promise<Record<EngineState, number>>;
  cancelledAmong: (jobIds: readonly string[]) => Promise<string[]>;
  /** Called after jobs were removed. */
  forget: (jobIds: readonly string[]) => Promise<void>;
};

/** What became of one try. `put_back`: the process stops, another one takes the job from the start. */
export type Outcome =
  | { kind: "done"; result: unknown }
  | { kind: "failed"; reason: string; isFinal: boolean }
  | { kind: "put_back" };

export type StartedJob = {
  jobId: string;
  name: string;
  data: JobData;
  /** 1 for the first try. */
  attempt: number;
  attemptsMax: number;
  saveProgress: (progress: object) => Promise<void>;
};

export type WorkerSettings = {
  concurrency: number;
  /** A worker that dies is noticed after this long; its jobs are then taken by others. */
  lockMs: number;
  onError: (error: Error) => void;
};

/** A job queue on one backend: BullMQ plus what it lacks. */
export type Engine = AsyncDisposable & {
  kind: "redis" | "postgresql";
  queue: EngineQueue;
  records: JobRecords;
  work: (
    process: (job: StartedJob) => Promise<Outcome>,
    settings: WorkerSettings,
  ) => Promise<EngineWorker>;
};

export type EngineWorker = {
  /** Takes no further job and waits for the running ones; by force it leaves them to their lock's end. */
  close: (force: boolean) => Promise<void>;
};
