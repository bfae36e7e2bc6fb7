import type { z } from "zod";

import type { ImportProblems } from "./import-report.ts";
import type { FileRow } from "./read-rows.ts";

/** Rows that make one thing together, with the first of them, which speaks for what they share. */
export type RowGroup<Row> = { first: FileRow<Row>; rows: readonly FileRow<Row>[] };

/**
 * Rows by the thing they make. What is true of the thing as a whole (`shared`) must be the same in all of
 * its rows; where it is not, the row is told and the thing is left out.
 */
export function groupRows<Row extends Record<string, unknown>>(
  rows: readonly FileRow<Row>[],
  { keyOf, shared }: { keyOf: (row: Row) => string; shared: readonly (keyof Row & string)[] },
  problems: ImportProblems,
): RowGroup<Row>[] {
  const groups = Map.groupBy(rows, ({ value }) => keyOf(value));
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined) return [];
    const strange = others.flatMap(({ line, value }) => {
      const column = shared.find((field) => value[field] !== first.value[field]);
      return column === undefined ? [] : [{ line, column }];
    });
    for (const { line, column } of strange) {
      const reason = `It belongs to line ${first.line}, which has another ${column}.`;
      problems.add({ line, column, code: "import.rows_differ", reason });
    }
    return strange.length === 0 ? [{ first, rows: group }] : [];
  });
}

/**
 * What a group makes, as anybody else may ask for it; null when the group as a whole breaks a rule (more
 * rows than one thing takes, the same twice), which is told of its first line.
 */
export function fitGroup<Asked>(
  { first }: RowGroup<Record<string, unknown>>,
  { schema, value }: { schema: z.ZodType<Asked>; value: unknown },
  problems: ImportProblems,
): Asked | null {
  const fitting = schema.safeParse(value);
  if (fitting.success) return fitting.data;
  const reason = fitting.error.issues[0]?.message ?? "";
  problems.add({ line: first.line, column: null, code: "import.cell_not_valid", reason });
  return null;
}
