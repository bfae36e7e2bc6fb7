import type { TenantId } from "@millwright/contracts/units";
import type pg from "pg";

import { Fault } from "../errors.ts";
import { isOutOfTime } from "./failure.ts";
import type { Answers } from "./pipelined-query.ts";
import { statementName } from "./statement-name.ts";
import type { NamedRead } from "./tenant-query.ts";

/** How statements reach the database. */
export type Reading = {
  /** One statement, on a connection for itself. */
  alone(tenantId: TenantId, statement: Statement): Promise<pg.QueryResult>;
  /** Several of one tenant in one message; none of them may take longer than `limitMs`. */
  together(tenantId: TenantId, statements: readonly NamedRead[], limitMs: number): Promise<Answers>;
};

type Statement = { readonly text: string; readonly values: readonly unknown[] };

/**
 * Sends statements that only read in few messages: what waits while others are on their way goes out
 * together. To PostgreSQL and to us a message costs as much as a read by key, so under load a read
 * costs half; without load every read leaves at once.
 *
 * Answers of a batch come together, so a statement must be quick to go in one. One that is not is
 * stopped after 30 ms and, with those behind it, asked again alone; its next thousand runs go alone at
 * once. So nobody waits for somebody else's report.
 */
export class ReadBatches {
  readonly #reading: Reading;
  /** By tenant, in the order in which they will be served. */
  readonly #waiting = new Map<TenantId, Waiting[]>();
  /** Statements that were too slow for a batch, with how many runs they still go alone. */
  readonly #slow = new Map<string, number>();
  #away = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  run(tenantId: TenantId, { text, values }: Statement): Promise<pg.QueryResult> {
    const name = statementName(text);
    if (name === undefined || !values.every(isPlain) || this.#isSlow(name)) {
      return this.#reading.alone(tenantId, { text, values });
    }
    const { promise, resolve, reject } = Promise.withResolvers<pg.QueryResult>();
    const queue = this.#waiting.get(tenantId) ?? [];
    queue.push({ read: { name, text, values }, resolve, reject });
    this.#waiting.set(tenantId, queue);
    this.#dispatch();
    return promise;
  }

  #isSlow(name: string): boolean {
    const runs = this.#slow.get(name);
    if (runs === undefined) return false;
    if (runs > 1) this.#slow.set(name, runs - 1);
    else this.#slow.delete(name);
    return true;
  }

  #dispatch(): void {
    for (const [tenantId, queue] of this.#waiting) {
      if (this.#away === batchesMax) return;
      const batch = queue.splice(0, statementsMax);
      // Who has more waiting goes to the end of the line.
      this.#waiting.delete(tenantId);
      if (queue.length > 0) this.#waiting.set(tenantId, queue);
      void this.#send(tenantId, batch);
    }
  }

  #takeWaiting(): Waiting[] {
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return waiting;
  }

  /** Settles everyone in the batch; never rejects. */
  async #send(tenantId: TenantId, batch: readonly Waiting[]): Promise<void> {
    this.#away += 1;
    const reads = batch.map(({ read }) => read);
    const { results, failure } = await this.#reading
      .together(tenantId, reads, limitMs)
      .catch((error: unknown): Answers => ({ results: [], failure: error }));
    this.#away -= 1;
    if (failure instanceof Fault && !isOutOfTime(failure.cause)) {
      // No connection within the time for it: who waits behind would wait as long again, for the same.
      for (const { reject } of [...batch, ...this.#takeWaiting()]) reject(failure);
      return;
    }
    this.#dispatch();
    for (const [index, { read, resolve, reject }] of batch.entries()) {
      const result = results[index];
      if (result !== undefined) resolve(result);
      // Reading changes nothing: whoever got no answer asks for itself, and hears its own failure.
      else this.#reading.alone(tenantId, read).then(resolve, reject);
    }
    const stopped = isOutOfTime(failure) ? reads[results.length] : undefined;
    if (stopped !== undefined) this.#slow.set(stopped.name, runsAlone);
  }
}

/** What cannot fail to be sent, between others that then would. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one !== "object");
  return typeof value !== "object" || value === null || value instanceof Date;
}

type Waiting = {
  read: NamedRead;
  resolve: (result: pg.QueryResult) => void;
  reject: (error: unknown) => void;
};

// Two backends answer more quick reads than one thread of ours can ask for; what waits for them makes
// the next batch larger instead of waking a third.
const batchesMax = 2;
// An answer waits for those behind it: sixteen reads by key take a millisecond or two.
const statementsMax = 16;
// A page of a list takes half a millisecond; the rest is for a processor that others use too.
const limitMs = 30;
const runsAlone = 1_000;
