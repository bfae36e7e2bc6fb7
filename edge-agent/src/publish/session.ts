import {
  DataType,
  encodePayload,
  formatTopic,
  type HostState,
  hostStateSchema,
  type MessageType,
  metric,
  MetricName,
  parseTopic,
  decodePayload,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import type { Logger } from "pino";

import type { Config } from "../config/config.ts";

const connectTimeoutMs = 10_000;
/** How long a goodbye may take before the line is cut. */
const endTimeoutMs = 2000;
const keepaliveSeconds = 15;

export type SessionHandlers = {
  /** The metrics of an NCMD. */
  command(metrics: SparkplugMetric[]): void;
  /** The primary host's STATE; older ones than the last are filtered out. */
  hostState(state: HostState): void;
};

/**
 * One MQTT connection from CONNECT to its end, with its will, its bdSeq and its sequence numbers.
 * MQTT.js would reconnect with the same will for ever; the will's bdSeq must count, so each
 * connection is a session and a client of its own.
 */
export class Session {
  /** Resolves with the reason when the connection is gone, for whatever cause. */
  readonly closed: Promise<string>;
  isOpen = true;
  readonly #client: MqttClient;
  readonly #config: Config;
  readonly #bdSeq: number;
  #seq = 0;
  /** Publishes whose callback has not come: the closing socket swallows them without a word. */
  readonly #unanswered = new Set<(error: Error) => void>();

  /**
   * Connects and subscribes; commands and host states arrive from then on.
   * @throws when the broker cannot be reached or refuses; `Error.message` says which.
   */
  static async open(options: {
    config: Config;
    bdSeq: number;
    handlers: SessionHandlers;
    log: Logger;
    signal: AbortSignal;
  }): Promise<Session> {
    const { config, bdSeq, handlers, log, signal } = options;
    const client = mqtt.connect(config.broker.url, connectOptions(config, bdSeq));
    const session = new Session({ client, config, bdSeq });
    client.on("error", (error) => log.debug({ error }, "mqtt: error"));
    client.on("message", (topic, payload) => receive({ topic, payload, config, handlers, log }));
    const abort = () => client.end(true);
    signal.addEventListener("abort", abort);
    try {
      await session.#connected();
      await session.#subscribe();
      return session;
    } catch (error) {
      client.end(true);
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  private constructor(fields: { client: MqttClient; config: Config; bdSeq: number }) {
    this.#client = fields.client;
    this.#config = fields.config;
    this.#bdSeq = fields.bdSeq;
    this.closed = new Promise((resolve) => {
      let reason = "connection closed";
      this.#client.on("error", (error) => {
        reason = error.message;
      });
      this.#client.once("close", () => {
        this.isOpen = false;
        for (const reject of this.#unanswered) reject(new Error(reason));
        this.#unanswered.clear();
        resolve(reason);
      });
    });
  }

  /** Begins the births: the NBIRTH that follows has sequence number 0. */
  restartSequence(): void {
    // Sparkplug 3.0 tck-id-topics-nbirth-seq-num
    this.#seq = 0;
  }

  /** The bdSeq metric of this session: in the will and in each NBIRTH the same. */
  bdSeqMetric(now: number): SparkplugMetric {
    return bdSeqMetric(this.#bdSeq, now);
  }

  /**
   * Sends one message with the next sequence number. Resolves when the socket takes more, so a slow
   * line slows the sender down and not the memory. @throws when the connection is gone.
   */
  async publish(message: {
    type: Exclude<MessageType, "NCMD" | "DCMD" | "NDEATH">;
    deviceId: string | null;
    metrics: SparkplugMetric[];
  }): Promise<void> {
    const { type, deviceId, metrics } = message;
    const isBirth = type === "NBIRTH" || type === "DBIRTH";
    // Sparkplug 3.0 tck-id-payloads-sequence-num-always-included, -sequence-num-incrementing
    const seq = this.#seq;
    this.#seq = (seq + 1) % 256;
    const payload = encodePayload(
      { timestamp: Date.now(), metrics, seq },
      { omitDatatype: !isBirth },
    );
    const { group: groupId, edgeNode: edgeNodeId } = this.#config;
    const topic = formatTopic({ type, groupId, edgeNodeId, deviceId });
    // Sparkplug 3.0 tck-id-payloads-nbirth-qos, -retain and their like
    await this.#publish(topic, payload, 0);
  }

  /**
   * Says goodbye: NDEATH, then DISCONNECT, which discards the will.
   * Sparkplug 3.0 tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath
   */
  async end(): Promise<void> {
    if (!this.isOpen) return;
    const timer = setTimeout(() => this.#client.end(true), endTimeoutMs);
    try {
      const { topic, payload } = death(this.#config, this.#bdSeq);
      await this.#publish(topic, payload, 1);
      this.#client.end();
      await this.closed;
    } catch {
      this.#client.end(true);
    } finally {
      clearTimeout(timer);
    }
  }

  #publish(topic: string, payload: Uint8Array, qos: 0 | 1): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(new Error("the connection is closed"));
        return;
      }
      this.#unanswered.add(reject);
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      this.#client.publish(topic, bytes, { qos, retain: false }, (error) => {
        this.#unanswered.delete(reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  #connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.once("connect", () => resolve());
      void this.closed.then((reason) => reject(new Error(reason)));
    });
  }

  async #subscribe(): Promise<void> {
    const { group: groupId, edgeNode: edgeNodeId, primaryHost: hostId } = this.#config;
    const subscribed = this.#client.subscribeAsync(
      [
        // Sparkplug 3.0 tck-id-message-flow-edge-node-ncmd-subscribe: QoS 1, before the NBIRTH
        formatTopic({ type: "NCMD", groupId, edgeNodeId, deviceId: null }),
        formatTopic({ type: "STATE", hostId }),
      ],
      { qos: 1 },
    );
    const lost = this.closed.then((reason): never => {
      throw new Error(reason);
    });
    const grants = await Promise.race([subscribed, lost]);
    const refused = grants.find(({ qos }) => qos === 128);
    if (refused !== undefined) throw new Error(`the broker refuses to subscribe ${refused.topic}`);
  }
}

function connectOptions(config: Config, bdSeq: number): IClientOptions {
  const { topic, payload } = death(config, bdSeq);
  const { username, token } = config.broker;
  return {
    protocolVersion: 4,
    // Sparkplug 3.0 tck-id-principles-persistence-clean-session-311
    clean: true,
    clientId: `millwright-${config.group}-${config.edgeNode}`,
    username,
    ...(token === undefined ? {} : { password: token }),
    keepalive: keepaliveSeconds,
    reschedulePings: false,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    // Sparkplug 3.0 tck-id-payloads-ndeath-will-message, -qos, -retain
    will: { topic, payload: Buffer.from(payload), qos: 1, retain: false },
  };
}

/** Sparkplug 3.0 tck-id-topics-ndeath-payload, payloads-ndeath-seq: bdSeq alone, no sequence number. */
function death(config: Config, bdSeq: number): { topic: string; payload: Uint8Array } {
  const { group: groupId, edgeNode: edgeNodeId } = config;
  const now = Date.now();
  return {
    topic: formatTopic({ type: "NDEATH", groupId, edgeNodeId, deviceId: null }),
    payload: encodePayload({ timestamp: now, metrics: [bdSeqMetric(bdSeq, now)], seq: null }),
  };
}

function bdSeqMetric(bdSeq: number, now: number): SparkplugMetric {
  return metric({
    name: MetricName.bdSeq,
    datatype: DataType.Int64,
    timestamp: now,
    value: BigInt(bdSeq),
  });
}

function receive(message: {
  topic: string;
  payload: Buffer;
  config: Config;
  handlers: SessionHandlers;
  log: Logger;
}): void {
  const { topic, payload, config, handlers, log } = message;
  try {
    const parsed = parseTopic(topic);
    if (parsed?.type === "STATE" && parsed.hostId === config.primaryHost) {
      handlers.hostState(hostStateSchema.parse(JSON.parse(payload.toString("utf8"))));
    } else if (parsed?.type === "NCMD") {
      handlers.command(decodePayload(payload).metrics);
    }
  } catch (error) {
    log.warn({ error, topic }, "mqtt: a message that cannot be read was ignored");
  }
}
