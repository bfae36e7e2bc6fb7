import { unzipSync, zipSync, strToU8 } from "fflate";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";

import { cell } from "./cells.ts";
import { type Column, exactNumber } from "./column.ts";
import { csvWriter } from "./csv.ts";
import { readFileRecords } from "./read-file.ts";
import { readRows } from "./read-rows.ts";
import { xlsxWriter } from "./xlsx-writer.ts";

type Row = { name: string; amount: string };
const columns: Column<Row>[] = [
  { field: "name", kind: "text", show: (row) => row.name },
  { field: "amount", kind: "decimal", show: (row) => row.amount },
];
const writers = { csv: csvWriter<Row>, xlsx: xlsxWriter<Row> };

function write(format: keyof typeof writers, rows: readonly Row[]): Uint8Array {
  const file = writers[format](columns);
  return Uint8Array.from([...file.head(), ...file.rows(rows), ...file.end()]);
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const cellsOf = (bytes: Uint8Array) => readFileRecords(bytes, 1000).map(({ cells }) => cells);

test.each(["csv", "xlsx"] as const)("what %s writes reads back as it was", (format) => {
  // A cell of blanks alone is an empty one; a lone \r or half a character is no text of ours.
  const names = fc
    .string({ unit: "grapheme", minLength: 1 })
    .map((name) => name.replaceAll(/\r\n?|[\p{Cs}\uFFFE\uFFFF\uFEFF]/gu, "\n"))
    .filter((name) => name.trim() !== "");
  fc.assert(
    fc.property(
      fc.array(fc.record({ name: names, amount: fc.integer().map(String) }), { maxLength: 5 }),
      (rows) => {
        const read = cellsOf(write(format, rows));
        expect(read).toEqual([["name", "amount"], ...rows.map((row) => [row.name, row.amount])]);
      },
    ),
  );
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1"])(
  "no spreadsheet runs %j from a CSV file",
  (name) => {
    const line = text(write("csv", [{ name, amount: "-5" }])).split("\r\n")[1] ?? "";
    expect(line.replace(/^"/, "")).toMatch(/^'/);
    // A negative number is no formula: it stays a number.
    expect(line).toMatch(/,-5$/);
  },
);

test("XLSX has text as text and numbers as numbers, but only where they stay exact", () => {
  const parts = unzipSync(
    write("xlsx", [
      { name: "=1+1", amount: "12.50" },
      { name: "long", amount: "0.1234567890123456789" },
    ]),
  );
  const sheet = text(parts["xl/worksheets/sheet1.xml"] ?? new Uint8Array());
  expect(sheet).toContain("<c><v>12.5</v></c>");
  expect(sheet).toContain(">0.1234567890123456789</t>");
  expect(sheet).not.toContain("<f>");
  expect(sheet).toContain(">=1+1</t>");
});

test.each([
  { number: "999999999999999", is: "999999999999999" },
  { number: "9999999999999999", is: null },
  { number: "0.000001", is: "0.000001" },
  { number: "1.10", is: "1.1" },
  { number: "abc", is: null },
])("$number in a spreadsheet is $is", ({ number, is }) => {
  expect(exactNumber(number)).toBe(is);
});

test.each([
  { what: "comma", bytes: strToU8("name,amount\na,1\n") },
  { what: "semicolon, CRLF", bytes: strToU8("name;amount\r\na;1\r\n") },
  { what: "tab", bytes: strToU8("name\tamount\na\t1") },
  { what: "a byte order mark", bytes: strToU8("\uFEFFname,amount\na,1") },
  { what: "UTF-16", bytes: Uint8Array.from([0xff, 0xfe, ...utf16("name\tamount\na\t1")]) },
])("CSV with $what is understood", ({ bytes }) => {
  expect(cellsOf(bytes)).toEqual([
    ["name", "amount"],
    ["a", "1"],
  ]);
});

test("Windows-1252 is recognised, and what is neither is refused", () => {
  expect(cellsOf(Uint8Array.from([0x4d, 0xfc, 0x6c, 0x80]))).toEqual([["Mül€"]]);
  expect(() => cellsOf(Uint8Array.from([0x4d, 0xfc, 0x00, 0x81]))).toThrow(/neither UTF-8 nor/);
});

test("line numbers are those of an editor, also after quoted line breaks", () => {
  const records = readFileRecords(strToU8('name,amount\n"a\nb",1\n\nc,2\n'), 10);
  expect(records.map(({ line }) => line)).toEqual([1, 2, 5]);
});

test("a quote that never closes is refused with its line", () => {
  expect(() => cellsOf(strToU8('name\na\n"b\n'))).toThrow(/not CSV after line 2/);
});

test("numbers of a spreadsheet mean what it shows", () => {
  expect(readFileRecords(sheet("0.30000000000000004"), 10)).toEqual([
    { line: 1, cells: ["", "name"] },
    { line: 4, cells: ["", "0.3"] },
  ]);
  expect(cellsOf(sheet("1E-3"))[1]).toEqual(["", "0.001"]);
});

test("a file that unpacks to too much is refused before it is unpacked", () => {
  const bomb = zipSync({ "xl/worksheets/sheet1.xml": new Uint8Array(70 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(100_000);
  expect(() => cellsOf(bomb)).toThrow(/more than 64 MiB/);
  // The size in the directory lies: what is unpacked stays within it.
  const lying = zipSync({ "xl/workbook.xml": new Uint8Array(1024 * 1024) });
  const size = new DataView(lying.buffer, lying.byteOffset);
  const directory = size.getUint32(lying.length - 6, true);
  size.setUint32(directory + 24, 10, true);
  expect(() => cellsOf(lying)).toThrow(/not a readable XLSX file/);
  expect(() => cellsOf(strToU8("PK\u0003\u0004 and nothing"))).toThrow(/not a readable XLSX/);
});

const shape = {
  schema: z.object({
    name: z.string().max(5),
    amount: cell.number(z.number().positive()),
    isManual: cell.boolean().default(false),
  }),
  passedOver: ["nameId"],
  rowsMax: 3,
};

function read(csv: string) {
  const problems: unknown[] = [];
  const rows = readRows(readFileRecords(strToU8(csv), shape.rowsMax), shape, (problem) =>
    problems.push(problem),
  );
  return { rows, problems };
}

test("columns come in any order and case; what follows from others is passed over", () => {
  expect(read("AMOUNT;nameId;name\n1;x;a\n").rows).toEqual([
    { line: 2, value: { name: "a", amount: 1, isManual: false } },
  ]);
});

test("every bad cell is told with line and column, and good rows are kept", () => {
  const { rows, problems } = read("name,amount,isManual\ntoo long,-1,maybe\nb,,\nc,3,TRUE\n");
  expect(rows).toEqual([{ line: 4, value: { name: "c", amount: 3, isManual: true } }]);
  expect(problems).toMatchObject([
    { line: 2, column: "name", code: "import.cell_not_valid" },
    { line: 2, column: "amount", code: "import.cell_not_valid" },
    { line: 2, column: "isManual", code: "import.cell_not_valid", reason: "is true or false" },
    { line: 3, column: "amount", code: "import.cell_missing" },
  ]);
});

test.each([
  { csv: "", code: "import.empty" },
  { csv: "name\na\n", code: "import.column_missing" },
  { csv: "name,amount,colour\n", code: "import.column_unknown" },
  { csv: "name,amount,Name\n", code: "import.column_repeated" },
  { csv: "name,amount\na,1\nb,1\nc,1\nd,1\n", code: "import.too_many_rows" },
])("a file is refused as a whole: $code", ({ csv, code }) => {
  expect(() => read(csv)).toThrow(expect.objectContaining({ code }));
});

/** As a spreadsheet program writes it: odd names of parts, rich text, a formula with its result. */
function sheet(value: string): Uint8Array {
  return zipSync({
    "xl/workbook.xml": strToU8('<workbook><sheets><sheet name="A" r:id="r7"/></sheets></workbook>'),
    "xl/_rels/workbook.xml.rels": strToU8(
      '<Relationships><Relationship Id="r7" Target="/xl/worksheets/sheet3.xml"/></Relationships>',
    ),
    "xl/sharedStrings.xml": strToU8("<sst><si><r><t>na</t></r><r><t>me</t></r></si></sst>"),
    "xl/worksheets/sheet3.xml": strToU8(
      `<worksheet><sheetData><row r="1"><c r="B1" t="s"><v>0</v></c></row><row r="4"><c r="B4"><f>A1</f><v>${value}</v></c></row></sheetData></worksheet>`,
    ),
  });
}

function utf16(content: string): number[] {
  return Array.from(content, (char) => char.charCodeAt(0)).flatMap((code) => [
    code & 255,
    code >> 8,
  ]);
}
