import { z } from "zod";

import { Refusal } from "../errors.ts";

/**
 * Cuts a page out of `limit + 1` rows read: the extra row proves that there is a next page.
 * `keyOf` names what the next page starts after.
 */
export function pageOf<Row, Shown>(
  rows: readonly Row[],
  options: { limit: number; keyOf: (row: Row) => readonly string[]; show: (row: Row) => Shown },
): { rows: Shown[]; nextCursor: string | null } {
  const shown = rows.slice(0, options.limit);
  const last = shown.at(-1);
  const isMore = rows.length > options.limit && last !== undefined;
  return {
    rows: shown.map(options.show),
    nextCursor: isMore ? encodeCursor(options.keyOf(last)) : null,
  };
}

/** An opaque cursor: clients hand it back and do not look inside. */
export function encodeCursor(parts: readonly string[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

/** What the parts of our cursors look like. */
export const cursorPart = { uuid: /^[0-9a-f-]{36}$/, position: /^\d{1,19}$/, text: /^/ } as const;

/**
 * The parts `keyOf` gave, each of the shape asked for, or null for the first page.
 * @throws Refusal request.cursor_not_valid
 */
export function readCursor(
  cursor: string | undefined,
  shapes: readonly RegExp[],
): readonly string[] | null {
  if (cursor === undefined) return null;
  try {
    const binary = atob(cursor.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const parts = z.array(z.string()).parse(value);
    if (parts.length === shapes.length && parts.every((part, index) => shapes[index]?.test(part))) {
      return parts;
    }
  } catch {
    // Falls through: whatever it was, it is not one of our cursors.
  }
  throw new Refusal("request.cursor_not_valid", "This cursor is not one we gave out.", {
    kind: "invalid",
  });
}
