import type { Actor, FieldChange } from "@millwright/contracts/events";

import type { Transaction } from "../db/transaction.ts";
import { newEvent } from "../events/new-event.ts";
import { isSensitive, masked, maskSensitive } from "./sensitive-fields.ts";

/** Fields of a stored record as the API names them (camelCase); only what can be written as JSON. */
export type RecordFields = Readonly<Record<string, unknown>>;

/**
 * Writes into the audit trail what a command changed about a record that stores its state: one event
 * `record.changed@1` on the stream `<objectType>:<objectId>`, in the caller's transaction. `before` is
 * null for a new record, `after` for a removed one; fields that are equal are left out, and without
 * any change nothing is written. Sensitive fields say that they changed, never their value.
 *
 * Contexts whose events tell the story themselves (work orders, stock) do not need it.
 *
 * @example
 * recordChange(tx, { objectType: "item", objectId, label: after.number, before, after, by: actor });
 */
export function recordChange(
  tx: Transaction,
  change: {
    /** The word of DOMAIN.md in snake_case: `item`, `user`, `role`. */
    objectType: string;
    objectId: string;
    /** How people call the record; the audit page shows it even when the record is gone. */
    label?: string;
    before: RecordFields | null;
    after: RecordFields | null;
    by: Actor;
  },
): void {
  const changes = changesBetween(change.before, change.after);
  if (changes.length === 0) return;
  const { objectType, objectId } = change;
  tx.emit([
    newEvent("record.changed@1", {
      tenantId: tx.tenantId,
      stream: `${objectType}:${objectId}`,
      streamVersion: null,
      payload: { objectType, objectId, label: change.label ?? objectId, changes },
      actor: change.by,
    }),
  ]);
}

/** Fields that differ, by name; an absent field and null are the same. */
export function changesBetween(
  before: RecordFields | null,
  after: RecordFields | null,
): FieldChange[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return fields.flatMap((field) => {
    const from = asJson(before?.[field]);
    const to = asJson(after?.[field]);
    if (canonical(from) === canonical(to)) return [];
    return [{ field, before: shown(field, from), after: shown(field, to) }];
  });
}

function shown(field: string, value: unknown): unknown {
  if (value === null) return null;
  return isSensitive(field) ? masked : maskSensitive(value);
}

/** The value as the log stores it: dates become strings, undefined becomes null. */
function asJson(value: unknown): unknown {
  const text = JSON.stringify(value ?? null, (_, entry: unknown) =>
    typeof entry === "bigint" ? entry.toString() : entry,
  );
  return text === undefined ? null : (JSON.parse(text) as unknown);
}

/** Two objects that differ in the order of their fields are one value. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    typeof entry === "object" && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
