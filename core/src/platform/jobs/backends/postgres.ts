import { createPostgresBackend, withBackend } from "bullmq";
import { sql } from "kysely";

import type { Database } from "../../db/database.ts";
import { HearingClient } from "../../db/hearing-client.ts";
import type { EngineState, JobData, JobRecord } from "../record.ts";
import { type Engine, type JobRecords, type Owner, queueName, type RecordQuery } from "./engine.ts";
import { toProcessor, toWorkerOptions } from "./processor.ts";

const { Queue, Worker } = withBackend(createPostgresBackend);

/** The database whose tenants' jobs these are. */
export type QueueDatabase = Pick<Database, "url" | "query">;

/**
 * The queue in schema `bullmq` of a database. At rest it holds no connection and its worker one, the
 * listening one. @throws when it cannot be reached.
 */
export async function openPostgresEngine(options: {
  db: QueueDatabase;
  /** The installation's, where most companies are; a company's own gets fewer connections. */
  isShared: boolean;
  onError: (error: Error) => void;
}): Promise<Engine> {
  const connection = {
    connectionString: options.db.url,
    schema: "bullmq",
    // BullMQ hears errors of its listening connection and of idle ones only.
    Client: HearingClient,
    application_name: "millwright jobs",
    // At rest up to fifty databases hold nothing but the listening connection each.
    ...(!options.isShared && { idleTimeoutMillis: tenantIdleMs }),
    max: options.isShared ? connectionsMax : tenantConnectionsMax,
    connectionTimeoutMillis: 5000,
    statement_timeout: 10_000,
    keepAlive: true,
  };
  await using opening = new AsyncDisposableStack();
  const queue = new Queue<JobData, unknown>(queueName, {
    connection: { ...connection, max: options.isShared ? 2 : 1 },
    // Nobody reads BullMQ's own stream of events; it is kept as short as it goes.
    streams: { events: { maxLen: 1000 } },
  });
  queue.on("error", options.onError);
  opening.defer(() => queue.close());
  await queue.waitUntilReady();
  const opened = opening.move();
  return {
    kind: "postgresql",
    queue,
    records: createRecords(options.db),
    work: async (process, settings) => {
      const worker = new Worker<JobData, unknown>(queueName, toProcessor(process), {
        ...toWorkerOptions(settings),
        // Seconds; a NOTIFY wakes a waiting worker at once, and a lost connection is noticed.
        drainDelay: 10,
        runRetryDelay: 1000,
        // What a worker writes may be lost with a crash of the server: the job then runs again, as it
        // may anyway. Enqueueing and cancelling are written through.
        connection: { ...connection, options: "-c synchronous_commit=off" },
      });
      worker.on("error", settings.onError);
      // Tried again by our caller: BullMQ remembers a first failure for ever.
      await worker.waitUntilReady().catch(async (error: unknown) => {
        await worker.close(true);
        throw error;
      });
      worker.run().catch(settings.onError);
      return { close: (force) => worker.close(force) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

// More than the machine has cores gains nothing; a database has 100 for everybody.
const connectionsMax = 5;
const tenantConnectionsMax = 2;
const tenantIdleMs = 1000;

type Row = {
  id: string;
  name: string;
  state: EngineState;
  data: JobData;
  attempts_made: number;
  max_attempts: number;
  progress: unknown;
  return_value: unknown;
  failed_reason: string | null;
  added_at_ms: string;
  processed_at_ms: string | null;
  finished_at_ms: string | null;
};

const columns = sql.raw(
  "id, name, state::text, data, attempts_made, max_attempts, progress, return_value, failed_reason, added_at_ms, processed_at_ms, finished_at_ms",
);

/** BullMQ's own table read by owner; index bullmq.job_by_owner is made for it (migrate-postgres.ts). */
function createRecords(db: QueueDatabase): JobRecords {
  return {
    // The table is the list.
    note: () => Promise.resolve(),
    forget: () => Promise.resolve(),
    find: async (owner, jobId) => {
      const [row] = await db.query(sql<Row>`
        select ${columns}
          from bullmq.job
         where queue = ${queueName}
           and id = ${jobId}
           and ${ownedBy(owner)}`);
      return row === undefined ? null : toRecord(row);
    },
    page: async (query) => {
      const rows = await db.query(sql<Row>`
        select ${columns}
          from bullmq.job
         where queue = ${queueName}
           and ${ownedBy(query.owner)}
           and (added_at_ms, id collate "C")
               < (${query.before?.addedTime ?? Number.MAX_SAFE_INTEGER}::bigint, ${query.before?.jobId ?? ""})
           and ${inState(query.state)}
           and (${query.name ?? null}::text is null or name = ${query.name ?? null})
           -- The next run of a schedule is no job yet.
           and not (scheduler_id is not null and state = 'delayed' and attempts_made = 0)
         order by added_at_ms desc, id collate "C" desc
         limit ${query.limit + 1}`);
      const records = rows.slice(0, query.limit).map(toRecord);
      const last = records.at(-1);
      return { records, next: rows.length > query.limit && last !== undefined ? last : null };
    },
    counts: async () => {
      const rows = await db.query(sql<{ state: EngineState; jobs: number }>`
        select state::text, count(*)::integer as jobs
          from bullmq.job
         where queue = ${queueName}
         group by state`);
      const none = { waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0 };
      return { ...none, ...Object.fromEntries(rows.map(({ state, jobs }) => [state, jobs])) };
    },
    cancelledAmong: async (jobIds) => {
      const rows = await db.query(sql<{ id: string }>`
        select id
          from bullmq.job
         where queue = ${queueName}
           and id = any (${[...jobIds]})
           and data ? 'cancelled'`);
      return rows.map(({ id }) => id);
    },
  };
}

function ownedBy(owner: Owner) {
  return owner === null ? sql`data ->> 'tenantId' is null` : sql`data ->> 'tenantId' = ${owner}`;
}

function inState(state: RecordQuery["state"]) {
  switch (state) {
    case undefined:
      return sql`true`;
    case "cancelled":
      return sql`data ? 'cancelled' and state <> 'active'`;
    case "active":
      return sql`state = 'active'`;
    case "retrying":
      return sql`state = 'delayed' and attempts_made > 0 and not data ? 'cancelled'`;
    case "scheduled":
      return sql`state = 'delayed' and attempts_made = 0 and not data ? 'cancelled'`;
    default:
      return sql`state::text = ${state} and not data ? 'cancelled'`;
  }
}

function toRecord(row: Row): JobRecord {
  return {
    jobId: row.id,
    name: row.name,
    state: row.state,
    data: row.data,
    attemptsMade: row.attempts_made,
    attemptsMax: row.max_attempts,
    progress: row.progress,
    result: row.return_value,
    failure: row.failed_reason,
    addedTime: Number(row.added_at_ms),
    startedTime: row.processed_at_ms === null ? null : Number(row.processed_at_ms),
    finishedTime: row.finished_at_ms === null ? null : Number(row.finished_at_ms),
  };
}
