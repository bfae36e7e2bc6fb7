import pg from "pg";

import { inSpan } from "../observe/trace.ts";
import type { CopyBuffer } from "./copy-buffer.ts";

export type Pool = pg.Pool;
export type Client = pg.PoolClient;
/** Where a statement runs: on the pool by itself, or inside a transaction. */
export type Queryable = Pick<pg.Pool, "query">;

/** Two writers with two lanes each, their side queries and the listener: a cell's ingest needs no more. */
const connectionsMax = 8;

export function openPool(databaseUrl: string, onIdleError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connectionsMax,
    application_name: "millwright-ingest",
    connectionTimeoutMillis: 10_000,
    // A connection that a router forgot is found dead within minutes instead of two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Statements that need not wait for each other go out together: see `inTransaction`.
    pipeline: true,
  });
  // Without a listener an idle connection that the server closes would end the process.
  pool.on("error", onIdleError);
  // The same holds for one in use; there the query that runs fails and tells.
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

/** The connection broke during a transaction: whether it was committed is unknown. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/**
 * Runs `work` in one transaction; commits when it resolves, rolls back when it throws.
 *
 * Statements that are sent without a wait in between reach the server together: it does not wait for us
 * between them, nor we for a turn of the processor. `work` must not send anything more once one of them
 * failed, hence waits for all before it goes on (`inOneGo`).
 *
 * The statements of every batch have names, so a connection parses and plans them once: of a batch of
 * fifty rows that is half of PostgreSQL's time. Those that read samples have none: the planner leaves
 * out other days' chunks only when it sees the times.
 * @throws ConnectionLost whatever error the loss showed itself as: a COPY stream has several.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    await client.query("rollback").catch(() => {
      throw new ConnectionLost("the connection broke in a transaction", { cause: error });
    });
    throw error;
  } finally {
    // A connection that failed is not given back: whatever state it is in dies with it.
    client.release(failure);
  }
}

/**
 * Waits for statements that were sent together, all of them. @throws what the first of them that failed
 * threw: those behind it only say that the transaction is broken.
 */
export async function inOneGo(statements: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(statements);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Loads rows that a CopyBuffer encoded. */
export async function copySamples(client: Client, samples: CopyBuffer): Promise<void> {
  if (samples.rows === 0) return;
  const rows = samples.finish();
  await inSpan(
    "sql copy telemetry.sample",
    {},
    () =>
      new Promise<void>((resolve, reject) => {
        client.query(new SamplesCopy(rows, (error) => (error ? reject(error) : resolve())));
      }),
  );
}

/**
 * COPY with its rows sent along, so that it can go out together with other statements. Rows that come
 * although the server refused to begin are ignored.
 * @source PostgreSQL manual, Message Flow, COPY Operations
 */
class SamplesCopy extends pg.Query {
  constructor(rows: Buffer, onEnd: (error: Error | undefined) => void) {
    super(
      "copy telemetry.sample (metric_id, source_time, value, text_value, quality) from stdin (format binary)",
      onEnd,
    );
    const begin = this.submit;
    this.submit = (connection) => {
      const { stream } = connection;
      stream.cork();
      begin.call(this, connection);
      stream.write(copyDataHead(rows.length));
      stream.write(rows);
      stream.write(copyDone);
      stream.uncork();
    };
  }

  /** What it would be an answer to was sent already. */
  handleCopyInResponse(): void {}
}

/** CopyData: its letter and its length, which counts itself. */
function copyDataHead(bytes: number): Buffer {
  const head = Buffer.from("d\0\0\0\0", "latin1");
  head.writeInt32BE(4 + bytes, 1);
  return head;
}

const copyDone = Buffer.from("c\0\0\0\x04", "latin1");

/**
 * Deadlock, serialisation, a lost connection, a server that starts or stops, a full disk: worth another
 * try. Whatever is not in this list is the message's fault, and the message is put aside for it.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof ConnectionLost) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return (
    // 08 connection, 53 out of disk, memory or connections, 57 cancelled or shut down, 58 the disk.
    /^(08|53|57|58)/.test(code) ||
    ["40P01", "40001", "23505", "55P03"].includes(code) ||
    ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT"].includes(code) ||
    /Connection terminated|timeout exceeded|Client has encountered a connection error/.test(
      error.message,
    )
  );
}

/**
 * Waits until the schema is at least what this code was written for; 0 looks once.
 * @throws Error after `timeoutMs`.
 */
export async function waitForSchema(
  pool: pg.Pool,
  newest: string,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let reason = "";
  for (;;) {
    try {
      const { rowCount } = await pool.query("select from platform.migration where name = $1", [
        newest,
      ]);
      if (rowCount === 1) return;
      reason = `migration ${newest} has not run`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() >= deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(
    `The database did not get ready within ${timeoutMs / 1000} s: ${reason}. Run npm run migrate.`,
  );
}
