import { strFromU8, unzipSync } from "fflate";
import { Parser } from "htmlparser2";

import { Decimal } from "@millwright/contracts/units";
import { Refusal } from "../errors.ts";
import type { FileRecord } from "./file-record.ts";

/**
 * The records of the first sheet of an XLSX file. Numbers come as plain decimals of at most 15 digits,
 * as spreadsheets show them; formulas give their last result. Rows without a value are left out. Reads
 * at most `recordsMax` and one more, which tells that there are too many.
 * @throws Refusal import.not_readable · import.too_large: it would unpack to more than 64 MiB
 */
export function readXlsx(bytes: Uint8Array, recordsMax: number): FileRecord[] {
  const files = unpack(bytes);
  const sheet = files[firstSheet(files)];
  if (sheet === undefined) throw notReadable("it has no sheet");
  const strings = files["xl/sharedStrings.xml"];
  return readSheet(strFromU8(sheet), {
    strings: strings === undefined ? [] : readStrings(strFromU8(strings)),
    recordsMax: recordsMax + 1,
  });
}

// 100,000 rows of 20 columns are about 60 MB of XML.
const unpackedBytesMax = 64 * 1024 * 1024;
const filesMax = 2000;

function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
  let unpackedBytes = 0;
  let count = 0;
  try {
    return unzipSync(bytes, {
      // fflate unpacks into exactly `originalSize` bytes, so a header that lies ends in an error, not in memory.
      filter: (file) => {
        count += 1;
        if (count > filesMax) throw tooLarge();
        if (
          !/^xl\/(workbook\.xml|sharedStrings\.xml|_rels\/|worksheets\/[^/]+\.xml$)/.test(file.name)
        ) {
          return false;
        }
        unpackedBytes += file.originalSize;
        if (unpackedBytes > unpackedBytesMax) throw tooLarge();
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw notReadable(error instanceof Error ? error.message : String(error));
  }
}

/** The part of the first sheet by the order of the tabs; the names of the files say nothing. */
function firstSheet(files: Record<string, Uint8Array>): string {
  let relation: string | undefined;
  walk(files["xl/workbook.xml"], (name, attributes) => {
    if (name === "sheet") relation ??= attributes["r:id"];
  });
  let target: string | undefined;
  walk(files["xl/_rels/workbook.xml.rels"], (name, attributes) => {
    if (name === "Relationship" && attributes["Id"] === relation) target = attributes["Target"];
  });
  if (target === undefined) throw notReadable("it has no sheet");
  return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
}

function walk(
  xml: Uint8Array | undefined,
  onElement: (name: string, attributes: Record<string, string>) => void,
): void {
  if (xml === undefined) throw notReadable("a part of it is missing");
  const parser = new Parser({ onopentag: onElement }, { xmlMode: true });
  parser.end(strFromU8(xml));
}

/** `<si>` elements by their place; a rich text is the sum of its runs, phonetic hints are left out. */
function readStrings(xml: string): string[] {
  const strings: string[] = [];
  let text = "";
  let isText = false;
  let isHint = false;
  const parser = new Parser(
    {
      onopentagname: (name) => {
        if (name === "si") text = "";
        if (name === "rPh") isHint = true;
        isText = name === "t" && !isHint;
      },
      ontext: (part) => {
        if (isText) text += part;
      },
      onclosetag: (name) => {
        if (name === "t") isText = false;
        if (name === "rPh") isHint = false;
        if (name === "si") strings.push(text);
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return strings;
}

function readSheet(
  xml: string,
  { strings, recordsMax }: { strings: readonly string[]; recordsMax: number },
): FileRecord[] {
  const records: FileRecord[] = [];
  let line = 0;
  let cells: string[] = [];
  let column = 0;
  let type = "n";
  let value = "";
  let isValue = false;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        if (name === "row") {
          line = attributes["r"] === undefined ? line + 1 : Number(attributes["r"]);
          cells = [];
          column = 0;
        } else if (name === "c") {
          column = attributes["r"] === undefined ? column : columnOf(attributes["r"]);
          type = attributes["t"] ?? "n";
          value = "";
        } else if (name === "v" || name === "t") {
          isValue = true;
        }
      },
      ontext: (part) => {
        if (isValue) value += part;
      },
      onclosetag: (name) => {
        if (name === "v" || name === "t") isValue = false;
        if (name === "c") {
          // A sheet may name any column up to XFD; what is beyond is no column of ours.
          if (column < columnsMax && value !== "") {
            while (cells.length < column) cells.push("");
            cells[column] = cellText(value, type, strings);
          }
          column += 1;
        }
        if (name === "row" && cells.length > 0 && records.length <= recordsMax) {
          records.push({ line, cells });
        }
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return records;
}

const columnsMax = 200;

/** `C7` → 2. */
function columnOf(reference: string): number {
  let number = 0;
  for (const letter of reference.replace(/\d+$/, "")) {
    number = number * 26 + (letter.charCodeAt(0) - 64);
  }
  return number - 1;
}

/** ECMA-376 Part 1, 18.18.11 ST_CellType. */
function cellText(value: string, type: string, strings: readonly string[]): string {
  switch (type) {
    case "s":
      return strings[Number(value)] ?? "";
    case "b":
      return value === "1" ? "true" : "false";
    case "n":
      // The file has the double's 17 digits; the spreadsheet showed and meant 15.
      return Number.isFinite(Number(value))
        ? new Decimal(Number(value).toPrecision(15)).toFixed()
        : value;
    default:
      return value;
  }
}

function notReadable(why: string): Refusal {
  return new Refusal("import.not_readable", `The file is not a readable XLSX file: ${why}.`, {
    kind: "invalid",
  });
}

function tooLarge(): Refusal {
  return new Refusal(
    "import.too_large",
    "The file unpacks to more than 64 MiB. Import it in parts.",
    { kind: "invalid" },
  );
}
