import { interpretValue, wireKind } from "./datatype.ts";
import { DataType, type MetricValue } from "./payload.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/** The types a DataSet cell and a Template parameter may have (Sparkplug 3.0, 6.4.16, basic types). */
export type ScalarValue = number | bigint | boolean | string | null;

export function isScalarType(datatype: number): boolean {
  return datatype >= DataType.Int8 && datatype <= DataType.Text;
}

/**
 * Writes a scalar into the six value fields that begin at `first`: int, long, float, double, boolean,
 * string, in this order in DataSetValue and Template.Parameter alike. Null writes nothing.
 */
export function writeScalar(
  out: ProtobufWriter,
  scalar: { first: number; datatype: number; value: ScalarValue },
): void {
  const { first, datatype, value } = scalar;
  if (value === null) return;
  switch (wireKind(datatype)) {
    case "int":
      out.varintField(first, Number(BigInt.asUintN(32, BigInt(value))));
      break;
    case "long":
      out.longField(first + 1, BigInt(value));
      break;
    case "float":
      out.floatField(first + 2, Number(value));
      break;
    case "double":
      out.doubleField(first + 3, Number(value));
      break;
    case "boolean":
      out.varintField(first + 4, value === true ? 1 : 0);
      break;
    default:
      out.stringField(first + 5, String(value));
  }
}

/** Reads the field `tag` if it is one of the six value fields from `first` on; else undefined. */
export function readScalar(
  input: ProtobufReader,
  tag: number,
  first: number,
): Exclude<ScalarValue, null> | undefined {
  switch (tag) {
    case first << 3:
    case (first + 1) << 3:
      return input.long();
    case ((first + 2) << 3) | 5:
      return input.float();
    case ((first + 3) << 3) | 1:
      return input.double();
    case (first + 4) << 3:
      return input.number() !== 0;
    case ((first + 5) << 3) | 2:
      return input.string();
    default:
      return undefined;
  }
}

/** The wire value under its datatype; undefined when it is not of it. */
export function interpretScalar(value: ScalarValue, datatype: number): ScalarValue | undefined {
  const interpreted: MetricValue | undefined = interpretValue(value, datatype);
  return interpreted instanceof Uint8Array ? undefined : interpreted;
}
