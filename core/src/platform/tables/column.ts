import { Decimal } from "@millwright/contracts/units";
import type { z } from "zod";

/** What a cell of an export holds; exact decimals are strings, as on the wire. */
export type CellValue = string | number | boolean | null;

/**
 * One column of a file. `kind` decides how a cell is written: `text` is guarded against formulas,
 * `decimal` and `number` become numeric cells where a spreadsheet can hold them exactly.
 */
export type Column<Row> = {
  /** The header: the field's name in the API, with its unit where it has one (`runMsPerUnit`). */
  field: string;
  kind: "text" | "decimal" | "number" | "boolean" | "instant";
  show: (row: Row) => CellValue;
};

/** Columns that are fields of the row by the same name. */
export function columnsOf<Row extends Record<string, unknown>>(kinds: {
  [Field in keyof Row & string]?: Column<Row>["kind"];
}): Column<Row>[] {
  return Object.entries(kinds).map(([field, kind]) => ({
    field,
    kind: kind as Column<Row>["kind"],
    show: (row: Row) => cellOf(row[field]),
  }));
}

/** Columns of an export that its import passes over, because they follow from others. */
export function columnsPassedOver<Row>(columns: readonly Column<Row>[], imported: z.ZodObject) {
  return columns.map(({ field }) => field).filter((field) => !(field in imported.shape));
}

function cellOf(value: unknown): CellValue {
  if (value === null || value === undefined) return null;
  const isPlain = ["string", "number", "boolean"].includes(typeof value);
  return isPlain ? (value as CellValue) : JSON.stringify(value);
}

/**
 * A number that a spreadsheet keeps as it is, or null. Spreadsheets hold binary doubles and show 15
 * significant digits (ECMA-376 Part 1, 18.8.30, and Excel's own limits), so a longer one stays text.
 */
export function exactNumber(value: CellValue): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(String(value))) return null;
  const exact = new Decimal(value);
  return exact.precision(true) <= significantDigitsMax && exact.abs().lt(1e15)
    ? exact.toFixed()
    : null;
}

const significantDigitsMax = 15;
