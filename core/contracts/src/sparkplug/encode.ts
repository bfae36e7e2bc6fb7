import { wireKind } from "./datatype.ts";
import { DataType, type SparkplugMetric, type SparkplugPayload } from "./payload.ts";

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

function writeMetric(out: ProtobufWriter, metric: SparkplugMetric, omitDatatype: boolean): void {
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
      if (value !== null) out.bytesField(16, value);
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

const wireVarint = 0;
const wire64 = 1;
const wireBytes = 2;
const wire32 = 5;
const utf8 = new TextEncoder();

/** Appends protobuf fields to one growing buffer. */
class ProtobufWriter {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Non-negative integers up to 2^53. */
  varintField(field: number, value: number): void {
    this.#reserve(16);
    this.#varint((field << 3) | wireVarint);
    this.#varint(value);
  }

  /** 64-bit integers; a negative one is written as its two's complement. */
  longField(field: number, value: bigint): void {
    this.#reserve(16);
    this.#varint((field << 3) | wireVarint);
    let rest = BigInt.asUintN(64, value);
    if (rest <= 0x1fffffffffffffn) {
      this.#varint(Number(rest));
      return;
    }
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  floatField(field: number, value: number): void {
    this.#reserve(16);
    this.#varint((field << 3) | wire32);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  doubleField(field: number, value: number): void {
    this.#reserve(16);
    this.#varint((field << 3) | wire64);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  stringField(field: number, value: string): void {
    // A UTF-16 unit needs at most three bytes in UTF-8.
    this.#reserve(16 + value.length * 3);
    this.#varint((field << 3) | wireBytes);
    const start = this.#length;
    const { written } = utf8.encodeInto(value, this.#bytes.subarray(start + 1));
    this.#closeBlock(start, written);
  }

  bytesField(field: number, value: Uint8Array): void {
    this.#reserve(16 + value.length);
    this.#varint((field << 3) | wireBytes);
    this.#varint(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A nested message; its length is filled in when `write` is done. */
  message(field: number, write: () => void): void {
    this.#reserve(16);
    this.#varint((field << 3) | wireBytes);
    const start = this.#length;
    this.#length = start + 1;
    write();
    this.#closeBlock(start, this.#length - start - 1);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Writes the length of a block that begins one byte after `start`, moving it where one byte is too few. */
  #closeBlock(start: number, size: number): void {
    const lengthBytes = varintSize(size);
    if (lengthBytes > 1) {
      this.#reserve(lengthBytes + size);
      this.#bytes.copyWithin(start + lengthBytes, start + 1, start + 1 + size);
    }
    this.#length = start;
    this.#varint(size);
    this.#length = start + lengthBytes + size;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
