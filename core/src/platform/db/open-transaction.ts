import { SpanKind } from "@opentelemetry/api";
import type pg from "pg";

import { inSpan } from "../observe/trace.ts";
import {
  type BoundStep,
  isPrepared,
  prepare,
  queryAfter,
  type Statement,
  type Step,
  unnamed,
} from "./pipelined-query.ts";
import { statementName } from "./statement-name.ts";
import type { Transaction } from "./transaction.ts";

export const beginning: Step = { name: "mw_begin", text: "begin" };
export const beginningSnapshot: Step = {
  name: "mw_begin_snapshot",
  text: "begin isolation level repeatable read read only",
};

/**
 * A transaction on a connection in as few round trips as it has statements: it begins with the message
 * of its first statement, and what is due at its end goes out with the commit. One that has no
 * statement of its own is one message, or none.
 */
export class OpenTransaction {
  readonly #client: pg.PoolClient;
  readonly #opening: readonly BoundStep[];
  #hasBegun = false;
  #preparing: Promise<void> | null = null;

  /** The tenant is set for the time of the transaction only, so a pooled connection forgets it. */
  static on(
    client: pg.PoolClient,
    { begin, tenantId }: { begin: Step; tenantId: string | null },
  ): OpenTransaction {
    const first = { step: begin, values: [] };
    const opening =
      tenantId === null ? [first] : [first, { step: settingTenant, values: [tenantId] }];
    return new OpenTransaction(client, opening);
  }

  private constructor(client: pg.PoolClient, opening: readonly BoundStep[]) {
    this.#client = client;
    this.#opening = opening;
  }

  /** Runs what was queued before it and the statement, in one message. */
  run(
    queued: readonly BoundStep[],
    { text, values }: { text: string; values: readonly unknown[] },
  ): Promise<pg.QueryResult> {
    return this.#send(queued, { name: statementName(text), text, values });
  }

  async #send(queued: readonly BoundStep[], statement: Statement): Promise<pg.QueryResult> {
    const steps = this.#hasBegun ? queued : [...this.#opening, ...queued];
    this.#hasBegun = true;
    if (this.#preparing !== null) await this.#preparing;
    const missing = stepsOf(steps, statement).filter((step) => !isPrepared(this.#client, step));
    if (missing.length > 0) {
      // Awaited here and nowhere in between: who asks meanwhile waits for the same and goes on after us.
      this.#preparing = prepare(this.#client, missing);
      try {
        await this.#preparing;
      } finally {
        this.#preparing = null;
      }
    }
    return queryAfter(this.#client, steps, statement);
  }

  /**
   * Runs what is still queued, tells the listeners, appends the events and commits in one message: the
   * log's lock is held for the time the server needs, not for a round trip and for whatever else this
   * process is doing.
   */
  async commit({
    queued,
    events,
    tileNotices,
  }: ReturnType<Transaction["atCommit"]>): Promise<void> {
    const notices = tileNotices.map((notice) => ({ step: tellingTiles, values: [notice] }));
    const steps = [...queued, ...notices];
    if (events === null) return this.#commitAfter(steps);
    const appending = { step: emitting, values: [events] };
    await inSpan("sql select platform.emit", emitSpan, () =>
      this.#commitAfter([...steps, appending]),
    );
  }

  async #commitAfter(last: readonly BoundStep[]): Promise<void> {
    if (!this.#hasBegun && last.length === 0) return;
    const { command } = await this.#send(last, committing);
    // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and was swallowed.
    if (command !== "COMMIT") throw new Error("the transaction was aborted, nothing is saved");
  }

  async rollback(): Promise<void> {
    if (this.#hasBegun) await this.#client.query("rollback");
  }
}

/**
 * What must be prepared before a message. The statement itself too when a step before it has no name:
 * the driver takes the answer to that one's parsing for the statement's.
 */
function stepsOf(steps: readonly BoundStep[], { name, text }: Statement): Step[] {
  const needed = steps.map(({ step }) => step);
  const isMistaken = name !== undefined && needed.some((step) => step.name === unnamed);
  return isMistaken ? [...needed, { name, text }] : needed;
}

const settingTenant = {
  name: "mw_set_tenant",
  text: "select set_config('app.tenant_id', $1, true)",
};
const tellingTiles = { name: "mw_tell_tiles", text: "select pg_notify('tile', $1)" };
const emitting = { name: "mw_emit", text: "select platform.emit($1::jsonb)" };
const committing = { name: "mw_commit", text: "commit", values: [] };

const emitSpan = {
  kind: SpanKind.CLIENT,
  attributes: {
    "db.system.name": "postgresql",
    "db.query.text": "select platform.emit($1::jsonb); commit",
  },
};
