import { setTimeout as delay } from "node:timers/promises";

import { type Job, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { z } from "zod";

import { stateOf, type EngineState, type JobData, type JobRecord } from "../record.ts";
import { type Engine, type JobRecords, type Owner, queueName, type RecordQuery } from "./engine.ts";
import { toProcessor, toWorkerOptions } from "./processor.ts";

/** The queue on Redis or Valkey. @throws when the server does not answer within 5 s. */
export async function openRedisEngine(options: {
  url: string;
  /** Its jobs have keys of their own, so that they wait for it alone. Null: the installation's. */
  tenantDatabase: string | null;
  onError: (error: Error) => void;
}): Promise<Engine> {
  // Callers get an error at once rather than a promise that hangs until the server is back.
  const client = new Redis(options.url, {
    maxRetriesPerRequest: 1,
    commandTimeout: commandMs,
    connectTimeout: commandMs,
    retryStrategy: (times) => Math.min(times * 100, reconnectMsMax),
  });
  client.on("error", options.onError);
  await using opening = new AsyncDisposableStack();
  const suffix = options.tenantDatabase === null ? "" : `:${options.tenantDatabase}`;
  const prefix = `bull${suffix}`;
  const queue = new Queue<JobData, unknown>(queueName, { connection: client, prefix });
  queue.on("error", options.onError);
  opening.defer(async () => {
    // Closing waits for a server that may never have been there.
    await Promise.race([queue.close(), delay(closeMs, undefined, { ref: false })]);
    client.disconnect();
  });
  const ready = await Promise.race([
    queue.waitUntilReady().then(() => true),
    delay(commandMs, undefined, { ref: false }),
  ]);
  if (ready !== true) throw new Error(`Redis does not answer within ${commandMs / 1000} s`);
  const opened = opening.move();
  return {
    kind: "redis",
    queue,
    records: createRecords(client, { queue, prefix, owners: `millwright:jobs${suffix}` }),
    work: async (process, settings) => {
      const worker = new Worker<JobData, unknown>(queueName, toProcessor(process), {
        ...toWorkerOptions(settings),
        prefix,
        // Seconds; Redis wakes a waiting worker by itself.
        drainDelay: 10,
        runRetryDelay: reconnectMsMax,
        // A worker waits for its server for ever; BullMQ asks for `null`.
        connection: {
          ...client.options,
          maxRetriesPerRequest: null,
          commandTimeout: undefined,
        },
      });
      worker.on("error", settings.onError);
      worker.run().catch(settings.onError);
      return { close: (force) => worker.close(force) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const commandMs = 5000;
const closeMs = 1000;
const reconnectMsMax = 1000;
// A page looks at this many jobs at most; with a rare filter it is then short, and the next goes on.
const lookedAtMax = 2000;
const chunk = 100;

/** Redis lists jobs by state only: a sorted set per owner lists them by age, as the board needs. */
function createRecords(
  client: Redis,
  { queue, prefix, owners }: { queue: Queue<JobData, unknown>; prefix: string; owners: string },
): JobRecords {
  const listOf = (owner: Owner) => `${owners}:${owner ?? installation}`;
  const find = async (jobId: string) => {
    const job = await queue.getJob(jobId);
    return job === undefined ? null : toRecord(job, await job.getState());
  };
  return {
    note: async (jobs) => {
      for (const [owner, entries] of Map.groupBy(jobs, (job) => job.owner)) {
        const scores = entries.flatMap(({ addedTime, jobId }) => [addedTime, jobId]);
        await client.sadd(owners, owner ?? installation);
        await client.zadd(listOf(owner), "NX", ...scores);
      }
    },
    forget: async (jobIds) => {
      if (jobIds.length === 0) return;
      for (const owner of await client.smembers(owners)) {
        await client.zrem(`${owners}:${owner}`, ...jobIds);
      }
    },
    find: async (owner, jobId) => {
      const record = await find(jobId);
      return record?.data.tenantId === owner ? record : null;
    },
    page: async (query) => {
      const records: JobRecord[] = [];
      let before = query.before;
      for (let looked = 0; looked < lookedAtMax; looked += chunk) {
        const entries = await entriesBefore(client, listOf(query.owner), before);
        const found = await Promise.all(entries.map(({ jobId }) => find(jobId)));
        const gone = entries.filter((_, index) => found[index] === null);
        // The job was removed by age: its line in the list goes when somebody passes by.
        if (gone.length > 0)
          await client.zrem(listOf(query.owner), ...gone.map(({ jobId }) => jobId));
        for (const [index, entry] of entries.entries()) {
          const record = found[index] ?? null;
          before = entry;
          if (record === null || !isAskedFor(record, query)) continue;
          records.push(record);
          if (records.length === query.limit) return { records, next: entry };
        }
        if (entries.length < chunk) return { records, next: null };
      }
      return { records, next: before };
    },
    counts: async () => {
      const counts = await queue.getJobCounts();
      const of = (state: string) => counts[state] ?? 0;
      return {
        waiting: of("waiting") + of("prioritized"),
        delayed: of("delayed"),
        active: of("active"),
        completed: of("completed"),
        failed: of("failed"),
      };
    },
    cancelledAmong: async (jobIds) => {
      const stored = await Promise.all(
        jobIds.map((jobId) => client.hget(`${prefix}:${queueName}:${jobId}`, "data")),
      );
      return jobIds.filter(
        (_, index) => markSchema.safeParse(JSON.parse(stored[index] ?? "{}")).success,
      );
    },
  };
}

const markSchema = z.object({ cancelled: z.object({ by: z.string() }) });

const installation = "installation";

async function entriesBefore(client: Redis, list: string, before: RecordQuery["before"]) {
  const end = before === null ? "+inf" : String(before.addedTime);
  // Equal times come in descending order of ids, so those at or above the cursor are skipped.
  const entries: { jobId: string; addedTime: number }[] = [];
  for (let offset = 0; entries.length < chunk; offset += chunk) {
    const flat = await client.zrevrangebyscore(
      list,
      end,
      "-inf",
      "WITHSCORES",
      "LIMIT",
      offset,
      chunk,
    );
    for (let i = 0; i < flat.length; i += 2) {
      const entry = { jobId: flat[i] ?? "", addedTime: Number(flat[i + 1]) };
      const isPast =
        before !== null && entry.addedTime === before.addedTime && entry.jobId >= before.jobId;
      if (!isPast && entries.length < chunk) entries.push(entry);
    }
    if (flat.length < chunk * 2) break;
  }
  return entries;
}

function isAskedFor(record: JobRecord, { state, name }: RecordQuery): boolean {
  return (
    (state === undefined || stateOf(record) === state) &&
    (name === undefined || record.name === name)
  );
}

function toRecord(job: Job<JobData, unknown>, state: string): JobRecord {
  return {
    jobId: job.id ?? "",
    name: job.name,
    state: engineState(state),
    data: job.data,
    attemptsMade: job.attemptsMade,
    attemptsMax: job.opts.attempts ?? 1,
    progress: job.progress,
    result: job.returnvalue ?? null,
    failure: job.failedReason ?? null,
    addedTime: job.timestamp,
    startedTime: job.processedOn ?? null,
    finishedTime: job.finishedOn ?? null,
  };
}

// A job without a state is moving between two of them.
function engineState(state: string): EngineState {
  switch (state) {
    case "delayed":
    case "active":
    case "completed":
    case "failed":
      return state;
    default:
      return "waiting";
  }
}
