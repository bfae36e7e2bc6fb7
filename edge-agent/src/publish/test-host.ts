import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

import {
  type Ack,
  DataType,
  decodePayload,
  encodePayload,
  formatTopic,
  type MessageType,
  metric,
  MetricName,
  parseTopic,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";
import { Aedes } from "aedes";
import { expect } from "vitest";

export type Received = {
  type: MessageType;
  deviceId: string | null;
  seq: number | null;
  metrics: SparkplugMetric[];
  qos: number;
  retain: boolean;
};

const waitMsMax = 20_000;

/** A real broker with a host application inside it: hears everything, and says what a test wants. */
export class TestHost {
  readonly received: Received[] = [];
  /** Topics that were subscribed, in their order. */
  readonly subscribed: string[] = [];
  port = 0;
  #broker: Aedes | null = null;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();
  readonly group = "plant-a";
  readonly edgeNode = "gateway-1";

  static async start(): Promise<TestHost> {
    const host = new TestHost();
    await host.up();
    return host;
  }

  /** Starts the broker, on the same port after a `down`. Nothing of before is remembered. */
  async up(): Promise<void> {
    const broker = await Aedes.createBroker();
    this.#broker = broker;
    broker.on("subscribe", (subscriptions) => {
      this.subscribed.push(...subscriptions.map(({ topic }) => topic));
    });
    broker.on("publish", ({ topic, payload, qos, retain }) => {
      const parsed = parseTopic(topic);
      if (parsed === null || parsed.type === "STATE" || parsed.type.endsWith("CMD")) return;
      const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
      const { metrics, seq } = decodePayload(bytes);
      this.received.push({
        type: parsed.type,
        deviceId: parsed.deviceId,
        seq,
        metrics,
        qos,
        retain,
      });
    });
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
      broker.handle(socket);
    });
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("not a TCP server");
    this.port = address.port;
    this.#server = server;
  }

  /** The network is gone: every connection breaks off, and nothing listens. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    const broker = this.#broker;
    await new Promise<void>((resolve) => (broker === null ? resolve() : broker.close(resolve)));
  }

  /** Breaks every connection without a goodbye; the broker stays up. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  async state(
    online: boolean,
    { hostId = "millwright", timestamp = Date.now() } = {},
  ): Promise<void> {
    const payload = JSON.stringify({ online, timestamp });
    await this.#publish(formatTopic({ type: "STATE", hostId }), Buffer.from(payload), true);
  }

  async rebirth(): Promise<void> {
    await this.#command(
      metric({ name: MetricName.rebirth, datatype: DataType.Boolean, value: true }),
    );
  }

  async ack(ack: Omit<Ack, "host"> & { host?: string }): Promise<void> {
    const value = JSON.stringify({ host: "millwright", ...ack });
    await this.#command(metric({ name: MetricName.ack, datatype: DataType.String, value }));
  }

  /** Waits until `condition` holds for what was received; fails with what was. */
  async until(condition: () => boolean): Promise<void> {
    await expect.poll(condition, { timeout: waitMsMax, interval: 5 }).toBe(true);
  }

  all(type: MessageType, deviceId?: string): Received[] {
    return this.received.filter(
      (message) =>
        message.type === type && (deviceId === undefined || message.deviceId === deviceId),
    );
  }

  /** DATA messages with their offsets, in the order they came. */
  data(): { offset: number; isHistorical: boolean; message: Received }[] {
    const alias = this.#aliasOf(MetricName.offset);
    return this.received
      .filter(({ type }) => type === "NDATA" || type === "DDATA")
      .map((message) => {
        const metric = message.metrics.find((candidate) => candidate.alias === alias);
        return {
          offset: Number(metric?.value),
          isHistorical: message.metrics.every(({ isHistorical }) => isHistorical),
          message,
        };
      });
  }

  offsets(): number[] {
    return [...new Set(this.data().map(({ offset }) => offset))].toSorted((a, b) => a - b);
  }

  epoch(): string {
    const birth = this.all("NBIRTH").at(-1);
    return String(birth?.metrics.find(({ name }) => name === MetricName.epoch)?.value);
  }

  #aliasOf(name: string): bigint | null {
    const birth = this.all("NBIRTH").at(-1);
    return birth?.metrics.find((candidate) => candidate.name === name)?.alias ?? null;
  }

  async #command(command: SparkplugMetric): Promise<void> {
    const { group: groupId, edgeNode: edgeNodeId } = this;
    const topic = formatTopic({ type: "NCMD", groupId, edgeNodeId, deviceId: null });
    const payload = encodePayload({ timestamp: Date.now(), metrics: [command], seq: null });
    await this.#publish(topic, Buffer.from(payload), false);
  }

  #publish(topic: string, payload: Buffer, retain: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#broker?.publish(
        { cmd: "publish", topic, payload, qos: retain ? 1 : 0, retain, dup: false },
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }
}

/** Metric by name in a birth. */
export function named(message: Received | undefined, name: string): SparkplugMetric | undefined {
  return message?.metrics.find((candidate) => candidate.name === name);
}
