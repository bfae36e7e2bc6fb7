import { tenantIdSchema, type TenantId } from "@millwright/contracts/units";
import { type RawBuilder } from "kysely";
import pg from "pg";

import { Fault, invariant } from "../errors.ts";
import { classify, isStalePlan, isVersionConflict, VersionConflict } from "./failure.ts";
import { beginning, beginningSnapshot, OpenTransaction } from "./open-transaction.ts";
import { isSpoiled, type Step } from "./pipelined-query.ts";
import { ReadBatches } from "./read-batches.ts";
import { queryAsTenant, queryTogetherAsTenant } from "./tenant-query.ts";
import type { RunStatement } from "./traced-query.ts";
import { kyselyOn, kyselyOver, Transaction } from "./transaction.ts";

/**
 * One pool of connections of one database role. Everything of a tenant happens in `inTenant`; what
 * belongs to the installation (cursors, health, the schema version) in `inInstallation`.
 */
export class Database {
  readonly #pool: pg.Pool;
  readonly #url: string;
  readonly #reads = new ReadBatches({
    alone: (tenantId, statement) =>
      this.#borrow((client) => queryAsTenant(client, tenantId, statement)),
    together: (tenantId, statements, limitMs) =>
      this.#borrow(async (client, isBroken) => {
        const answers = await queryTogetherAsTenant(client, tenantId, { statements, limitMs });
        if (isStalePlan(answers.failure)) isBroken(answers.failure);
        return answers;
      }),
  });

  /** `idleMs`: after so long a connection that nobody uses is closed. */
  constructor(
    url: string,
    options: { poolMax: number; idleMs?: number; onError: (error: Error) => void },
  ) {
    this.#url = url;
    this.#pool = new pg.Pool({
      connectionString: url,
      max: options.poolMax,
      idleTimeoutMillis: options.idleMs ?? idleMsDefault,
      // A request that cannot get a connection in 10 s is answered 503 rather than queued for ever.
      connectionTimeoutMillis: 10_000,
      // No statement of ours takes 30 s; one that does holds locks others wait for.
      statement_timeout: 30_000,
    });
    // A connection that breaks while idle is replaced by the pool; without a listener it ends the process.
    this.#pool.on("error", options.onError);
  }

  /** For parts that hold a connection of their own (listener, subscription lock). */
  get url(): string {
    return this.#url;
  }

  /**
   * Runs `work` as one transaction of one tenant: its tables show that tenant's rows only. What `work`
   * emits is appended to the log as the last statement before the commit. On a version conflict or a
   * deadlock `work` runs again from the start, at most 5 times, so it must have no effect outside `tx`.
   * @throws VersionConflict when it lost 5 times · Fault when the database is not there.
   */
  async inTenant<T>(tenantId: TenantId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tenant = tenantIdSchema.parse(tenantId);
    return this.#attempt(beginning, tenant, work);
  }

  /**
   * Runs `work` that only reads a tenant's rows. Every statement is one round trip, with a connection
   * just for that long, and under load shares it with other reads (`ReadBatches`): at READ COMMITTED
   * each statement sees the rows of its own moment anyway, so only `inSnapshot` would promise more. A
   * write fails.
   * @throws Fault when the database is not there
   */
  async reading<T>(tenantId: TenantId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tenant = tenantIdSchema.parse(tenantId);
    const run = (text: string, values: readonly unknown[]) =>
      this.#reads.run(tenant, { text, values });
    const tx = new Transaction(kyselyOver(run), tenant);
    const result = await work(tx);
    invariant(tx.emitted === 0, "what only reads has no events");
    invariant(tx.takeQueued().length === 0, "what only reads waits for every answer");
    return result;
  }

  /**
   * One transaction of one tenant that only reads, and whose every statement sees the rows of the same
   * moment: for reads of many pages that must fit each other.
   */
  async inSnapshot<T>(tenantId: TenantId, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const tenant = tenantIdSchema.parse(tenantId);
    return this.#attempt(beginningSnapshot, tenant, work);
  }

  /** One transaction without a tenant: it sees installation-wide tables and no tenant's rows. */
  async inInstallation<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#attempt(beginning, null, work);
  }

  /** One statement outside of any tenant, which is a transaction of its own: one round trip. */
  async query<Row>(statement: RawBuilder<Row>): Promise<Row[]> {
    return this.#borrow(async (client) => (await statement.execute(kyselyOn(client))).rows);
  }

  async #attempt<T>(
    begin: Step,
    tenantId: TenantId | null,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(begin, tenantId, work);
      } catch (error) {
        if (!isVersionConflict(error)) throw error;
        if (attempt === attemptsMax) throw new VersionConflict({ cause: error });
      }
    }
  }

  async #once<T>(
    begin: Step,
    tenantId: TenantId | null,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    return this.#borrow(async (client, isBroken) => {
      const open = OpenTransaction.on(client, { begin, tenantId });
      try {
        const run: RunStatement = (text, values) => open.run(tx.takeQueued(), { text, values });
        const tx = new Transaction(kyselyOver(run), tenantId);
        const result = await work(tx);
        await open.commit(tx.atCommit());
        return result;
      } catch (error) {
        await open.rollback().catch(isBroken);
        throw error;
      }
    });
  }

  /** A connection for the time of `work`; one that `work` calls broken is not given to anybody again. */
  async #borrow<T>(
    work: (client: pg.PoolClient, isBroken: (failure: unknown) => void) => Promise<T>,
  ): Promise<T> {
    const client = await this.#connect();
    let broken: Error | undefined;
    // A connection that ends between two statements tells it here; unheard it would end the process.
    const hear = (failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    };
    client.on("error", hear);
    try {
      return await work(client, hear);
    } catch (error) {
      // A migration changed what a prepared statement returns, or a pooler lost it: prepare anew elsewhere.
      if (isStalePlan(error)) hear(error);
      throw classify(error);
    } finally {
      client.off("error", hear);
      client.release(broken ?? isSpoiled(client));
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (cause) {
      throw new Fault("The database is not reachable.", { cause, isRetryable: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}

// decision 9: commands are decided on the current state and retried at most 5 times.
const attemptsMax = 5;

const idleMsDefault = 10_000;
