import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";

import { connectAsync } from "mqtt";
import mqttPacket, { type Packet } from "mqtt-packet";

import { nextInput, seededRandom } from "./input.ts";
import type { Tally } from "./run.ts";

const atOnce = 20;
const answerMsMax = 300;
/** Broker, code and garbage; a connection that is held costs far less than a megabyte. */
const rssBytesMax = 400 * 1024 * 1024;

const login = { username: "plant/gw", password: Buffer.from("secret") };
const opening = bytesOf({
  cmd: "connect",
  clientId: "fuzz",
  protocolId: "MQTT",
  protocolVersion: 4,
  clean: true,
  keepalive: 30,
  ...login,
});
const corpus = [
  opening,
  bytesOf({
    cmd: "subscribe",
    messageId: 1,
    subscriptions: [{ topic: "spBv1.0/plant/NCMD/gw", qos: 1 }],
  }),
  bytesOf({
    cmd: "publish",
    topic: "spBv1.0/plant/NBIRTH/gw",
    payload: Buffer.from([8, 1]),
    qos: 0,
    retain: false,
    dup: false,
  }),
  bytesOf({
    cmd: "publish",
    messageId: 2,
    topic: "spBv1.0/plant/DDATA/gw/saw",
    payload: Buffer.alloc(40),
    qos: 1,
    retain: true,
    dup: false,
  }),
  bytesOf({ cmd: "unsubscribe", messageId: 3, unsubscriptions: ["spBv1.0/plant/NCMD/gw"] }),
  bytesOf({ cmd: "pingreq" }),
  bytesOf({ cmd: "puback", messageId: 2 }),
  bytesOf({ cmd: "disconnect" }),
];

/**
 * Raw bytes into the real broker process: half of the connections log in first, so that the damage
 * comes behind the door too. Then a well-behaved gateway must be served as if nothing had been.
 * @throws Error with the seed of the batch after which the broker was gone, too large or deaf.
 */
export async function fuzzBrokerFront(options: { runs: number; seed: number }): Promise<Tally> {
  const { runs, seed } = options;
  const child = fork(join(import.meta.dirname, "broker-process.ts"), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const { port } = await answerOf<{ port: number }>(child);
    const first = await statusOf(child);
    for (let index = 0; index < runs; index += atOnce) {
      const batch = Array.from({ length: Math.min(atOnce, runs - index) }, (_, at) =>
        throwAt(port, seededRandom(seed + index + at)),
      );
      await Promise.all(batch);
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`broker front: ended after inputs from --seed ${seed + index}`);
      }
    }
    await serveOneGateway(port);
    const { rss, count } = await statusOf(child);
    if (rss > rssBytesMax) throw new Error(`broker front: ${rss} bytes after --seed ${seed}`);
    if (count === 0) throw new Error("broker front: nothing came through");
    return { runs, rssGrowthMb: Math.round((rss - first.rss) / 1024 / 1024) };
  } finally {
    child.kill("SIGKILL");
  }
}

async function throwAt(port: number, random: () => number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.resume();
  const closed = once(socket, "close").catch(() => {});
  if (random() < 0.5) socket.write(opening);
  const count = 1 + Math.floor(random() * 5);
  for (let packet = 0; packet < count; packet += 1) socket.write(nextInput(random, corpus));
  socket.end();
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, answerMsMax))]);
  socket.destroy();
}

async function serveOneGateway(port: number): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    ...login,
    protocolVersion: 4,
    connectTimeout: 10_000,
  });
  try {
    await client.publishAsync("spBv1.0/plant/NDATA/gw", Buffer.from([8, 1]), { qos: 1 });
  } finally {
    await client.endAsync(true);
  }
}

async function statusOf(child: ReturnType<typeof fork>): Promise<{ count: number; rss: number }> {
  child.send("status");
  return answerOf(child);
}

async function answerOf<Answer>(child: ReturnType<typeof fork>): Promise<Answer> {
  const [answer] = (await once(child, "message", { signal: AbortSignal.timeout(30_000) })) as [
    Answer,
  ];
  return answer;
}

function bytesOf(packet: Packet): Buffer {
  return mqttPacket.generate(packet, { protocolVersion: 4 });
}
