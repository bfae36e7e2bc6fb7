import { DataType, type MetricValue, type SparkplugMetric } from "@millwright/contracts/sparkplug";

// A payload that decodes may still say what no database column holds and no machine means. It is
// checked here, once, so that everything behind may trust its numbers, names and times.

/** Metric names are part of an index, whose entries must stay below 2,700 bytes. */
const nameLengthMax = 500;
/** Device clocks may run ahead of ours by this much (DOMAIN.md, Telemetry to ERP). */
const aheadMaxMs = 5 * 60_000;
/** Readings older than this are stored at their received time: their clock cannot be right. */
const retentionMs = 400 * 86_400_000;
const packedArrayLast = 34;

/** Why a birth's metric cannot be kept; null when it can. */
export function refusalOfDeclaration({ name, datatype }: SparkplugMetric): string | null {
  if (name === null || name === "") return "a birth declares a metric without a name";
  if (name.length > nameLengthMax)
    return `${name.slice(0, 40)}…: name longer than ${nameLengthMax}`;
  if (name.includes("\0")) return `${withoutZeroBytes(name)}: name holds a zero byte`;
  // Sparkplug 3.0 tck-id-payloads-metric-datatype-req
  const isKnown = datatype !== null && datatype >= DataType.Int8 && datatype <= packedArrayLast;
  return isKnown ? null : `${name}: datatype ${datatype} does not exist`;
}

/** PostgreSQL's text cannot hold U+0000; nobody means it. */
export function withoutZeroBytes(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

/** An offset of an edge log, 1 to 2^53 - 1; null when it is none. */
export function acceptOffset(value: MetricValue): number | null {
  const offset = typeof value === "bigint" ? Number(value) : value;
  return typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 1 ? offset : null;
}

/** Whether a device's clock (epoch ms) can be right about a message received at `receivedMs`. */
export function isPlausibleTime(timeMs: number, receivedMs: number): boolean {
  return timeMs >= receivedMs - retentionMs && timeMs <= receivedMs + aheadMaxMs;
}

/** The device's time, or the received one when the device's cannot be right. */
export function acceptTime(timeMs: number | null, receivedMs: number): number {
  return timeMs !== null && isPlausibleTime(timeMs, receivedMs) ? timeMs : receivedMs;
}
