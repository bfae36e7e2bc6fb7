import type { Logger } from "pino";

import { Shares } from "./shares.ts";
import type { Cell } from "./session/cell.ts";
import type { EdgeNode } from "./session/edge-node.ts";
import { openPool, type Pool, waitForSchema } from "./store/database.ts";
import { tidy } from "./store/housekeeping.ts";
import { LiveNotifier } from "./store/live-notifier.ts";
import { type CellPart, readCell } from "./store/registry.ts";

/** What a home is to the rest of the process. */
type Surroundings = {
  cell: Cell;
  logger: Logger;
  /** Newest migration that this code was written for. */
  schema: string;
  onStored: (acknowledged: Iterable<EdgeNode>) => void;
};

/**
 * One database that readings go to, with pipelines and watermarks of its own: the installation's, or
 * that of tenants who have one. Nothing of it waits for another.
 */
export class Home implements AsyncDisposable {
  readonly name: string;
  readonly pool: Pool;
  readonly shares: Shares;
  /** Settles when a batch cannot be written for a reason that will not pass. */
  readonly failed: Promise<unknown>;
  /** What its tenants bound, as last read. */
  part: CellPart = { nodes: [], bindings: [] };
  readonly #notifier: LiveNotifier;

  /** @throws when the database is not there or has an older schema after `waitMs`. */
  static async open(
    name: string,
    url: string,
    { waitMs, ...around }: Surroundings & { waitMs: number },
  ): Promise<Home> {
    const { logger, schema } = around;
    const pool = openPool(url, (error) => {
      logger.warn({ err: error, database: name }, "an idle connection ended");
    });
    try {
      await waitForSchema(pool, schema, waitMs);
      const part = await readCell(pool);
      await tidy(pool);
      const home = new Home(name, pool, around);
      home.part = part;
      return home;
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  private constructor(name: string, pool: Pool, { cell, logger, onStored }: Surroundings) {
    const failure = Promise.withResolvers<unknown>();
    this.name = name;
    this.pool = pool;
    this.failed = failure.promise;
    this.#notifier = new LiveNotifier(pool, (error) =>
      logger.warn({ err: error, database: name }, "notify failed"),
    );
    this.shares = new Shares({
      pool,
      cell,
      logger,
      onWritten: ({ touched, acknowledged }) => {
        onStored(acknowledged);
        this.#notifier.touch(touched);
      },
      onFailure: failure.resolve,
    });
  }

  /** Reads who may connect and what the metrics mean. */
  async read(): Promise<void> {
    this.part = await readCell(this.pool);
  }

  /** Writes what has arrived; `close` afterwards. A database that is away keeps us at most `drainMs`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.race([
      this.shares[Symbol.asyncDispose](),
      new Promise((resolve) => setTimeout(resolve, drainMs).unref()),
    ]);
  }

  /** After the last acknowledgement. */
  async close(): Promise<void> {
    this.#notifier[Symbol.dispose]();
    await this.pool.end();
  }
}

// Less than the 10 s a process has to stop; what is not stored is not acknowledged and comes again.
const drainMs = 6_000;
