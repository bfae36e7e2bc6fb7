import { randomBytes } from "node:crypto";

import {
  type Ack,
  ackSchema,
  DataType,
  decodePayload,
  encodePayload,
  formatTopic,
  type HostState,
  hostStateSchema,
  type MessageType,
  metric,
  MetricName,
  type MetricValue,
  parseTopic,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";
import { connectAsync, type MqttClient } from "mqtt";

export type TestNodeOptions = {
  url: string;
  groupId: string;
  edgeNodeId: string;
  token: string;
  clientId?: string;
  /** Null: a node of another maker, without our delivery extension. */
  epoch?: string | null;
  /** What the device `machine` declares: name → datatype. */
  metrics: Readonly<Record<string, DataType>>;
};

export type TestReading = {
  name: string;
  value: MetricValue;
  /** Source time, epoch ms. */
  time: number;
  quality?: number;
};

const offsetAlias = 2n;
const ackAlias = 3n;
const firstMetricAlias = 10;

/**
 * A publisher for tests that speaks Sparkplug by hand, so that it can also speak it wrongly: any
 * offset, any sequence number, any bytes. Its one device is `machine`.
 */
export class TestEdgeNode implements AsyncDisposable {
  static async connect(options: TestNodeOptions): Promise<TestEdgeNode> {
    const { url, groupId, edgeNodeId, token } = options;
    const death = encodePayload({
      timestamp: Date.now(),
      seq: null,
      metrics: [metric({ name: MetricName.bdSeq, datatype: DataType.Int64, value: 0n })],
    });
    const client = await connectAsync(url, {
      username: `${groupId}/${edgeNodeId}`,
      password: token,
      clientId: options.clientId ?? `test-${randomBytes(6).toString("hex")}`,
      protocolVersion: 4,
      reconnectPeriod: 0,
      will: {
        topic: formatTopic({ type: "NDEATH", groupId, edgeNodeId, deviceId: null }),
        payload: Buffer.from(death),
        qos: 1,
        retain: false,
      },
    });
    const node = new TestEdgeNode(client, options);
    await client.subscribeAsync(node.topic("NCMD"), { qos: 1 });
    await client.subscribeAsync("spBv1.0/STATE/#", { qos: 1 });
    return node;
  }

  readonly epoch: string | null;
  readonly acks: Ack[] = [];
  readonly hostStates: HostState[] = [];
  rebirthsAsked = 0;
  isConnected = true;
  readonly #client: MqttClient;
  readonly #options: TestNodeOptions;
  readonly #names: string[];
  readonly #closed = Promise.withResolvers<void>();
  #seq = 0;
  #offset = 1;

  private constructor(client: MqttClient, options: TestNodeOptions) {
    this.#client = client;
    this.#options = options;
    this.#names = Object.keys(options.metrics);
    this.epoch = options.epoch === undefined ? randomBytes(16).toString("hex") : options.epoch;
    client.on("message", (topic, bytes) => this.#hear(topic, bytes));
    client.on("close", () => {
      this.isConnected = false;
      this.#closed.resolve();
    });
    // A refused message ends the connection; that is what some tests wait for.
    client.on("error", () => undefined);
  }

  get clientId(): string {
    return this.#client.options.clientId ?? "";
  }

  topic(type: MessageType): string {
    const { groupId, edgeNodeId } = this.#options;
    const deviceId = type.startsWith("D") ? "machine" : null;
    return formatTopic({ type, groupId, edgeNodeId, deviceId });
  }

  /** NBIRTH and DBIRTH; `firstOffset` is the oldest one the log can still send. */
  async birth({
    values = {},
    firstOffset = 1,
    time = Date.now(),
  }: {
    values?: Readonly<Record<string, MetricValue>>;
    firstOffset?: number;
    time?: number;
  } = {}): Promise<void> {
    this.#seq = 0;
    const at = { timestamp: time };
    const { epoch } = this;
    const ours =
      epoch === null
        ? []
        : [
            metric({
              name: MetricName.epoch,
              alias: 1n,
              datatype: DataType.String,
              value: epoch,
              ...at,
            }),
            metric({
              name: MetricName.offset,
              alias: offsetAlias,
              datatype: DataType.UInt64,
              value: BigInt(firstOffset),
              ...at,
            }),
            metric({ name: MetricName.ack, alias: ackAlias, datatype: DataType.String, ...at }),
          ];
    await this.send("NBIRTH", [
      metric({ name: MetricName.bdSeq, datatype: DataType.Int64, value: 0n, ...at }),
      metric({ name: MetricName.rebirth, datatype: DataType.Boolean, value: false, ...at }),
      ...ours,
    ]);
    await this.send(
      "DBIRTH",
      this.#names.map((name) =>
        metric({
          name,
          alias: this.#aliasOf(name),
          datatype: this.#options.metrics[name] ?? null,
          value: values[name] ?? null,
          ...at,
        }),
      ),
    );
  }

  /** One record of the log. Without `offset` the next one; a replay gives its own and is historical. */
  async data(
    readings: readonly TestReading[],
    {
      offset = this.#offset,
      isHistorical = false,
      seq,
    }: { offset?: number; isHistorical?: boolean; seq?: number } = {},
  ): Promise<void> {
    if (offset === this.#offset) this.#offset += 1;
    const metrics = readings.map(({ name, value, time, quality }) =>
      metric({
        alias: this.#aliasOf(name),
        datatype: this.#options.metrics[name] ?? null,
        value,
        timestamp: time,
        quality: quality ?? null,
        isHistorical,
      }),
    );
    if (this.epoch !== null) {
      metrics.push(
        metric({
          alias: offsetAlias,
          datatype: DataType.UInt64,
          value: BigInt(offset),
          timestamp: readings[0]?.time ?? Date.now(),
          isHistorical,
        }),
      );
    }
    await this.send("DDATA", metrics, seq);
  }

  /** Leaves an offset, or a sequence number, out: what a lossy line does. */
  skip({ offsets = 0, sequence = 0 }: { offsets?: number; sequence?: number }): void {
    this.#offset += offsets;
    this.#seq = (this.#seq + sequence) % 256;
  }

  async send(type: MessageType, metrics: SparkplugMetric[], seq?: number): Promise<void> {
    const number = seq ?? this.#seq;
    if (seq === undefined) this.#seq = (this.#seq + 1) % 256;
    const payload = encodePayload(
      { timestamp: Date.now(), metrics, seq: number },
      { omitDatatype: !type.endsWith("BIRTH") },
    );
    await this.raw(this.topic(type), payload);
  }

  /** Any bytes to any topic. Resolves when the socket has them; a dying socket counts as done. */
  async raw(topic: string, bytes: Uint8Array): Promise<void> {
    await Promise.race([
      this.#client.publishAsync(topic, Buffer.from(bytes), { qos: 0 }),
      this.#closed.promise,
    ]);
  }

  /** Pulls the plug: no DISCONNECT, so the broker publishes the will. */
  cut(): void {
    this.#client.stream.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true);
  }

  #aliasOf(name: string): bigint {
    return BigInt(firstMetricAlias + this.#names.indexOf(name));
  }

  #hear(topic: string, bytes: Buffer): void {
    const parsed = parseTopic(topic);
    if (parsed?.type === "STATE") {
      this.hostStates.push(hostStateSchema.parse(JSON.parse(bytes.toString("utf8"))));
      return;
    }
    for (const { name, alias, value } of decodePayload(bytes).metrics) {
      if (name === MetricName.rebirth && value === true) this.rebirthsAsked += 1;
      const isAck = name === MetricName.ack || alias === ackAlias;
      if (isAck && typeof value === "string") this.acks.push(ackSchema.parse(JSON.parse(value)));
    }
  }
}
