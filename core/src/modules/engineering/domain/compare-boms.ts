import type { BomLine } from "@millwright/contracts/api";

export type LineChange = {
  readonly change: "added" | "removed" | "changed";
  readonly itemId: string;
  readonly position: number;
  readonly fields: readonly { field: string; before: string | null; after: string | null }[];
};

/**
 * What differs between two revisions, by position of the newer one. A line is the same line when it
 * takes the same item at the same step from the same day on; a mere renumbering is no change.
 */
export function compareLines(before: readonly BomLine[], after: readonly BomLine[]): LineChange[] {
  const older = new Map(before.map((line) => [keyOf(line), line]));
  const newer = new Map(after.map((line) => [keyOf(line), line]));
  const removed = before
    .filter((line) => !newer.has(keyOf(line)))
    .map((line) => changeOf("removed", line, fieldsBetween(line, null)));
  const others = after.flatMap((line) => {
    const old = older.get(keyOf(line));
    if (old === undefined) return [changeOf("added", line, fieldsBetween(null, line))];
    const fields = fieldsBetween(old, line);
    return fields.length === 0 ? [] : [changeOf("changed", line, fields)];
  });
  return [...removed, ...others].toSorted((a, b) => a.position - b.position);
}

function keyOf({ itemId, step, from }: BomLine): string {
  return `${itemId} ${step ?? ""} ${from ?? ""}`;
}

function changeOf(
  change: LineChange["change"],
  { itemId, position }: BomLine,
  fields: LineChange["fields"],
): LineChange {
  return { change, itemId, position, fields };
}

function fieldsBetween(before: BomLine | null, after: BomLine | null): LineChange["fields"] {
  return comparedFields.flatMap((field) => {
    const [from, to] = [shown(before, field), shown(after, field)];
    return from === to ? [] : [{ field, before: from, after: to }];
  });
}

const comparedFields = [
  "quantity",
  "uom",
  "scrapPercent",
  "to",
  "consumption",
  "alternates",
  "note",
] as const;

function shown(line: BomLine | null, field: (typeof comparedFields)[number]): string | null {
  if (line === null) return null;
  if (field !== "alternates") return line[field];
  return line.alternates
    .map(
      (alternate) =>
        `${alternate.priority}: ${alternate.itemId} ${alternate.quantity} ${alternate.uom}`,
    )
    .join("; ");
}
