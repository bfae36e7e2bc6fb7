import { connectAsync } from "mqtt";

import type { BrokerEvents, Transport } from "./transport.ts";

/**
 * A broker that is not ours (`MQTT_URL`): its operator owns logins and ACLs. The host's will says
 * offline when we die. Reconnects by itself; `onConnect` runs after every (re)connection, once the
 * subscriptions are in place.
 * @throws when the first connection fails within 30 s.
 */
export async function connectExternal(options: {
  url: string;
  will: { topic: string; payload: () => Uint8Array };
  onConnect: () => Promise<void>;
  events: BrokerEvents;
}): Promise<Transport> {
  const { url, will, onConnect, events } = options;
  const willOf = () => ({
    topic: will.topic,
    payload: Buffer.from(will.payload()),
    // Sparkplug 3.0 tck-id-payloads-state-will-message: QoS 1, retained
    qos: 1 as const,
    retain: true,
  });
  const client = await connectAsync(url, {
    // Sparkplug 3.0 tck-id-principles-persistence-clean-session-311
    clean: true,
    protocolVersion: 4,
    reconnectPeriod: 1000,
    connectTimeout: 30_000,
    resubscribe: false,
    will: willOf(),
  });
  // MQTT.js is strictly serial: while the callback waits, nothing more is read from the socket.
  client.handleMessage = (packet, done) => {
    const payload =
      typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    const room = events.receive(packet.topic, payload);
    if (room === undefined) done();
    // oxlint-disable-next-line promise/no-callback-in-promise -- MQTT.js wants its callback
    else void room.then(() => done());
  };
  // A will tells the time of its CONNECT; MQTT.js would repeat that of the first one for ever.
  client.on("reconnect", () => {
    client.options.will = willOf();
  });
  const begin = async () => {
    // Sparkplug 3.0 tck-id-message-flow-phid-sparkplug-subscription: before our own STATE
    await client.subscribeAsync("spBv1.0/#", { qos: 1 });
    await onConnect();
  };
  await begin();
  client.on("connect", () => {
    begin().catch((error: unknown) => events.refused("connection", { reason: String(error) }));
  });
  client.on("error", (error) => events.refused("connection", { reason: error.message }));
  return {
    description: `external, ${new URL(url).host}`,
    publish: async (topic, payload, { qos, retain }) => {
      // While the broker is away nothing is queued: acks and rebirth requests go stale.
      if (!client.connected) return;
      await client.publishAsync(topic, Buffer.from(payload), { qos, retain });
    },
    async [Symbol.asyncDispose]() {
      await client.endAsync();
    },
  };
}
