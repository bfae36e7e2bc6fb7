import { ProtobufReader } from "./protobuf-reader.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import {
  interpretScalar,
  isScalarType,
  readScalar,
  type ScalarValue,
  writeScalar,
} from "./scalar-value.ts";

/** A table: each column has a name and a datatype, each row a cell per column. */
export type DataSet = {
  columns: { name: string; datatype: number }[];
  rows: ScalarValue[][];
};

/** Bounds on what a stranger may send in one metric. */
const columnsMax = 1000;
const rowsMax = 100_000;

/**
 * The bytes of a DataSet metric's value. Strict out.
 * @throws RangeError for a column that is not of a basic type, or a row that does not fit the columns.
 */
export function encodeDataSet({ columns, rows }: DataSet): Uint8Array {
  const odd = columns.find(({ datatype }) => !isScalarType(datatype));
  // Sparkplug 3.0 tck-id-payloads-dataset-types-value
  if (odd !== undefined) throw new RangeError(`column ${odd.name}: no basic type ${odd.datatype}`);
  const out = new ProtobufWriter();
  // Sparkplug 3.0 tck-id-payloads-dataset-column-num-headers, -types-num
  out.varintField(1, columns.length);
  for (const { name } of columns) out.stringField(2, name);
  for (const { datatype } of columns) out.varintField(3, datatype);
  for (const row of rows) {
    if (row.length !== columns.length) throw new RangeError("a row has a cell per column");
    out.message(4, () => {
      columns.forEach(({ datatype }, index) => {
        const value = row[index] ?? null;
        out.message(1, () => writeScalar(out, { first: 1, datatype, value }));
      });
    });
  }
  return out.finish();
}

/**
 * Reads a DataSet metric's value. Lenient in: types may be packed, `num_of_columns` may be missing.
 * @throws MalformedPayload when the bytes are no table: columns and types differ in number, or a cell
 *   is not of its column's type.
 */
export function decodeDataSet(bytes: Uint8Array): DataSet {
  const input = new ProtobufReader(bytes);
  const names: string[] = [];
  const types: number[] = [];
  const wireRows: ScalarValue[][] = [];
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag === ((2 << 3) | 2)) names.push(input.string());
    else if (tag === 3 << 3) types.push(input.number());
    else if (tag === ((3 << 3) | 2)) readPacked(input, types);
    else if (tag === ((4 << 3) | 2)) wireRows.push(readRow(input));
    else input.skip(tag);
    if (names.length > columnsMax || types.length > columnsMax || wireRows.length > rowsMax) {
      input.fail("a DataSet above its bounds");
    }
  }
  if (names.length !== types.length) input.fail("a DataSet with columns and types of two lengths");
  const columns = names.map((name, index) => ({ name, datatype: types[index] ?? 0 }));
  const rows = wireRows.map((row) => {
    if (row.length !== columns.length) input.fail("a DataSet row that does not fit the columns");
    return row.map((cell, index) => {
      const value = interpretScalar(cell, types[index] ?? 0);
      return value === undefined ? input.fail("a DataSet cell not of its column's type") : value;
    });
  });
  return { columns, rows };
}

function readPacked(input: ProtobufReader, types: number[]): void {
  const outerEnd = input.enter();
  while (input.hasMore() && types.length <= columnsMax) types.push(input.number());
  input.leave(outerEnd);
}

function readRow(input: ProtobufReader): ScalarValue[] {
  const outerEnd = input.enter();
  const cells: ScalarValue[] = [];
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag !== ((1 << 3) | 2)) input.skip(tag);
    else if (cells.length >= columnsMax) input.fail("a DataSet row above its bounds");
    else cells.push(readCell(input));
  }
  input.leave(outerEnd);
  return cells;
}

function readCell(input: ProtobufReader): ScalarValue {
  const outerEnd = input.enter();
  let value: ScalarValue = null;
  while (input.hasMore()) {
    const tag = input.tag();
    const scalar = readScalar(input, tag, 1);
    if (scalar === undefined) input.skip(tag);
    else value = scalar;
  }
  input.leave(outerEnd);
  return value;
}
