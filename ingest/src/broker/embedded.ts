import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";

import { Aedes, type AuthenticateError, type Client, type Connection } from "aedes";

import type { Cell, RegisteredNode } from "../session/cell.ts";
import { Certificates } from "./certificates.ts";
import { authenticate, mayPublish, maySubscribe } from "./access.ts";
import type { BrokerEvents, Transport } from "./transport.ts";

/** A birth of 100,000 metrics stays below; more is no Sparkplug node. */
const payloadBytesMax = 8 * 1024 * 1024;
const clientsMax = 2000;
/** A half-open connection is noticed after one and a half of these at the latest; 0 (never) is refused. */
const keepaliveSecondsMax = 600;
/** MQTT return code 5, not authorized: the same for a wrong name and a wrong token. */
const notAuthorized = 5;

/**
 * The broker inside ingest: Aedes with a token per gateway and a topic ACL that denies by default.
 * @throws when the port is taken; the error's `code` is EADDRINUSE.
 */
export async function listenEmbedded(options: {
  host: string;
  port: number;
  cell: Cell;
  events: BrokerEvents;
}): Promise<Transport & { port: number }> {
  const { cell, events } = options;
  const nodes = new WeakMap<Client, RegisteredNode>();
  /** Where in its connection's bytes the newest whole packet was seen. */
  const packetEnds = new WeakMap<Connection, number>();
  const certificates = new Certificates();
  const keepBirth = (topic: string, body: Buffer) => {
    for (const { topic: kept, payload } of certificates.changesOf(topic, body)) {
      // Sparkplug 3.0 tck-id-conformance-mqtt-aware-nbirth-mqtt-retain, -dbirth-mqtt-retain
      aedes.publish(
        { cmd: "publish", topic: kept, payload, qos: 0, retain: true, dup: false },
        () => {},
      );
    }
  };
  const packetEnded = (connection: Connection) => {
    if (connection instanceof Socket) packetEnds.set(connection, connection.bytesRead);
  };
  const aedes = new Aedes({
    heartbeatInterval: 30_000,
    connectTimeout: 10_000,
    queueLimit: 1000,
    maxInflightInbound: 100,
    maxTopicLevels: 8,
    keepaliveLimit: keepaliveSecondsMax,
    preConnect: (_client, packet, done) => {
      const hasRoom = aedes.connectedClients < clientsMax;
      if (!hasRoom) events.refused("connection", { reason: `more than ${clientsMax} clients` });
      // Whoever takes a client id over ends its connection: so an id is one within its user name.
      packet.clientId = `${packet.username ?? ""} ${packet.clientId}`;
      // Sparkplug 3.0 tck-id-principles-persistence-clean-session-311; nothing is queued for the absent.
      packet.clean = true;
      done(null, hasRoom);
    },
    authenticate: (client, username, password, done) => {
      const node = authenticate(cell, username, password);
      if (node === null) {
        events.refused("login", { username, clientId: client.id });
        const error: AuthenticateError = Object.assign(new Error("not authorized"), {
          returnCode: notAuthorized,
        });
        done(error, false);
        return;
      }
      nodes.set(client, node);
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      const node = client === null ? undefined : nodes.get(client);
      if (client !== null) packetEnded(client.conn);
      if (client === null) {
        done(null);
      } else if (node === undefined || !mayPublish(node, packet.topic)) {
        events.refused("publish", { topic: packet.topic, clientId: client.id });
        done(new Error(`may not publish to ${packet.topic}`));
      } else if (packet.payload.length > payloadBytesMax) {
        events.refused("payload", { topic: packet.topic, bytes: packet.payload.length });
        done(new Error(`payload above ${payloadBytesMax} bytes`));
      } else {
        // Sparkplug data is never retained; a retained flag would let a client fill our memory.
        packet.retain = false;
        done(null);
      }
    },
    authorizeSubscribe: (client, subscription, done) => {
      const node = nodes.get(client);
      const isAllowed = node !== undefined && maySubscribe(node, subscription.topic);
      if (!isAllowed) events.refused("subscription", { filter: subscription.topic });
      done(null, isAllowed ? subscription : null);
    },
    published: (packet, client, done) => {
      // Our own NCMD and STATE pass here too.
      if (client === null) {
        done();
        return;
      }
      // Aedes calls itself recursively through this callback; a flood of small packets overflows
      // the stack unless every call begins on a fresh one.
      const proceed = () => process.nextTick(done);
      const payload = asBuffer(packet.payload);
      keepBirth(packet.topic, payload);
      const room = events.receive(packet.topic, payload);
      if (room === undefined) proceed();
      else void room.then(proceed);
    },
  });
  await aedes.listen();
  aedes.on("clientError", (client, error) => {
    events.refused("client", { clientId: client.id, reason: error.message });
  });
  aedes.on("connectionError", (_client, error) => {
    events.refused("connection", { reason: error.message });
  });

  aedes.on("ping", (_packet, client) => packetEnded(client.conn));
  aedes.on("ack", (_packet, client) => packetEnded(client.conn));
  aedes.on("subscribe", (_filters, client) => packetEnded(client.conn));
  aedes.on("unsubscribe", (_filters, client) => packetEnded(client.conn));

  const server = createServer((socket) => {
    socket.setNoDelay(true);
    aedes.handle(socket);
    // MQTT allows packets of 256 MB, and Aedes gathers one whole before anybody may refuse it.
    socket.on("readable", () => {
      const bytes = socket.bytesRead - (packetEnds.get(socket) ?? 0);
      if (bytes <= payloadBytesMax) return;
      events.refused("packet", {
        reason: `above ${payloadBytesMax} bytes`,
        from: socket.remoteAddress,
      });
      socket.destroy();
    });
  });
  server.listen(options.port, options.host);
  await Promise.race([
    once(server, "listening"),
    once(server, "error").then(([error]: unknown[]) => {
      throw error;
    }),
  ]);
  const port = portOf(server);
  return {
    description: `embedded, port ${port}`,
    port,
    publish: (topic, payload, { qos, retain }) =>
      new Promise((resolve, reject) => {
        aedes.publish(
          { cmd: "publish", topic, payload: asBuffer(payload), qos, retain, dup: false },
          (error) => {
            if (error) reject(error);
            else resolve();
          },
        );
      }),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        aedes.close(() => resolve());
      });
      server.close();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the broker has no port");
  return address.port;
}

function asBuffer(payload: Uint8Array | string): Buffer {
  return typeof payload === "string"
    ? Buffer.from(payload)
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}
