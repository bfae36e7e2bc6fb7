import type { EventToEmit } from "@millwright/contracts/events";
import type { TenantId } from "@millwright/contracts/units";
import { Kysely, PostgresDialect, type PostgresPoolClient, type RawBuilder } from "kysely";
import type pg from "pg";

import { invariant } from "../errors.ts";
import { traceparent } from "../observe/trace.ts";
import { type BoundStep, unnamed } from "./pipelined-query.ts";
import { statementName } from "./statement-name.ts";
import { type RunStatement, tracedQuery } from "./traced-query.ts";

// oxlint-disable-next-line typescript/no-empty-object-type -- a connection knows no table until a context names its own
type NoTables = {};

/** The tables of one context, as its store/tables.ts declares them. */
export type Tables = Record<string, Record<string, unknown>>;

/** An open transaction. A front-door call of another context takes it and so joins it. */
export class Transaction {
  readonly #kysely: Kysely<NoTables>;
  readonly #tenantId: TenantId | null;
  readonly #events: EventToEmit[] = [];
  #queued: BoundStep[] = [];
  readonly #touchedWorkCenters = new Set<string>();

  constructor(kysely: Kysely<NoTables>, tenantId: TenantId | null) {
    this.#kysely = kysely;
    this.#tenantId = tenantId;
  }

  get tenantId(): TenantId {
    invariant(this.#tenantId !== null, "this transaction has no tenant");
    return this.#tenantId;
  }

  /** The database seen through one context's tables; naming a foreign table does not compile. */
  over<T extends Tables = NoTables>() {
    return this.#kysely.withTables<T>();
  }

  /** Queues events; they are appended in this order when the transaction commits, with the active trace. */
  emit(events: readonly EventToEmit[]): void {
    const trace = traceparent();
    this.#events.push(
      ...(trace === null
        ? events
        : events.map((event) => ({ ...event, trace: event.trace ?? trace }))),
    );
  }

  /** How many events wait for the commit. */
  get emitted(): number {
    return this.#events.length;
  }

  /**
   * Queues a statement whose answer nobody needs: it goes out in front of the next one or of the commit,
   * in order, and costs no round trip. When it fails, so does what it went out with.
   */
  queue(statement: RawBuilder<unknown>): void {
    const { sql: text, parameters } = statement.compile(this.#kysely);
    const step = { name: statementName(text) ?? unnamed, text };
    this.#queued.push({ step, values: parameters.map(asText) });
  }

  /** What waits for the next message; whoever takes it sends it. */
  takeQueued(): readonly BoundStep[] {
    const queued = this.#queued;
    if (queued.length > 0) this.#queued = [];
    return queued;
  }

  /** Says that the tiles of these work centers changed, so that live screens read them after the commit. */
  touch(workCenterIds: Iterable<string>): void {
    for (const workCenterId of workCenterIds) this.#touchedWorkCenters.add(workCenterId);
  }

  /** What is still queued, the events as `platform.emit` takes them, and what listeners of `tile` are told. */
  atCommit(): { queued: readonly BoundStep[]; events: string | null; tileNotices: string[] } {
    const events = this.#events.length === 0 ? null : JSON.stringify(this.#events);
    return { queued: this.takeQueued(), events, tileNotices: this.#tileNotices() };
  }

  #tileNotices(): string[] {
    const notices: string[] = [];
    const workCenterIds = [...this.#touchedWorkCenters];
    for (let start = 0; start < workCenterIds.length; start += workCentersPerNotice) {
      const some = workCenterIds.slice(start, start + workCentersPerNotice);
      notices.push(JSON.stringify({ tenantId: this.tenantId, workCenterIds: some }));
    }
    return notices;
  }
}

/** A parameter as PostgreSQL reads it from text, which is how the driver sends it too. */
function asText(value: unknown): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(asElement).join()}}`;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  throw new Error(`a queued statement cannot be given ${typeof value}`);
}

/** An element of an array's text (PostgreSQL, 8.15.6). */
function asElement(value: unknown): string {
  const text = asText(value);
  return text === null ? "null" : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

// A NOTIFY carries at most 8,000 bytes; an id takes 39 of them.
const workCentersPerNotice = 190;

/** Kysely over something that runs statements: it neither opens nor releases anything. */
export function kyselyOver(run: RunStatement): Kysely<NoTables> {
  // Kysely could ask for a cursor too; nobody here opens one.
  const query = tracedQuery(run) as unknown as PostgresPoolClient["query"];
  const borrowed = { query, release: () => undefined };
  return new Kysely({
    dialect: new PostgresDialect({
      pool: { connect: () => Promise.resolve(borrowed), end: () => Promise.resolve(), options: {} },
    }),
  });
}

/** Kysely on one connection that the caller owns. */
export function kyselyOn(client: pg.PoolClient): Kysely<NoTables> {
  return kyselyOver((text, values) =>
    client.query({ name: statementName(text), text, values: [...values] }),
  );
}
