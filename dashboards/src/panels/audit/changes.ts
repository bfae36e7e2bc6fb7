import type { AuditEntry } from "@millwright/contracts/api";

/** What became of the record as a whole: made, removed, or changed in some fields. */
export function kindOfChange(
  changes: NonNullable<AuditEntry["changes"]>,
): "created" | "changed" | "removed" {
  if (changes.every(({ before }) => before === null)) return "created";
  return changes.every(({ after }) => after === null) ? "removed" : "changed";
}

/** A stored value on one line, at most `shownMax` characters. */
export function shownValue(
  value: unknown,
  words: { nothing: string; yes: string; no: string },
): string {
  if (value === null || value === undefined || value === "") return words.nothing;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value) && value.every(isPlain)) {
    return cut(value.length === 0 ? words.nothing : value.join(", "));
  }
  return cut(isPlain(value) ? String(value) : JSON.stringify(value));
}

function isPlain(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function cut(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}

// About six lines of a column: whoever needs all of it asks the API.
const shownMax = 300;
