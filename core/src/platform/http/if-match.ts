import type { Context } from "hono";

import { Refusal } from "../errors.ts";

/** The ETag of a stored state: its version, quoted (RFC 9110, 8.8.3). */
export function etagOf(version: number | string): string {
  return `"${version}"`;
}

/** Tells the client the version it has read, for its `If-Match`. */
export function sendVersion(c: Context, version: number | string): void {
  c.header("ETag", etagOf(version));
}

/**
 * The version that an edit was made on. The use case saves with `where version = …` and refuses by
 * `changedMeanwhile` when it finds another: a check before that alone would let two edits through.
 * @throws Refusal request.version_missing: 400, an edit must say what it has read
 */
export function versionAsked(c: Context): number {
  const header = c.req.header("if-match")?.trim() ?? "";
  // A weak tag or a list is nothing we gave out; `*` would be an edit of something unread.
  const version = /^"?(\d{1,15})"?$/.exec(header)?.[1];
  if (version !== undefined) return Number(version);
  throw new Refusal(
    "request.version_missing",
    'Send the ETag of what you have read as If-Match, such as "3".',
    { kind: "invalid" },
  );
}

/** @throws Refusal record.changed_meanwhile (412) unless the edit was made on the current version */
export function requireVersion(current: number, asked: number): void {
  if (current !== asked) throw changedMeanwhile(current, asked);
}

/** For an update that found no row of the version asked. */
export function changedMeanwhile(current: number, asked: number): Refusal {
  return new Refusal(
    "record.changed_meanwhile",
    "Somebody else has changed this since you read it. Read it again.",
    { kind: "changed", current: String(current), asked: String(asked) },
  );
}
