import type { RowProblem } from "@millwright/contracts/api";
import type { z } from "zod";

import { Refusal } from "../errors.ts";
import type { FileRecord } from "./file-record.ts";

/** A row of a file that has passed its schema, with the line to complain about. */
export type FileRow<Row> = { line: number; value: Row };

export type RowShape<S extends z.ZodObject> = {
  /** One field per column; cells come as text, empty ones as absent. */
  schema: S;
  /** Columns of the export that an import passes over, because they follow from others. */
  passedOver: readonly string[];
  rowsMax: number;
};

/**
 * Reads records by their header, which may name the columns in any order and case. What does not pass
 * the schema is told to `onProblem`, and the other rows are given back.
 * @throws Refusal import.empty · import.too_many_rows · import.column_unknown · import.column_missing
 *   · import.column_repeated
 */
export function readRows<S extends z.ZodObject>(
  records: readonly FileRecord[],
  shape: RowShape<S>,
  onProblem: (problem: RowProblem) => void,
): FileRow<z.infer<S>>[] {
  const [header, ...rows] = records;
  if (header === undefined) throw notValid("import.empty", "The file is empty: not even a header.");
  if (rows.length > shape.rowsMax) {
    throw notValid(
      "import.too_many_rows",
      `The file has more than ${shape.rowsMax} rows. Import it in parts.`,
    );
  }
  const fields = readHeader(header, shape);
  return rows.flatMap(({ line, cells }) => {
    if (cells.slice(fields.length).some((text) => text !== "")) {
      const reason = `The row has ${cells.length} cells, the header ${fields.length}.`;
      onProblem({ line, column: null, code: "import.cells_too_many", reason });
      return [];
    }
    const named = fields.flatMap((field, index) => {
      const text = cells[index]?.trim() ?? "";
      return field === null || text === "" ? [] : [[field, text] as const];
    });
    const parsed = shape.schema.safeParse(Object.fromEntries(named));
    if (parsed.success) return [{ line, value: parsed.data }];
    for (const issue of parsed.error.issues) onProblem(ofIssue(line, issue));
    return [];
  });
}

/** The field of each column by its place; null for one that is passed over. */
function readHeader<S extends z.ZodObject>(
  header: FileRecord,
  { schema, passedOver }: RowShape<S>,
): (string | null)[] {
  const known = new Map(Object.keys(schema.shape).map((field) => [field.toLowerCase(), field]));
  const ignored = new Set(passedOver.map((field) => field.toLowerCase()));
  const names = header.cells.map((text) => text.trim().toLowerCase());
  const strange = header.cells.find((_, index) => {
    const name = names[index] ?? "";
    return name !== "" && !known.has(name) && !ignored.has(name);
  });
  if (strange !== undefined) {
    const choice = [...known.values()].join(", ");
    throw notValid(
      "import.column_unknown",
      `There is no column ${strange.slice(0, 60)} here; there are ${choice}.`,
    );
  }
  const fields = names.map((name) => known.get(name) ?? null);
  const repeated = fields.find((field, index) => field !== null && fields.indexOf(field) < index);
  if (repeated !== undefined && repeated !== null) {
    throw notValid("import.column_repeated", `Column ${repeated} is there twice.`);
  }
  const missing = Object.entries(schema.shape).filter(
    ([field, type]) => !fields.includes(field) && !isOptional(type),
  );
  if (missing.length > 0) {
    const lost = missing.map(([field]) => field).join(", ");
    throw notValid("import.column_missing", `The file lacks the column ${lost}.`);
  }
  return fields;
}

function isOptional(type: z.core.SomeType): boolean {
  return (type as z.ZodType).safeParse(undefined).success;
}

function ofIssue(line: number, issue: z.core.$ZodIssue): RowProblem {
  const [field] = issue.path;
  const isAbsent = issue.code === "invalid_type" && issue.input === undefined;
  return {
    line,
    column: field === undefined ? null : String(field),
    code: isAbsent ? "import.cell_missing" : "import.cell_not_valid",
    reason: isAbsent ? "must not be empty" : issue.message,
  };
}

function notValid(code: string, message: string): Refusal {
  return new Refusal(code, message, { kind: "invalid" });
}
