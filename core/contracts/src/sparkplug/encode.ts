import { wireKind } from "./datatype.ts";
import { DataType, type SparkplugMetric, type SparkplugPayload } from "./payload.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/**
 * Encodes a Sparkplug B payload (protobuf, org.eclipse.tahu.protobuf.Payload).
 * A metric without `datatype` is written by the type of its value: bigint → long, number → double.
 * To send an integer in a DATA message, pass its datatype as `valueTypes` does: see `encodePayload`.
 *
 * @param omitDatatype True for DATA and CMD messages: `datatype` then only chooses the wire field
 *   and is not sent (Sparkplug 3.0 tck-id-payloads-metric-datatype-not-req).
 */
export function encodePayload(
  payload: SparkplugPayload,
  { omitDatatype = false }: { omitDatatype?: boolean } = {},
): Uint8Array {
  const out = new ProtobufWriter();
  if (payload.timestamp !== null) out.varintField(1, payload.timestamp);
  for (const metric of payload.metrics) {
    out.message(2, () => writeMetric(out, metric, omitDatatype));
  }
  if (payload.seq !== null) out.varintField(3, payload.seq);
  return out.finish();
}

export function writeMetric(
  out: ProtobufWriter,
  metric: SparkplugMetric,
  omitDatatype: boolean,
): void {
  if (metric.name !== null) out.stringField(1, metric.name);
  if (metric.alias !== null) out.longField(2, metric.alias);
  if (metric.timestamp !== null) out.varintField(3, metric.timestamp);
  if (metric.datatype !== null && !omitDatatype) out.varintField(4, metric.datatype);
  if (metric.isHistorical) out.varintField(5, 1);
  if (metric.isTransient) out.varintField(6, 1);
  // Sparkplug 3.0 tck-id-operational-behavior-data-publish-nbirth-values: null => is_null and no value
  if (metric.value === null) out.varintField(7, 1);
  if (metric.quality !== null || metric.engUnit !== null) {
    out.message(9, () => writeProperties(out, metric));
  }
  if (metric.value !== null) writeValue(out, metric);
}

function writeProperties(out: ProtobufWriter, metric: SparkplugMetric): void {
  const { quality, engUnit } = metric;
  if (quality !== null) out.stringField(1, "Quality");
  if (engUnit !== null) out.stringField(1, "engUnit");
  if (quality !== null) {
    out.message(2, () => {
      // Sparkplug 3.0 tck-id-payloads-propertyset-quality-value-type: Int32
      out.varintField(1, DataType.Int32);
      out.varintField(3, quality);
    });
  }
  if (engUnit !== null) {
    out.message(2, () => {
      out.varintField(1, DataType.String);
      out.stringField(8, engUnit);
    });
  }
}

function writeValue(out: ProtobufWriter, metric: SparkplugMetric): void {
  const { value, datatype } = metric;
  switch (typeof value) {
    case "boolean":
      out.varintField(14, value ? 1 : 0);
      break;
    case "string":
      out.stringField(15, value);
      break;
    case "bigint":
      if (datatype !== null && wireKind(datatype) === "int") {
        out.varintField(10, Number(BigInt.asUintN(32, value)));
      } else {
        out.longField(11, value);
      }
      break;
    case "number":
      writeNumber(out, value, datatype ?? DataType.Double);
      break;
    default:
      if (value !== null) out.bytesField(bytesFieldOf(datatype), value);
  }
}

function writeNumber(out: ProtobufWriter, value: number, datatype: number): void {
  switch (wireKind(datatype)) {
    case "int":
      out.varintField(10, value >>> 0);
      break;
    case "long":
      out.longField(11, BigInt(value));
      break;
    case "float":
      out.floatField(12, value);
      break;
    default:
      out.doubleField(13, value);
  }
}

/** Bytes, files and arrays share a field; a DataSet and a Template are messages in one of their own. */
function bytesFieldOf(datatype: number | null): number {
  if (datatype === DataType.DataSet) return 17;
  return datatype === DataType.Template ? 18 : 16;
}
