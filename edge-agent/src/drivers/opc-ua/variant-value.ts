import { DataType as SparkplugType, type MetricValue } from "@millwright/contracts/sparkplug";
import { DataType, type Variant, VariantArrayType } from "node-opcua-client";

/**
 * OPC UA built-in types (OPC 10000-6, 5.1.2) and what they are in Sparkplug. Structures and arrays
 * are not metrics: name their scalar members instead.
 */
const datatypes: ReadonlyMap<DataType, SparkplugType> = new Map([
  [DataType.Boolean, SparkplugType.Boolean],
  [DataType.SByte, SparkplugType.Int8],
  [DataType.Byte, SparkplugType.UInt8],
  [DataType.Int16, SparkplugType.Int16],
  [DataType.UInt16, SparkplugType.UInt16],
  [DataType.Int32, SparkplugType.Int32],
  [DataType.UInt32, SparkplugType.UInt32],
  [DataType.Int64, SparkplugType.Int64],
  [DataType.UInt64, SparkplugType.UInt64],
  [DataType.Float, SparkplugType.Float],
  [DataType.Double, SparkplugType.Double],
  [DataType.String, SparkplugType.String],
  [DataType.LocalizedText, SparkplugType.String],
  [DataType.Guid, SparkplugType.UUID],
  [DataType.DateTime, SparkplugType.DateTime],
]);

/** Null for what is no metric, or not known yet. */
export function datatypeOf(variant: Variant): SparkplugType | null {
  if (variant.arrayType !== VariantArrayType.Scalar) return null;
  return builtInDatatype(variant.dataType);
}

export function builtInDatatype(dataType: DataType): SparkplugType | null {
  return datatypes.get(dataType) ?? null;
}

/** The value under `datatypeOf`; null when there is none. */
export function valueOf({ dataType, arrayType, value }: Variant): MetricValue {
  if (arrayType !== VariantArrayType.Scalar || value === null || value === undefined) return null;
  const given: unknown = value;
  switch (dataType) {
    case DataType.Int64:
      return BigInt.asIntN(64, joinWords(given));
    case DataType.UInt64:
      return joinWords(given);
    case DataType.DateTime:
      return given instanceof Date ? BigInt(given.getTime()) : null;
    case DataType.LocalizedText:
      return textOf(given);
    default:
      return typeof given === "number" || typeof given === "boolean" || typeof given === "string"
        ? given
        : null;
  }
}

/** The library holds 64-bit integers as two words, the high one first, because it predates bigint. */
function joinWords(value: unknown): bigint {
  if (!Array.isArray(value)) return BigInt(Number(value));
  const [high, low]: unknown[] = value;
  return (BigInt(Number(high) >>> 0) << 32n) | BigInt(Number(low) >>> 0);
}

function textOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("text" in value)) return null;
  return typeof value.text === "string" ? value.text : null;
}
