import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import mqttPacket, { type Packet } from "mqtt-packet";

import { type Body, type Client, type Entry, type Trace, typeOf } from "./trace.ts";
import { readWire } from "./wire.ts";

/**
 * A line between one client and a real broker that writes down every MQTT packet in both directions,
 * read from the bytes on the wire.
 */
export async function openTap(options: { brokerPort: number; client: Client; trace: Trace }) {
  const { brokerPort, client, trace } = options;
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    const connection = connections;
    const far = connect(brokerPort, "127.0.0.1");
    const note = (packet: Packet, direction: "sent" | "received") => {
      const entry = entryOf(packet, direction);
      if (entry !== null) trace.push({ ...entry, at: Date.now(), client, connection } as Entry);
    };
    follow(near, far, (packet) => note(packet, "sent"));
    follow(far, near, (packet) => note(packet, "received"));
    near.on("close", () => trace.push({ kind: "closed", at: Date.now(), client, connection }));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the tap has no port");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    url: `mqtt://127.0.0.1:${address.port}`,
    /** Breaks the line without a goodbye. */
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

function follow(from: Socket, to: Socket, note: (packet: Packet) => void): void {
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  parser.on("packet", note);
  from.on("data", (chunk: Buffer) => {
    parser.parse(chunk);
    to.write(chunk);
  });
  from.on("end", () => to.end());
}

function entryOf(packet: Packet, direction: "sent" | "received"): object | null {
  switch (packet.cmd) {
    case "publish":
      return { kind: "publish", direction, ...bodyOf(packet) };
    case "connect": {
      const { will, clean, protocolVersion, username } = packet;
      return {
        kind: "connect",
        clean: clean === true,
        protocolVersion: protocolVersion ?? 0,
        username: username ?? null,
        will:
          will === undefined
            ? null
            : bodyOf({ ...will, qos: will.qos ?? 0, retain: will.retain === true }),
      };
    }
    case "subscribe":
      return {
        kind: "subscribe",
        filters: packet.subscriptions.map(({ topic, qos }) => ({ topic, qos })),
      };
    case "disconnect":
      return { kind: "disconnect" };
    default:
      return null;
  }
}

/** Reads what a message carries. */
export function bodyOf(message: {
  topic: string;
  payload: Buffer | string;
  qos: number;
  retain: boolean;
}): Body {
  const { topic, qos, retain } = message;
  const bytes = Buffer.from(message.payload);
  const isState = typeOf({ topic }) === "STATE";
  return {
    topic,
    qos,
    retain,
    payload: isState ? null : readWire(bytes),
    state: isState ? parseJson(bytes) : null,
  };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
