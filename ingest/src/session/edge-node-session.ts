import {
  interpretValue,
  MetricName,
  type SparkplugMetric,
  type SparkplugPayload,
  type VisitedMetric,
  visitMetrics,
} from "@millwright/contracts/sparkplug";

import { type Cell, nodeKey, type RegisteredNode } from "./cell.ts";
import type { DeviceState, EdgeNode } from "./edge-node.ts";
import type { Data, DeviceBirth, DeviceDeath, InboundItem, NodeBirth } from "./messages.ts";
import type { MetricSeries } from "./metric-series.ts";
import { noReadings, ReadingsBuilder } from "./readings.ts";
import { acceptOffset, acceptTime, refusalOfDeclaration, withoutZeroBytes } from "./plausible.ts";
import { type Ordered, Sequence, type Skipped } from "./sequence.ts";

/** More metrics than any gateway has; a bound so that births under ever new names cannot fill our memory. */
const seriesMax = 100_000;
/** Ours are 32 characters; part of a primary key. */
const epochLengthMax = 100;

/** What the session makes of a message: items for the pipeline, complaints, and whether births are needed. */
export type Heard = {
  items: InboundItem[];
  /** Why the message, or metrics of it, cannot be used. */
  complaints: string[];
  needsBirth: boolean;
  /** Sequence numbers whose messages will not come any more. */
  skipped: readonly Skipped[];
};

type Message = {
  deviceId: string | null;
  seq: number | null;
  /** Of the payload. */
  timestamp: number | null;
  receivedMs: number;
} & (
  | { type: "DBIRTH"; metrics: SparkplugMetric[] }
  | { type: "DDEATH" }
  /** Their metrics are read when their turn comes, by the births before it, and are never objects. */
  | { type: "NDATA" | "DDATA"; bytes: Uint8Array }
);

/** One message is read at a time. */
const builder = new ReadingsBuilder();

/**
 * One Sparkplug edge node as the host sees it: its births, aliases, sequence numbers and devices.
 * Lives as long as the process; each NBIRTH begins it anew.
 */
export class EdgeNodeSession implements EdgeNode {
  readonly key: string;
  readonly registered: RegisteredNode;
  readonly devices = new Map<string, DeviceState>();
  isOnline = false;
  /** Null before the first birth of this process, and for nodes without the delivery extension. */
  epoch: string | null = null;
  /** Its `Millwright/Ack` with the alias it has, if any; null: it declared none and gets no acks. */
  ack: { alias: bigint | null } | null = null;
  readonly #cell: Cell;
  readonly #series = new Map<string, MetricSeries>();
  readonly #seriesByIndex: MetricSeries[] = [];
  #aliases = new Map<number | bigint, MetricSeries>();
  #offsetAlias: number | bigint | null = null;
  #bdSeq: number | null = null;
  #sequence: Sequence<Message> | null = null;

  constructor(registered: RegisteredNode, cell: Cell) {
    this.registered = registered;
    this.key = nodeKey(registered.groupId, registered.edgeNodeId);
    this.#cell = cell;
  }

  get isBorn(): boolean {
    return this.#sequence !== null;
  }

  /** True while messages are held back for a missing one. */
  get isWaiting(): boolean {
    return this.#sequence?.isWaiting ?? false;
  }

  nodeBirth(payload: SparkplugPayload, receivedMs: number): Heard {
    const complaints: string[] = [];
    this.#aliases = new Map();
    this.#offsetAlias = null;
    this.epoch = null;
    this.ack = null;
    this.isOnline = true;
    let firstOffset = 1;
    for (const metric of payload.metrics) {
      switch (metric.name) {
        case MetricName.bdSeq:
          this.#bdSeq = Number(metric.value ?? 0);
          break;
        case MetricName.epoch:
          if (typeof metric.value === "string" && metric.value !== "") {
            this.epoch = withoutZeroBytes(metric.value).slice(0, epochLengthMax);
          }
          break;
        case MetricName.offset:
          this.#offsetAlias = aliasKey(metric.alias);
          firstOffset = acceptOffset(metric.value) ?? 1;
          break;
        case MetricName.ack:
          this.ack = { alias: metric.alias };
          break;
        default:
      }
    }
    // A node that numbers its records must say in which epoch; without it the numbers mean nothing.
    if (this.epoch === null) this.#offsetAlias = null;
    const declared = payload.metrics.filter((metric) => !isControl(metric.name));
    const { series, metrics } = this.#declare(null, declared, complaints);
    // Sparkplug 3.0 tck-id-topics-nbirth-seq-num: 0, but other versions of the text allow any.
    this.#sequence = new Sequence((payload.seq ?? 0) + 1);
    const item: NodeBirth = {
      kind: "node_birth",
      node: this,
      receivedMs,
      series,
      metrics,
      epoch: this.epoch,
      firstOffset,
    };
    return { ...nothing(), items: [item], complaints };
  }

  /** Sparkplug 3.0: an NDEATH counts only when its bdSeq is that of the birth it ends. */
  nodeDeath(payload: SparkplugPayload, receivedMs: number): Heard {
    const bdSeq = payload.metrics.find((metric) => metric.name === MetricName.bdSeq)?.value;
    const isOurs = this.#bdSeq === null || Number(bdSeq ?? -1) === this.#bdSeq;
    if (!isOurs) return nothing();
    this.isOnline = false;
    this.#sequence = null;
    for (const device of this.devices.values()) device.isOnline = false;
    return { ...nothing(), items: [{ kind: "node_death", node: this, receivedMs }] };
  }

  /**
   * Everything that carries a sequence number after the NBIRTH.
   * @throws MalformedPayload: then it was not received, and its number is still to come.
   */
  receive(message: Message): Heard {
    const heard = nothing();
    if (this.#sequence === null) {
      // After a restart of ours. The edge log keeps what we do not acknowledge.
      return { ...heard, needsBirth: true };
    }
    const { seq } = message;
    if (seq === null || seq > 255) {
      heard.complaints.push("no sequence number between 0 and 255");
      return heard;
    }
    if (!isData(message)) return this.#handleAll(this.#sequence.next(seq, message), heard);
    if (!this.#sequence.isNext(seq)) {
      visitMetrics(message.bytes, () => undefined);
      return this.#handleAll(this.#sequence.next(seq, message), heard);
    }
    heard.items.push(...this.#data(message, heard));
    const { messages, skipped } = this.#sequence.next(seq, message);
    return this.#handleAll({ messages: messages.slice(1), skipped }, heard);
  }

  /** The reorder time is over: goes on with what is held, asks for births. */
  giveUpWaiting(): Heard {
    return this.#handleAll(this.#sequence?.giveUp() ?? { messages: [], skipped: [] }, nothing());
  }

  /** The bindings of a series under the newest cell. */
  bindingsOf(series: MetricSeries): MetricSeries["bindings"] {
    if (series.generation !== this.#cell.generation) {
      series.generation = this.#cell.generation;
      series.bindings =
        series.deviceId === null
          ? []
          : this.#cell.bindingsOf(this.key, series.deviceId, series.name);
    }
    return series.bindings;
  }

  seriesOf(deviceId: string | null, name: string): MetricSeries | undefined {
    return this.#series.get(seriesKey(deviceId, name));
  }

  /** The series of a reading. */
  seriesAt(index: number): MetricSeries | undefined {
    return this.#seriesByIndex[index];
  }

  series(): Iterable<MetricSeries> {
    return this.#series.values();
  }

  /** Every series that means something to the ERP. */
  *boundSeries(): Iterable<MetricSeries> {
    for (const series of this.#series.values()) {
      if (this.bindingsOf(series).length > 0) yield series;
    }
  }

  #handleAll({ messages, skipped }: Ordered<Message>, heard: Heard): Heard {
    for (const message of messages) this.#handle(message, heard);
    return { ...heard, skipped, needsBirth: heard.needsBirth || skipped.length > 0 };
  }

  #handle(message: Message, heard: Heard): void {
    switch (message.type) {
      case "DBIRTH":
        heard.items.push(this.#deviceBirth(message, heard));
        break;
      case "DDEATH":
        heard.items.push(...this.#deviceDeath(message));
        break;
      default:
        heard.items.push(...this.#data(message, heard));
    }
  }

  #deviceBirth(message: Extract<Message, { type: "DBIRTH" }>, heard: Heard): DeviceBirth {
    const { receivedMs } = message;
    const deviceId = message.deviceId ?? "";
    const { series, metrics } = this.#declare(deviceId, message.metrics, heard.complaints);
    const device = this.#device(deviceId);
    device.isOnline = true;
    device.lastSeenMs = receivedMs;
    device.isSilent = false;
    device.hasHeartbeat = message.metrics.some(({ name }) => name === MetricName.heartbeat);
    const payloadMs = acceptTime(message.timestamp, receivedMs);
    return { kind: "device_birth", node: this, deviceId, receivedMs, payloadMs, series, metrics };
  }

  #deviceDeath(message: Message): DeviceDeath[] {
    const { receivedMs } = message;
    const deviceId = message.deviceId ?? "";
    this.#device(deviceId).isOnline = false;
    // Sparkplug 3.0 tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline: payload clock
    const payloadMs = acceptTime(message.timestamp, receivedMs);
    return [{ kind: "device_death", node: this, deviceId, receivedMs, payloadMs }];
  }

  #data(message: DataMessage, heard: Heard): Data[] {
    const { receivedMs, deviceId } = message;
    const data: Data = {
      kind: "data",
      node: this,
      deviceId,
      receivedMs,
      payloadMs: acceptTime(message.timestamp, receivedMs),
      epoch: this.epoch,
      offset: null,
      isHistorical: false,
      heartbeatMs: null,
      readings: noReadings,
    };
    try {
      visitMetrics(message.bytes, (metric) => this.#takeMetric(metric, data, heard));
      data.readings = builder.finish();
    } finally {
      builder.forget();
    }
    if (this.#offsetAlias !== null && data.offset === null) {
      heard.complaints.push("a node that numbers its records sent one without its offset");
      return [];
    }
    return [data];
  }

  #takeMetric(metric: VisitedMetric, data: Data, heard: Heard): void {
    if (this.#isOffset(metric)) {
      data.offset = acceptOffset(metric.value);
      return;
    }
    const series =
      metric.alias === null
        ? this.#series.get(seriesKey(data.deviceId, metric.name ?? ""))
        : this.#aliases.get(metric.alias);
    if (series === undefined || series.deviceId !== data.deviceId) {
      const what = metric.alias === null ? `name ${metric.name}` : `alias ${metric.alias}`;
      heard.complaints.push(`unknown ${what}`);
      heard.needsBirth = true;
      return;
    }
    if (metric.datatype !== null && metric.datatype !== series.datatype) {
      heard.complaints.push(
        `${series.name}: type change from ${series.datatype} to ${metric.datatype} without a birth`,
      );
      heard.needsBirth = true;
      return;
    }
    const value = interpretValue(metric.value, series.datatype);
    if (value === undefined) {
      heard.complaints.push(`${series.name}: value is not of datatype ${series.datatype}`);
      return;
    }
    if (metric.isTransient) return;
    if (metric.isHistorical) data.isHistorical = true;
    if (series.name === MetricName.heartbeat && typeof value === "bigint") {
      data.heartbeatMs = acceptTime(Number(value), data.receivedMs);
    }
    const stored = typeof value === "string" ? withoutZeroBytes(value) : value;
    builder.add(series.index, metric.timestamp, stored, metric.quality);
  }

  #isOffset(metric: VisitedMetric): boolean {
    if (this.#offsetAlias === null) return metric.name === MetricName.offset;
    return metric.alias === this.#offsetAlias || metric.name === MetricName.offset;
  }

  /** What a birth declares and can be stored: series and their metrics, each name once. */
  #declare(
    deviceId: string | null,
    declared: readonly SparkplugMetric[],
    complaints: string[],
  ): { series: MetricSeries[]; metrics: SparkplugMetric[] } {
    const metrics = new Map<MetricSeries, SparkplugMetric>();
    for (const metric of declared) {
      const refusal =
        this.#series.size >= seriesMax
          ? `more than ${seriesMax} metrics in one edge node`
          : refusalOfDeclaration(metric);
      if (refusal !== null) {
        complaints.push(refusal);
        continue;
      }
      const series = this.#seriesFor(deviceId, metric, complaints);
      const alias = aliasKey(metric.alias);
      if (alias !== null) this.#aliases.set(alias, series);
      // A name that comes twice: the later value is the newer one.
      metrics.set(series, metric);
    }
    return { series: [...metrics.keys()], metrics: [...metrics.values()] };
  }

  #seriesFor(deviceId: string | null, metric: SparkplugMetric, complaints: string[]): MetricSeries {
    const name = metric.name ?? "";
    const datatype = metric.datatype ?? 0;
    const key = seriesKey(deviceId, name);
    const known = this.#series.get(key);
    if (known !== undefined && known.datatype !== datatype) {
      complaints.push(`${name}: birth changes the datatype from ${known.datatype} to ${datatype}`);
    }
    const series = known ?? {
      deviceId,
      name,
      datatype,
      index: this.#seriesByIndex.length,
      unit: "",
      metricId: null,
      liveTime: Number.NEGATIVE_INFINITY,
      liveValue: null,
      newest: null,
      bindings: [],
      generation: -1,
    };
    series.datatype = datatype;
    series.unit = withoutZeroBytes(metric.engUnit ?? series.unit);
    if (typeof metric.value === "string") metric.value = withoutZeroBytes(metric.value);
    this.#series.set(key, series);
    this.#seriesByIndex[series.index] = series;
    return series;
  }

  #device(deviceId: string): DeviceState {
    const known = this.devices.get(deviceId);
    if (known !== undefined) return known;
    const device = {
      deviceId,
      isOnline: false,
      hasHeartbeat: false,
      lastReadMs: 0,
      lastSeenMs: 0,
      isSilent: false,
      writtenMs: 0,
    };
    this.devices.set(deviceId, device);
    return device;
  }
}

/** A message that says nothing to anybody. */
export function nothing(): Heard {
  return { items: [], complaints: [], needsBirth: false, skipped: [] };
}

type DataMessage = Extract<Message, { type: "NDATA" | "DDATA" }>;

function isData(message: Message): message is DataMessage {
  return message.type === "NDATA" || message.type === "DDATA";
}

/** As data spells it. */
function aliasKey(alias: bigint | null): number | bigint | null {
  return alias !== null && alias <= Number.MAX_SAFE_INTEGER ? Number(alias) : alias;
}

function isControl(name: string | null): boolean {
  return (
    name === MetricName.bdSeq ||
    name === MetricName.rebirth ||
    name === MetricName.epoch ||
    name === MetricName.offset ||
    name === MetricName.ack
  );
}

function seriesKey(deviceId: string | null, name: string): string {
  return deviceId === null ? `\n${name}` : `${deviceId}\n${name}`;
}
