import {
  DataType,
  decodePayload,
  encodePayload,
  interpretValue,
  type MetricValue,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";

/**
 * What one log record holds: the metrics of one DATA message, by alias and with their datatypes, so
 * that it can be sent as it is however much later. `deviceId` null: metrics of the edge node itself.
 */
export type LoggedData = { deviceId: string | null; metrics: SparkplugMetric[] };

/** Layout: length of the device id in bytes (u8, 0 for the node), the id, a Sparkplug payload. */
export function encodeRecord({ deviceId, metrics }: LoggedData): Buffer {
  const id = Buffer.from(deviceId ?? "");
  const payload = encodePayload({ timestamp: null, metrics, seq: null });
  return Buffer.concat([Buffer.from([id.length]), id, payload]);
}

/** @throws MalformedPayload for bytes that `encodeRecord` did not write. */
export function decodeRecord(body: Buffer): LoggedData {
  const length = body[0] ?? 0;
  const { metrics } = decodePayload(body.subarray(1 + length));
  return { deviceId: length === 0 ? null : body.toString("utf8", 1, 1 + length), metrics };
}

/**
 * A logged metric under the datatype that the present birth declares: the configuration may have
 * changed between recording and sending. What cannot be converted is sent as bad, not left out.
 */
export function convertMetric(metric: SparkplugMetric, datatype: DataType): SparkplugMetric {
  if (metric.datatype === datatype || metric.value === null) return { ...metric, datatype };
  const value = convertValue(metric.value, datatype);
  return { ...metric, datatype, value, quality: value === null ? 0 : metric.quality };
}

function convertValue(value: MetricValue, datatype: DataType): MetricValue {
  if (datatype === DataType.String) return value instanceof Uint8Array ? null : String(value);
  if (typeof value === "string" || value instanceof Uint8Array) return null;
  const number = Number(value);
  if (datatype === DataType.Double || datatype === DataType.Float) return number;
  if (datatype === DataType.Boolean) return number !== 0;
  return interpretValue(Math.trunc(number), datatype) ?? null;
}
