import { interpretValue } from "./datatype.ts";
import { type SparkplugMetric, type SparkplugPayload, metric as emptyMetric } from "./payload.ts";

/** The bytes are no Sparkplug B payload: what is wrong and at which byte. The message is dead-lettered. */
export class MalformedPayload extends Error {
  override readonly name = "MalformedPayload";
}

/** More metrics than any real birth has; a bound so that a hostile payload cannot exhaust memory. */
const metricsMax = 100_000;

/**
 * Decodes a Sparkplug B payload. Unknown fields are skipped, so newer writers stay readable.
 * A metric that carries its datatype is interpreted by it; one without (DATA messages) keeps its wire
 * value (unsigned int as number, long as bigint) until `interpretValue` gets the birth's datatype.
 * Lenient in: UInt32 in `long_value`, negative numbers as 64-bit two's complement in `int_value`.
 *
 * @throws MalformedPayload when the bytes break off, a length runs past the end or UTF-8 is broken.
 */
export function decodePayload(bytes: Uint8Array): SparkplugPayload {
  const input = new ProtobufReader(bytes);
  const payload: SparkplugPayload = { timestamp: null, metrics: [], seq: null };
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag === 1 << 3) payload.timestamp = input.number();
    else if (tag === ((2 << 3) | 2)) {
      if (payload.metrics.length >= metricsMax) input.fail(`more than ${metricsMax} metrics`);
      payload.metrics.push(readMetric(input));
    } else if (tag === 3 << 3) payload.seq = input.number();
    else input.skip(tag);
  }
  return payload;
}

function readMetric(input: ProtobufReader): SparkplugMetric {
  const outerEnd = input.enter();
  const metric = emptyMetric({});
  let isNull = false;
  while (input.hasMore()) {
    const tag = input.tag();
    switch (tag) {
      case (1 << 3) | 2:
        metric.name = input.string();
        break;
      case 2 << 3:
        metric.alias = input.long();
        break;
      case 3 << 3:
        metric.timestamp = input.number();
        break;
      case 4 << 3:
        metric.datatype = input.number();
        break;
      case 5 << 3:
        metric.isHistorical = input.number() !== 0;
        break;
      case 6 << 3:
        metric.isTransient = input.number() !== 0;
        break;
      case 7 << 3:
        isNull = input.number() !== 0;
        break;
      case (9 << 3) | 2:
        readProperties(input, metric);
        break;
      case 10 << 3:
        // Some writers sign-extend negative Int8-Int32 to ten bytes; the low 32 bits are the value.
        metric.value = Number(BigInt.asUintN(32, input.long()));
        break;
      case 11 << 3:
        metric.value = input.long();
        break;
      case (12 << 3) | 5:
        metric.value = input.float();
        break;
      case (13 << 3) | 1:
        metric.value = input.double();
        break;
      case 14 << 3:
        metric.value = input.number() !== 0;
        break;
      case (15 << 3) | 2:
        metric.value = input.string();
        break;
      case (16 << 3) | 2:
      // DataSet and Template are carried as their bytes, not interpreted.
      case (17 << 3) | 2:
      case (18 << 3) | 2:
        metric.value = input.bytes();
        break;
      default:
        input.skip(tag);
    }
  }
  input.leave(outerEnd);
  if (isNull) metric.value = null;
  else if (metric.datatype !== null) {
    const value = interpretValue(metric.value, metric.datatype);
    if (value === undefined) input.fail(`value of ${metric.name} is not of its datatype`);
    else metric.value = value;
  }
  return metric;
}

function readProperties(input: ProtobufReader, metric: SparkplugMetric): void {
  const outerEnd = input.enter();
  const keys: string[] = [];
  const values: (number | string | null)[] = [];
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag === ((1 << 3) | 2)) keys.push(input.string());
    else if (tag === ((2 << 3) | 2)) values.push(readPropertyValue(input));
    else input.skip(tag);
  }
  input.leave(outerEnd);
  keys.forEach((key, index) => {
    const value = values[index];
    if (key === "Quality" && typeof value === "number") metric.quality = value;
    if (key === "engUnit" && typeof value === "string") metric.engUnit = value;
  });
}

function readPropertyValue(input: ProtobufReader): number | string | null {
  const outerEnd = input.enter();
  let value: number | string | null = null;
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag === 3 << 3 || tag === 4 << 3) value = input.number();
    else if (tag === ((8 << 3) | 2)) value = input.string();
    else input.skip(tag);
  }
  input.leave(outerEnd);
  return value;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads protobuf fields from a buffer; every read is checked against the enclosing message's end. */
class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length;
  }

  hasMore(): boolean {
    return this.#at < this.#end;
  }

  /** Begins a nested message; returns what `leave` needs. */
  enter(): number {
    const length = this.#length();
    const outerEnd = this.#end;
    this.#end = this.#at + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.#end = outerEnd;
  }

  tag(): number {
    return this.number();
  }

  /** A varint as a number: exact up to 2^53, which times, sequence numbers and lengths never pass. */
  number(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return this.fail("varint longer than 10 bytes");
  }

  /** A varint as an unsigned 64-bit integer. */
  long(): bigint {
    const start = this.#at;
    const value = this.number();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    this.#at = start;
    let exact = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      exact |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return BigInt.asUintN(64, exact);
  }

  float(): number {
    this.#need(4);
    const value = this.#view.getFloat32(this.#at, true);
    this.#at += 4;
    return value;
  }

  double(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  string(): string {
    const bytes = this.bytes();
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail("text is not UTF-8");
    }
  }

  bytes(): Uint8Array {
    const length = this.#length();
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  skip(tag: number): void {
    if (tag < 8) this.fail("field number 0");
    switch (tag & 7) {
      case 0:
        this.number();
        break;
      case 1:
        this.#need(8);
        this.#at += 8;
        break;
      case 2:
        this.bytes();
        break;
      case 5:
        this.#need(4);
        this.#at += 4;
        break;
      default:
        this.fail(`wire type ${tag & 7}`);
    }
  }

  fail(what: string): never {
    throw new MalformedPayload(`${what} at byte ${this.#at} of ${this.#bytes.length}`);
  }

  #length(): number {
    const length = this.number();
    this.#need(length);
    return length;
  }

  #need(count: number): void {
    if (this.#at + count > this.#end) this.fail("the payload breaks off");
  }

  #byte(): number {
    if (this.#at >= this.#end) this.fail("the payload breaks off");
    const byte = this.#bytes[this.#at];
    this.#at += 1;
    return byte ?? 0;
  }
}
