import type { TenantId } from "@millwright/contracts/units";
import type { z } from "zod";

/** What a handler is given beside its payload. */
export type JobAttempt = {
  /** Stable over retries: the key of every effect of the job. */
  jobId: string;
  /** 1 for the first try. */
  attempt: number;
  /** Aborted when somebody cancels the job, its time is up, or the process stops. Heed it within 5 s. */
  signal: AbortSignal;
  /** Shown on the board; written at most four times a second, so call it as often as you like. */
  progress: (done: number, total: number, note?: string) => void;
};

/** `urgent` goes before everything that waits, `idle` runs when nothing else does. */
export type JobPriority = "urgent" | "normal" | "idle";

export type JobSettings = {
  /** Never changes: `<context>.<purpose>`. */
  name: string;
  /** Tries in all, 1 to 10; what fails the last time is a dead letter. */
  attempts: number;
  /** Before the second try; doubles each time, with jitter. */
  backoffMs: number;
  /** One try takes no longer; then its signal is aborted. */
  timeoutMs: number;
  priority: JobPriority;
  /** Cron expression in UTC (minute hour day month weekday); null: only when enqueued. */
  cron: string | null;
};

/** A job as the worker sees it: settings and what to do with stored data. */
export type RegisteredJob = JobSettings & {
  /** @throws ZodError when the stored payload is not one of this job. */
  perform: (
    stored: { tenantId: TenantId | null; payload: unknown },
    attempt: JobAttempt,
  ) => Promise<unknown>;
};

/** A job that can be enqueued for a tenant. */
export type Job<P> = RegisteredJob & { payload: z.ZodType<P> };

type Defaults = Partial<Pick<JobSettings, "attempts" | "backoffMs" | "priority">>;

const defaults = { attempts: 3, backoffMs: 1000, priority: "normal" } as const;

/**
 * A kind of job of one tenant. `handle` runs at least once per job, so its effects are keyed by
 * `jobId`; what it returns is kept with the job, at most 256 KiB of JSON.
 */
export function defineJob<P>(
  definition: Defaults & {
    name: string;
    payload: z.ZodType<P>;
    timeoutMs: number;
    handle: (context: JobAttempt & { tenantId: TenantId; payload: P }) => Promise<unknown>;
  },
): Job<P> {
  const { handle, payload: schema, ...settings } = definition;
  return {
    ...defaults,
    ...settings,
    cron: null,
    payload: schema,
    perform: async ({ tenantId, payload }, attempt) => {
      if (tenantId === null) throw new TypeError(`${settings.name} is a job of a tenant`);
      return handle({ ...attempt, tenantId, payload: schema.parse(payload) });
    },
  };
}

/** A kind of job of the whole installation, run by the clock: upkeep that belongs to no tenant. */
export function defineUpkeep(
  definition: Defaults & {
    name: string;
    cron: string;
    timeoutMs: number;
    handle: (context: JobAttempt) => Promise<unknown>;
  },
): RegisteredJob {
  const { handle, ...settings } = definition;
  return {
    ...defaults,
    priority: "idle",
    ...settings,
    perform: (_stored, attempt) => handle(attempt),
  };
}
