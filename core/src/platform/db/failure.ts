import pg from "pg";

import { Fault, Refusal } from "../errors.ts";

/** Somebody else changed the same thing first, five times in a row. */
export class VersionConflict extends Refusal {
  constructor(options: { cause?: unknown } = {}) {
    super("concurrent_change", "Somebody else is changing this right now. Try again.");
    this.cause = options.cause;
  }
}

/** Whether running the same transaction again may succeed because only its timing was bad. */
export function isVersionConflict(error: unknown): boolean {
  if (error instanceof VersionConflict) return true;
  // MW001: platform.emit found another stream version · 40001, 40P01: serialization failure, deadlock.
  return (
    error instanceof pg.DatabaseError && ["MW001", "40001", "40P01"].includes(error.code ?? "")
  );
}

/** Whether the connection's prepared statements no longer fit the database. */
export function isStalePlan(error: unknown): boolean {
  // 0A000: cached plan must not change result type · 26000: no such statement · 42P05: there is one already.
  return (
    error instanceof pg.DatabaseError && ["0A000", "26000", "42P05"].includes(error.code ?? "")
  );
}

/** Whether a row was refused because another one of this table has its key. */
export function isTaken(error: unknown, table: string): boolean {
  return error instanceof pg.DatabaseError && error.code === "23505" && error.table === table;
}

/** Whether the server stopped a statement because its time was over. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "57014";
}

/** Turns a lost or overloaded database into a retryable Fault; every other error stays what it is. */
export function classify(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Fault || error instanceof Refusal) return error;
  const isDatabaseGone =
    error instanceof pg.DatabaseError
      ? // 08 connection, 53 out of resources, 57 shut down or cancelled, 58 the disk.
        /^(08|53|57|58)/.test(error.code ?? "")
      : /connection terminated|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|timeout exceeded/i.test(
          error.message,
        );
  return isDatabaseGone
    ? new Fault("The database is not reachable.", { cause: error, isRetryable: true })
    : error;
}
