import { CsvError, parse } from "csv-parse/sync";

import { Refusal } from "../errors.ts";
import type { CellValue, Column } from "./column.ts";
import type { FileRecord } from "./file-record.ts";

// Excel takes a file for the code page of the machine unless it begins with a byte order mark.
const byteOrderMark = "\uFEFF";

/** A CSV file (RFC 4180: comma, CRLF, quotes doubled) in UTF-8, in parts of whole lines. */
export function csvWriter<Row>(columns: readonly Column<Row>[]) {
  const encoder = new TextEncoder();
  return {
    contentType: "text/csv; charset=utf-8; header=present",
    head: () => encoder.encode(byteOrderMark + line(columns.map(({ field }) => quoted(field)))),
    rows: (rows: readonly Row[]) =>
      encoder.encode(
        rows
          .map((row) => line(columns.map((column) => cellText(column.show(row), column.kind))))
          .join(""),
      ),
    end: () => new Uint8Array(0),
  };
}

function line(cells: readonly string[]): string {
  return `${cells.join(",")}\r\n`;
}

function cellText(value: CellValue, kind: Column<never>["kind"]): string {
  if (value === null) return "";
  return quoted(kind === "text" ? guarded(String(value)) : String(value));
}

/**
 * A spreadsheet runs a cell that begins with one of these (the last four are their full-width forms) as
 * a formula, quoted or not; an apostrophe before it makes it text. A text that has the apostrophe
 * already gets one more, so that reading back finds what was written. @source OWASP, CSV Injection
 */
const formulaStart = /^'*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

function guarded(text: string): string {
  return formulaStart.test(text) ? `'${text}` : text;
}

/** Takes the apostrophe of `guarded` off again, so that a file we wrote reads back as it was. */
function unguarded(text: string): string {
  return text.startsWith("'") && formulaStart.test(text) ? text.slice(1) : text;
}

function quoted(text: string): string {
  return /[",;\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The records of a CSV file with comma, semicolon or tab, in UTF-8, UTF-16 with a mark, or
 * Windows-1252. Line numbers count as an editor does, so a record after a quoted line break has the
 * line where it begins. Reads at most `recordsMax` and one more, which tells that there are too many.
 * @throws Refusal import.encoding_unknown · import.not_readable
 */
export function readCsv(bytes: Uint8Array, recordsMax: number): FileRecord[] {
  const text = decode(bytes);
  return parsedRecords(text, recordsMax).map(({ record, info }) => {
    // `lines` is where the record ended; its own line breaks lie before that.
    const breaks = record.reduce((sum, part) => sum + (part.match(/\r\n|\n|\r/g) ?? []).length, 0);
    return { line: info.lines - breaks, cells: record.map(unguarded) };
  });
}

function parsedRecords(text: string, recordsMax: number): ParsedRecord[] {
  try {
    const parsed: unknown = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      // A record with too few or too many cells is a bad row, not a bad file.
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: recordCharactersMax,
      // The header, and one row more than allowed.
      to: recordsMax + 2,
    });
    return parsed as ParsedRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const message = `The file is not CSV after line ${Number(error["lines"]) - 1}: ${error.message}`;
    throw new Refusal("import.not_readable", message, { kind: "invalid" });
  }
}

/** What csv-parse gives with `info`. */
type ParsedRecord = { record: string[]; info: { lines: number } };

// A note has 500 characters and a name 200: a longer record is a quote that was never closed.
const recordCharactersMax = 100_000;

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8. What Windows writes is Windows-1252 in the west; its five unused bytes and NUL are in no text.
    const text = new TextDecoder("windows-1252").decode(bytes);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (!/[\u0000-\u0008\u0081\u008d\u008f\u0090\u009d]/.test(text)) return text;
    throw new Refusal(
      "import.encoding_unknown",
      "The file is neither UTF-8 nor Windows-1252. Save it as CSV UTF-8.",
      { kind: "invalid" },
    );
  }
}

/** The separator of the header line; names of fields hold none of the three. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const counts = [",", ";", "\t"].map((mark) => ({ mark, count: header.split(mark).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.mark ?? ",";
}
