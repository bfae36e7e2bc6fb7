import { randomBytes } from "node:crypto";

import {
  DataType,
  decodePayload,
  encodePayload,
  formatTopic,
  metric,
  MetricName,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";
import mqtt from "mqtt";
import { z } from "zod";

/**
 * The load of bench:ingest, in a process of its own: Sparkplug edge nodes that speak the delivery
 * extension, `metricsPerMessage` metrics a message (the first `countMetrics` are counters, the next
 * `stateMetrics` machine states, the rest process values). Payloads are made before the clock runs,
 * so the publisher is no part of what is measured. Sends as fast as the broker takes them.
 */
export const publisherOptions = z.object({
  url: z.string(),
  nodes: z.array(z.object({ groupId: z.string(), edgeNodeId: z.string(), token: z.string() })),
  messagesPerNode: z.number().int().positive(),
  metricsPerMessage: z.number().int().positive(),
  countMetrics: z.number().int(),
  stateMetrics: z.number().int(),
  /** After so many records an earlier one is sent again; 0: never. */
  duplicateEvery: z.number().int().nonnegative().default(0),
  /** Sent as a replay: records of an hour ago, marked historical. */
  isHistorical: z.boolean().default(false),
  /** Messages a second and node; 0: as fast as the broker takes them. */
  perSecond: z.number().nonnegative().default(0),
});
export type PublisherOptions = z.input<typeof publisherOptions>;
type Options = z.output<typeof publisherOptions>;

/** Messages that may be on their way without an answer of the socket: bounds the publisher's memory. */
const inFlightMax = 200;

/** How far back a replay lies, ms. */
const replayAgeMs = 3_600_000;
/** A copy comes so many records after its original. */
const duplicateLag = 5;
/** Paced messages go out in bursts this far apart, ms. */
const burstEveryMs = 10;

export function metricName(options: PublisherOptions, index: number): string {
  if (index < options.countMetrics) return `count/${index}`;
  if (index < options.countMetrics + options.stateMetrics) return `state/${index}`;
  return `process/${index}`;
}

if (import.meta.main) {
  const options = publisherOptions.parse(JSON.parse(process.argv[2] ?? "{}"));
  const nodes = await Promise.all(options.nodes.map((node) => connectNode(options, node)));
  process.send?.({ type: "ready" });
  await new Promise((resolve) => process.once("message", resolve));
  await Promise.all(nodes.map((node) => node.send()));
  process.send?.({ type: "sent" });
  await new Promise((resolve) => process.once("message", resolve));
  await Promise.all(nodes.map((node) => node.end()));
  process.disconnect?.();
}

async function connectNode(options: Options, node: Options["nodes"][number]) {
  const address = { groupId: node.groupId, edgeNodeId: node.edgeNodeId };
  const epoch = randomBytes(16).toString("hex");
  const deviceId = "machine";
  const topic = (type: "NBIRTH" | "DBIRTH" | "NDEATH" | "NCMD" | "DDATA") =>
    formatTopic({ type, ...address, deviceId: type.startsWith("D") ? deviceId : null });
  const bdSeq = metric({ name: MetricName.bdSeq, datatype: DataType.Int64, value: 0n });
  const client = await mqtt.connectAsync(options.url, {
    username: `${node.groupId}/${node.edgeNodeId}`,
    password: node.token,
    will: {
      topic: topic("NDEATH"),
      payload: Buffer.from(encodePayload({ timestamp: Date.now(), seq: null, metrics: [bdSeq] })),
      qos: 1,
      retain: false,
    },
  });
  await client.subscribeAsync(topic("NCMD"), { qos: 1 });
  const { isHistorical } = options;
  const start = Date.now() - (isHistorical ? replayAgeMs : 0);
  let seq = 0;
  const nextSeq = () => seq++ % 256;
  const publishBirths = async () => {
    seq = 0;
    await client.publishAsync(topic("NBIRTH"), Buffer.from(nodeBirth(nextSeq())));
    await client.publishAsync(topic("DBIRTH"), Buffer.from(deviceBirth(nextSeq())));
  };

  function nodeBirth(birthSeq: number): Uint8Array {
    const at = { timestamp: start };
    return encodePayload({
      timestamp: start,
      seq: birthSeq,
      metrics: [
        { ...bdSeq, ...at },
        metric({ name: MetricName.rebirth, datatype: DataType.Boolean, value: false, ...at }),
        metric({
          name: MetricName.epoch,
          alias: 1n,
          datatype: DataType.String,
          value: epoch,
          ...at,
        }),
        metric({ name: MetricName.offset, alias: 2n, datatype: DataType.UInt64, value: 0n, ...at }),
        metric({ name: MetricName.ack, alias: 3n, datatype: DataType.String, value: "", ...at }),
      ],
    });
  }

  function deviceBirth(birthSeq: number): Uint8Array {
    const metrics = values(0).map((value, index) => ({
      ...value,
      name: metricName(options, index),
    }));
    return encodePayload({ timestamp: start, seq: birthSeq, metrics });
  }

  /** Every metric changes in every message: the worst case for report by exception. */
  function values(message: number): SparkplugMetric[] {
    return Array.from({ length: options.metricsPerMessage }, (_, index) => {
      const fields = { alias: BigInt(10 + index), timestamp: start + message, isHistorical };
      if (index < options.countMetrics) {
        return metric({ ...fields, datatype: DataType.UInt32, value: message });
      }
      if (index < options.countMetrics + options.stateMetrics) {
        // A state lasts a second: five hundred messages of this stream's clock.
        return metric({
          ...fields,
          datatype: DataType.Int32,
          value: Math.floor(message / 500) % 3,
        });
      }
      return metric({ ...fields, datatype: DataType.Double, value: message * 0.5 + index });
    });
  }

  await publishBirths();
  const firstSeq = seq;
  const messages = recordNumbers(options).map((record, i) => {
    const offset = metric({
      alias: 2n,
      timestamp: start + record,
      datatype: DataType.UInt64,
      value: BigInt(record),
      isHistorical,
    });
    return Buffer.from(
      encodePayload(
        {
          timestamp: start + record,
          seq: (firstSeq + i) % 256,
          metrics: [...values(record), offset],
        },
        { omitDatatype: true },
      ),
    );
  });
  client.on("message", (_topic, bytes) => {
    const isRebirth = decodePayload(bytes).metrics.some((m) => m.name === MetricName.rebirth);
    if (isRebirth) console.error(`${node.edgeNodeId}: the host asked for a rebirth`);
  });

  async function sendAll(batch: readonly Buffer[]): Promise<void> {
    for (let at = 0; at < batch.length; at += inFlightMax) {
      const window = batch.slice(at, at + inFlightMax);
      await Promise.all(window.map((message) => client.publishAsync(topic("DDATA"), message)));
    }
  }

  async function sendPaced(batch: readonly Buffer[]): Promise<void> {
    const started = performance.now();
    for (let sent = 0; sent < batch.length;) {
      const due = Math.floor(((performance.now() - started) / 1000) * options.perSecond);
      await sendAll(batch.slice(sent, due));
      sent = Math.max(sent, due);
      await new Promise((resolve) => setTimeout(resolve, burstEveryMs));
    }
  }

  return {
    send: () => (options.perSecond === 0 ? sendAll(messages) : sendPaced(messages)),
    end: () => client.endAsync(),
  };
}

/** Offsets 1 to `messagesPerNode`, with copies of earlier ones in between. */
function recordNumbers({ messagesPerNode, duplicateEvery }: Options): number[] {
  return Array.from({ length: messagesPerNode }, (_, i) => i + 1).flatMap((record) => {
    const isCopied = duplicateEvery > 0 && record % duplicateEvery === 0;
    return isCopied ? [record, Math.max(1, record - duplicateLag)] : [record];
  });
}
