import { isDeepStrictEqual } from "node:util";

import {
  DataType,
  decodeDataSet,
  decodeHead,
  decodePayload,
  decodeTemplate,
  encodeDataSet,
  encodePayload,
  encodeTemplate,
  formatTopic,
  MalformedPayload,
  metric,
  packArray,
  parseTopic,
  type SparkplugMetric,
  unpackArray,
  visitMetrics,
} from "@millwright/contracts/sparkplug";

import { checkSegment, frameOf, segmentHeader } from "../../edge-agent/src/log/frame.ts";
import { decodeRecord, encodeRecord } from "../../edge-agent/src/publish/log-record.ts";

/** Something that takes any bytes: what it throws, beyond the one error it may, is a fault. */
export type Target = { corpus: Uint8Array[]; run(input: Buffer): void };

const table = encodeDataSet({
  columns: [
    { name: "tool", datatype: DataType.Int32 },
    { name: "state", datatype: DataType.String },
  ],
  rows: [
    [1, "ok"],
    [-2, null],
  ],
});
const instance = encodeTemplate({
  version: "1",
  templateRef: "cycle",
  members: [metric({ name: "speed", datatype: DataType.Double, value: 1.5 })],
  parameters: [{ name: "batch", datatype: DataType.UInt64, value: 7n }],
});
const metrics: SparkplugMetric[] = [
  metric({ name: "bdSeq", datatype: DataType.Int64, timestamp: 1, value: -5n }),
  metric({
    name: "count",
    alias: 300n,
    datatype: DataType.UInt32,
    engUnit: "pcs",
    value: 4_000_000_000,
  }),
  metric({ name: "bad", datatype: DataType.Double, quality: 0, value: null }),
  metric({ name: "text", datatype: DataType.String, value: "Fräse – 铣" }),
  metric({ name: "table", datatype: DataType.DataSet, value: table }),
  metric({ name: "cycle", datatype: DataType.Template, value: instance }),
  metric({
    name: "samples",
    datatype: DataType.StringArray,
    value: packArray(DataType.StringArray, ["a", "b"]),
  }),
];
const birth = encodePayload({ timestamp: 1_700_000_000_000, metrics, seq: 0 });
const data = encodePayload(
  { timestamp: 1, metrics: metrics.slice(1, 4), seq: 255 },
  { omitDatatype: true },
);
const record = encodeRecord({ deviceId: "saw", metrics: metrics.slice(0, 4) });
const segment = Buffer.concat([segmentHeader, frameOf(record), frameOf(record), frameOf(record)]);

const arrayTypes: number[] = Array.from({ length: 13 }, (_, index) => DataType.Int8Array + index);

/** Payload decoder, topic parser and edge log, each as a function of bytes. */
export const pureTargets: Record<string, Target> = {
  payload: {
    corpus: [birth, data, table, instance],
    run(input) {
      expectMalformed(() => {
        for (const { datatype, value } of decodePayload(input).metrics) {
          if (!(value instanceof Uint8Array) || datatype === null) continue;
          expectMalformed(() => {
            if (datatype === DataType.DataSet) decodeDataSet(value);
            if (datatype === DataType.Template) decodeTemplate(value);
            if (arrayTypes.includes(datatype)) unpackArray(datatype, value);
          });
        }
      });
      expectMalformed(() => visitAsDecoded(input));
      expectMalformed(() => decodeDataSet(input));
      expectMalformed(() => decodeTemplate(input));
    },
  },
  topic: {
    corpus: [
      "spBv1.0/plant/DDATA/gw/saw",
      "spBv1.0/plant/NBIRTH/gw",
      "spBv1.0/STATE/millwright",
      "spBv1.0/plant/NCMD/gw//",
    ].map((topic) => Buffer.from(topic)),
    run(input) {
      const topic = input.toString("utf8");
      const parsed = parseTopic(topic);
      if (parsed !== null && formatTopic(parsed) !== topic)
        throw new Error("reads what it does not write");
    },
  },
  log: {
    corpus: [segment, Buffer.concat([segment, Buffer.alloc(64)]), segmentHeader],
    run(input) {
      const { count, goodBytes } = checkSegment(input);
      if (goodBytes > input.length || count > input.length)
        throw new Error("sees more than there is");
      expectMalformed(() => decodeRecord(input));
    },
  },
};

/** What is read metric by metric, into one object, is what is read as a whole. */
function visitAsDecoded(input: Buffer): void {
  const visited: unknown[] = [];
  visitMetrics(input, ({ alias, ...metric }) => {
    visited.push({ ...metric, alias: alias === null ? null : BigInt(alias) });
  });
  const { metrics: decoded, ...head } = decodePayload(input);
  if (!isDeepStrictEqual(visited, decoded) || !isDeepStrictEqual(decodeHead(input), head))
    throw new Error("reads metric by metric what it does not read as a whole");
}

function expectMalformed(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MalformedPayload)) throw error;
  }
}
