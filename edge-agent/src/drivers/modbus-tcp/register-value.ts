import { DataType } from "@millwright/contracts/sparkplug";

import type { ModbusMetric, RegisterType } from "./device-schema.ts";

/** Registers (16 bit) that a type takes. */
const widths: Record<RegisterType, number> = {
  bool: 1,
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  float32: 2,
  uint64: 4,
  int64: 4,
  float64: 4,
};

const datatypes: Record<RegisterType, DataType> = {
  bool: DataType.Boolean,
  uint16: DataType.UInt16,
  int16: DataType.Int16,
  uint32: DataType.UInt32,
  int32: DataType.Int32,
  float32: DataType.Float,
  uint64: DataType.UInt64,
  int64: DataType.Int64,
  float64: DataType.Double,
};

export function widthOf({ type }: ModbusMetric): number {
  return widths[type];
}

/** The Sparkplug datatype of what `valueOf` returns. */
export function datatypeOf(metric: ModbusMetric): DataType {
  return isScaled(metric) ? DataType.Double : datatypes[metric.type];
}

/**
 * The metric's value from its registers, as they came over the wire. 64-bit integers stay exact
 * unless they are scaled. A register read as bool is true when it is not 0.
 */
export function valueOf(metric: ModbusMetric, registers: Buffer): number | bigint | boolean {
  const raw = rawValue(metric.type, inStandardOrder(metric, registers));
  if (!isScaled(metric) || typeof raw === "boolean") return raw;
  return Number(raw) * (metric.scale ?? 1) + (metric.offset ?? 0);
}

function isScaled({ scale, offset, type }: ModbusMetric): boolean {
  return type !== "bool" && (scale !== undefined || offset !== undefined);
}

/** Bytes with the highest first, whatever order the device keeps its words and bytes in. */
function inStandardOrder({ byteOrder, wordOrder }: ModbusMetric, registers: Buffer): Buffer {
  if (byteOrder === "big" && wordOrder === "big") return registers;
  const bytes = Buffer.from(registers);
  if (wordOrder === "little") bytes.reverse();
  // Reversing all bytes has turned the words' own bytes round as well.
  if ((byteOrder === "little") !== (wordOrder === "little")) bytes.swap16();
  return bytes;
}

function rawValue(type: RegisterType, bytes: Buffer): number | bigint | boolean {
  switch (type) {
    case "bool":
      return bytes.readUInt16BE(0) !== 0;
    case "uint16":
      return bytes.readUInt16BE(0);
    case "int16":
      return bytes.readInt16BE(0);
    case "uint32":
      return bytes.readUInt32BE(0);
    case "int32":
      return bytes.readInt32BE(0);
    case "float32":
      return bytes.readFloatBE(0);
    case "uint64":
      return bytes.readBigUInt64BE(0);
    case "int64":
      return bytes.readBigInt64BE(0);
    case "float64":
      return bytes.readDoubleBE(0);
    default:
      return type satisfies never;
  }
}
