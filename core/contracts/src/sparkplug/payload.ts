/** Sparkplug B datatypes (3.0, chapter 6.4.16). */
export const DataType = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  DataSet: 16,
  Bytes: 17,
  File: 18,
  Template: 19,
  /** Of property values only. */
  PropertySet: 20,
  PropertySetList: 21,
  Int8Array: 22,
  Int16Array: 23,
  Int32Array: 24,
  Int64Array: 25,
  UInt8Array: 26,
  UInt16Array: 27,
  UInt32Array: 28,
  UInt64Array: 29,
  FloatArray: 30,
  DoubleArray: 31,
  BooleanArray: 32,
  StringArray: 33,
  DateTimeArray: 34,
} as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

/** Quality property: only these three values are sent (tck-id-payloads-propertyset-quality-value-value). */
export const Quality = { bad: 0, good: 192, stale: 500 } as const;
export type Quality = (typeof Quality)[keyof typeof Quality];

/**
 * Int64, UInt64 and DateTime are bigint so that counters stay exact; smaller integers, Float and
 * Double are number. A DataSet, a Template and an array are their bytes, so that the hot path copies
 * nothing: `decodeDataSet`, `decodeTemplate` and `unpackArray` read them, their counterparts write them.
 */
export type MetricValue = number | bigint | boolean | string | Uint8Array | null;

export type SparkplugMetric = {
  name: string | null;
  alias: bigint | null;
  /** Epoch milliseconds, UTC, of the reading at its source. */
  timestamp: number | null;
  /** Null in DATA messages (tck-id-payloads-metric-datatype-not-req). */
  datatype: number | null;
  isHistorical: boolean;
  isTransient: boolean;
  value: MetricValue;
  /** Null: no quality property, which means good. */
  quality: number | null;
  /** `engUnit` property, where a birth declares it. */
  engUnit: string | null;
};

export type SparkplugPayload = {
  timestamp: number | null;
  metrics: SparkplugMetric[];
  /** 0-255; null in NDEATH and commands. */
  seq: number | null;
};

/** Names of our delivery extension and of the standard's control metrics (SPARKPLUG.md). */
export const MetricName = {
  bdSeq: "bdSeq",
  rebirth: "Node Control/Rebirth",
  epoch: "Millwright/Epoch",
  /** In a DATA message the record's offset; in an NBIRTH the oldest one that can still be sent. */
  offset: "Millwright/Offset",
  heartbeat: "Millwright/Heartbeat",
  ack: "Millwright/Ack",
} as const;

/** A metric with the defaults of a plain live value; the caller overrides what differs. */
export function metric(fields: Partial<SparkplugMetric>): SparkplugMetric {
  return {
    name: null,
    alias: null,
    timestamp: null,
    datatype: null,
    isHistorical: false,
    isTransient: false,
    value: null,
    quality: null,
    engUnit: null,
    ...fields,
  };
}
