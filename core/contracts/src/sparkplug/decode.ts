import { interpretValue } from "./datatype.ts";
import { type SparkplugMetric, type SparkplugPayload, metric as emptyMetric } from "./payload.ts";
import { ProtobufReader } from "./protobuf-reader.ts";

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

/** A payload's own fields; its metrics are stepped over, so that what is wrong inside of them is not found. */
export function decodeHead(bytes: Uint8Array): Omit<SparkplugPayload, "metrics"> {
  const input = new ProtobufReader(bytes);
  const head: Omit<SparkplugPayload, "metrics"> = { timestamp: null, seq: null };
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag === 1 << 3) head.timestamp = input.number();
    else if (tag === 3 << 3) head.seq = input.number();
    else input.skip(tag);
  }
  return head;
}

/** As `visitMetrics` reads it: an alias that fits is a number. */
export type VisitedMetric = Omit<SparkplugMetric, "alias"> & { alias: number | bigint | null };

/**
 * Calls `visit` for each metric of a payload, as `decodePayload` would read it, with one object that the
 * next call overwrites: what is taken from it must be copied. For data, of which there is much.
 *
 * @throws MalformedPayload as `decodePayload` does, after the metrics before the broken one were visited.
 */
export function visitMetrics(bytes: Uint8Array, visit: (metric: VisitedMetric) => void): void {
  const input = new ProtobufReader(bytes);
  const metric: VisitedMetric = emptyMetric({});
  let count = 0;
  while (input.hasMore()) {
    const tag = input.tag();
    if (tag === ((2 << 3) | 2)) {
      if (count >= metricsMax) input.fail(`more than ${metricsMax} metrics`);
      count += 1;
      readInto(input, metric);
      visit(metric);
    } else if (tag === 1 << 3 || tag === 3 << 3) input.number();
    else input.skip(tag);
  }
}

/** Reads one nested metric. A DataSet or Template stays bytes: `decodeDataSet`, `decodeTemplate` read it. */
export function readMetric(input: ProtobufReader): SparkplugMetric {
  const metric: VisitedMetric = emptyMetric({});
  readInto(input, metric);
  return { ...metric, alias: metric.alias === null ? null : BigInt(metric.alias) };
}

function readInto(input: ProtobufReader, metric: VisitedMetric): void {
  const outerEnd = input.enter();
  metric.name = null;
  metric.alias = null;
  metric.timestamp = null;
  metric.datatype = null;
  metric.isHistorical = false;
  metric.isTransient = false;
  metric.value = null;
  metric.quality = null;
  metric.engUnit = null;
  let isNull = false;
  while (input.hasMore()) {
    const tag = input.tag();
    switch (tag) {
      case (1 << 3) | 2:
        metric.name = input.string();
        break;
      case 2 << 3:
        metric.alias = input.integer();
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
}

function readProperties(input: ProtobufReader, metric: VisitedMetric): void {
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
