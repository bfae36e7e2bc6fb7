import { readCsv } from "./csv.ts";
import type { FileRecord } from "./file-record.ts";
import { readXlsx } from "./xlsx-reader.ts";

/** The records of a CSV or XLSX file; its first bytes say which, whatever its name or media type. */
export function readFileRecords(bytes: Uint8Array, recordsMax: number): FileRecord[] {
  // A ZIP file begins so (APPNOTE 4.3.7); no text does.
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
  return isZip ? readXlsx(bytes, recordsMax) : readCsv(bytes, recordsMax);
}
