import { DataType } from "./payload.ts";
import { MalformedPayload } from "./protobuf-reader.ts";

/** Elements of an array metric: bigint for the 64-bit types and DateTime, else as the scalar type has them. */
export type ArrayValue = readonly (number | bigint | boolean | string)[];

type Element = {
  bytes: number;
  write: (view: DataView, at: number, value: number | bigint) => void;
  read: (view: DataView, at: number) => number | bigint;
};

const long: Element = {
  bytes: 8,
  write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  read: (view, at) => view.getBigInt64(at, true),
};
const unsignedLong: Element = { ...long, read: (view, at) => view.getBigUint64(at, true) };

/** Sparkplug 3.0, 6.4.17: packed little-endian (the examples of 3.0.0 print them otherwise). */
const elements = new Map<number, Element>([
  [
    DataType.Int8Array,
    small(
      1,
      (v, at, n) => v.setInt8(at, n),
      (v, at) => v.getInt8(at),
    ),
  ],
  [
    DataType.Int16Array,
    small(
      2,
      (v, at, n) => v.setInt16(at, n, true),
      (v, at) => v.getInt16(at, true),
    ),
  ],
  [
    DataType.Int32Array,
    small(
      4,
      (v, at, n) => v.setInt32(at, n, true),
      (v, at) => v.getInt32(at, true),
    ),
  ],
  [DataType.Int64Array, long],
  [
    DataType.UInt8Array,
    small(
      1,
      (v, at, n) => v.setUint8(at, n),
      (v, at) => v.getUint8(at),
    ),
  ],
  [
    DataType.UInt16Array,
    small(
      2,
      (v, at, n) => v.setUint16(at, n, true),
      (v, at) => v.getUint16(at, true),
    ),
  ],
  [
    DataType.UInt32Array,
    small(
      4,
      (v, at, n) => v.setUint32(at, n, true),
      (v, at) => v.getUint32(at, true),
    ),
  ],
  [DataType.UInt64Array, unsignedLong],
  [
    DataType.FloatArray,
    small(
      4,
      (v, at, n) => v.setFloat32(at, n, true),
      (v, at) => v.getFloat32(at, true),
    ),
  ],
  [
    DataType.DoubleArray,
    small(
      8,
      (v, at, n) => v.setFloat64(at, n, true),
      (v, at) => v.getFloat64(at, true),
    ),
  ],
  [DataType.DateTimeArray, unsignedLong],
]);

function small(
  bytes: number,
  write: (view: DataView, at: number, value: number) => void,
  read: (view: DataView, at: number) => number,
): Element {
  return { bytes, write: (view, at, value) => write(view, at, Number(value)), read };
}

/**
 * The bytes of an array metric's value.
 * @throws RangeError for a datatype that is no array, or an element that is not of it.
 */
export function packArray(datatype: number, values: ArrayValue): Uint8Array {
  if (datatype === DataType.BooleanArray) return packBooleans(values);
  if (datatype === DataType.StringArray) return packStrings(values);
  const element = elementOf(datatype);
  const bytes = new Uint8Array(values.length * element.bytes);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    if (typeof value !== "number" && typeof value !== "bigint") {
      throw new RangeError(`${typeof value} is no element of array type ${datatype}`);
    }
    element.write(view, index * element.bytes, value);
  });
  return bytes;
}

/** @throws MalformedPayload when the bytes are no array of this datatype. */
export function unpackArray(datatype: number, bytes: Uint8Array): ArrayValue {
  if (datatype === DataType.BooleanArray) return unpackBooleans(bytes);
  if (datatype === DataType.StringArray) return unpackStrings(bytes);
  const element = elementOf(datatype);
  if (bytes.length % element.bytes !== 0) throw new MalformedPayload("an array breaks off");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / element.bytes }, (_, index) =>
    element.read(view, index * element.bytes),
  );
}

function elementOf(datatype: number): Element {
  const element = elements.get(datatype);
  if (element === undefined) throw new RangeError(`datatype ${datatype} is no array`);
  return element;
}

/** A 32-bit count, then one bit each, the first in the highest bit of its byte. */
function packBooleans(values: ArrayValue): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil(values.length / 8));
  new DataView(bytes.buffer).setUint32(0, values.length, true);
  values.forEach((value, index) => {
    const at = 4 + (index >> 3);
    if (value === true) bytes[at] = (bytes[at] ?? 0) | (0x80 >> (index & 7));
  });
  return bytes;
}

function unpackBooleans(bytes: Uint8Array): boolean[] {
  if (bytes.length < 4) throw new MalformedPayload("a BooleanArray without its count");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  if (count > (bytes.length - 4) * 8) throw new MalformedPayload("a BooleanArray breaks off");
  return Array.from(
    { length: count },
    (_, index) => ((bytes[4 + (index >> 3)] ?? 0) & (0x80 >> (index & 7))) !== 0,
  );
}

/** Each text ends with a zero byte, so none may hold one. */
function packStrings(values: ArrayValue): Uint8Array {
  const texts = values.map(String);
  const odd = texts.find((text) => text.includes("\0"));
  if (odd !== undefined) throw new RangeError("a text in a StringArray holds a zero byte");
  return new TextEncoder().encode(texts.map((text) => `${text}\0`).join(""));
}

function unpackStrings(bytes: Uint8Array): string[] {
  if (bytes.length === 0) return [];
  if (bytes.at(-1) !== 0) throw new MalformedPayload("a StringArray breaks off");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.slice(0, -1).split("\0");
  } catch {
    throw new MalformedPayload("a StringArray is not UTF-8");
  }
}
