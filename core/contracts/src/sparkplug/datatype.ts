import { DataType, type MetricValue } from "./payload.ts";

/** Where a datatype's value lies in the protobuf message (Sparkplug 3.0, 6.4.16). */
export type WireKind = "int" | "long" | "float" | "double" | "boolean" | "string" | "bytes";

/**
 * The wire field of a datatype. Strict out: UInt32 goes to `int_value` as the specification says,
 * although old Tahu wrote `long_value` (eclipse-tahu/tahu#76); both are read.
 */
export function wireKind(datatype: number): WireKind {
  switch (datatype) {
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32:
    case DataType.UInt8:
    case DataType.UInt16:
    case DataType.UInt32:
      return "int";
    case DataType.Int64:
    case DataType.UInt64:
    case DataType.DateTime:
      return "long";
    case DataType.Float:
      return "float";
    case DataType.Double:
      return "double";
    case DataType.Boolean:
      return "boolean";
    case DataType.String:
    case DataType.Text:
    case DataType.UUID:
      return "string";
    default:
      return "bytes";
  }
}

/**
 * What a wire value means under the datatype its birth declared: DATA messages carry no datatype,
 * so a negative Int32 arrives as an unsigned int and is only readable with the birth at hand.
 * Returns undefined when the value cannot be of that datatype (the caller dead-letters it).
 */
export function interpretValue(value: MetricValue, datatype: number): MetricValue | undefined {
  if (value === null) return null;
  switch (datatype) {
    case DataType.Int8:
      return narrow(value, (v) => (v << 24) >> 24);
    case DataType.Int16:
      return narrow(value, (v) => (v << 16) >> 16);
    case DataType.Int32:
      return narrow(value, (v) => v | 0);
    case DataType.UInt8:
      return narrow(value, (v) => v & 0xff);
    case DataType.UInt16:
      return narrow(value, (v) => v & 0xffff);
    case DataType.UInt32:
      return narrow(value, (v) => v >>> 0);
    case DataType.Int64:
      return isInteger(value) ? BigInt.asIntN(64, BigInt(value)) : undefined;
    case DataType.UInt64:
    case DataType.DateTime:
      return isInteger(value) ? BigInt.asUintN(64, BigInt(value)) : undefined;
    case DataType.Float:
    case DataType.Double:
      return typeof value === "number" ? value : undefined;
    case DataType.Boolean:
      return typeof value === "boolean" ? value : undefined;
    case DataType.String:
    case DataType.Text:
    case DataType.UUID:
      return typeof value === "string" ? value : undefined;
    default:
      return value instanceof Uint8Array ? value : undefined;
  }
}

function isInteger(value: MetricValue): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
}

function narrow(value: MetricValue, toWidth: (value: number) => number): number | undefined {
  if (!isInteger(value)) return undefined;
  // `<<` and `>>>` work modulo 2^32, which is just what a two's complement on the wire needs.
  return toWidth(typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : value);
}
