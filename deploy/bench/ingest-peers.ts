import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";

import mqtt from "mqtt";

import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { startMosquitto } from "../test/mosquitto.ts";
import { freePort } from "../test/plant.ts";
import { until } from "../test/until.ts";
import { ingestMetricsPerSecond } from "./ingest-run.ts";
import { connect, median } from "./load.ts";

/**
 * bench:ingest:peers: values a second from MQTT to committed rows, ours and Node-RED's (mqtt-in, a
 * function, one PostgreSQL insert per message; Mosquitto between), in turns on one server. Node-RED gets
 * one value a message, as its flows usually do (`node_red_values_s`, what `ratio` compares with), and
 * the 50 values of a message as one insert of 50 rows (`node_red_batched_values_s`). It checks no
 * sequence, keeps no last values, counts nothing, and confirms a message before its row is stored.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    messages: { type: "string", default: "4000" },
  },
});
const peers = join(import.meta.dirname, "peers");
const redFile = join(peers, "node_modules/node-red/red.js");
if (!existsSync(redFile)) {
  console.error("The peer is not installed: npm ci --ignore-scripts --prefix deploy/bench/peers");
  process.exit(1);
}
const metricsPerMessage = 50;
const messages = Number(values.messages);

/** Messages on their way without an answer of the broker. */
const inFlightMax = 200;

/** What the flow does with a message. */
const storing = `
await global.get("pool").query(
  "insert into public.peer_reading select * from jsonb_to_recordset($1::jsonb) as r (time timestamptz, name text, value double precision)",
  [JSON.stringify(msg.payload)],
);`;

await using database = await createTestDatabase();
await makeTable(database);
const ours: number[] = [];
const single: number[] = [];
const batched: number[] = [];
for (let run = 0; run < Number(values.runs); run += 1) {
  const load = { nodes: 4, messagesPerNode: messages, metricsPerMessage, duplicateEvery: 0 };
  ours.push(await ingestMetricsPerSecond(database, load));
  single.push(await nodeRedValuesPerSecond({ messages: messages * 4, perMessage: 1 }));
  batched.push(await nodeRedValuesPerSecond({ messages, perMessage: metricsPerMessage }));
  console.error(
    `run ${run + 1}: ours ${ours.at(-1)}, Node-RED ${single.at(-1)} and ${batched.at(-1)} values/s`,
  );
}
const ratioTo = (other: readonly number[]) =>
  Number(median(ours.map((rate, run) => rate / (other[run] ?? Number.NaN))).toFixed(1));
console.log(
  JSON.stringify({
    ingest_values_s: median(ours),
    node_red_values_s: median(single),
    node_red_batched_values_s: median(batched),
    ratio: ratioTo(single),
    ratio_batched: ratioTo(batched),
    runs: ours.length,
    server: database.kind,
  }),
);

async function makeTable(db: TestDatabase): Promise<void> {
  await using client = await connect(db);
  await client.query(
    "create table public.peer_reading (time timestamptz not null, name text not null, value double precision)",
  );
}

async function nodeRedValuesPerSecond(asked: {
  messages: number;
  perMessage: number;
}): Promise<number> {
  await using broker = await startMosquitto();
  const folder = await mkdtemp(join(tmpdir(), "millwright-node-red-"));
  const flow = join(folder, "flows.json");
  await writeFile(flow, JSON.stringify(flowOf(broker.port)));
  const nodeRed = await startNodeRed(folder, flow);
  const client = await mqtt.connectAsync(broker.url);
  await using counting = await connect(database);
  try {
    await counting.query("truncate public.peer_reading");
    const expected = asked.messages * asked.perMessage;
    const payload = JSON.stringify(
      Array.from({ length: asked.perMessage }, (_, index) => ({
        time: new Date().toISOString(),
        name: `process/${index}`,
        value: index * 1.5,
      })),
    );
    const started = performance.now();
    for (let sent = 0; sent < asked.messages; sent += inFlightMax) {
      const burst = Math.min(inFlightMax, asked.messages - sent);
      await Promise.all(
        Array.from({ length: burst }, () =>
          client.publishAsync("bench/values", payload, { qos: 1 }),
        ),
      );
    }
    await until(
      "Node-RED has stored everything",
      async () => {
        const { rows } = await counting.query<{ n: string }>(
          "select count(*) as n from public.peer_reading",
        );
        return Number(rows[0]?.n) >= expected;
      },
      300_000,
    );
    return Math.round(expected / ((performance.now() - started) / 1000));
  } finally {
    await client.endAsync(true);
    await end(nodeRed);
    await rm(folder, { recursive: true, force: true });
  }
}

function flowOf(brokerPort: number): object[] {
  return [
    { id: "flow", type: "tab", label: "Store readings" },
    { id: "broker", type: "mqtt-broker", broker: "127.0.0.1", port: String(brokerPort) },
    {
      id: "in",
      type: "mqtt in",
      z: "flow",
      topic: "bench/values",
      qos: "1",
      datatype: "json",
      broker: "broker",
      wires: [["store"]],
    },
    { id: "store", type: "function", z: "flow", func: storing, outputs: 0, wires: [] },
  ];
}

async function startNodeRed(folder: string, flow: string): Promise<ChildProcess> {
  const settings = join(peers, "node-red-settings.cjs");
  const child = spawn(process.execPath, [redFile, "-s", settings, "-u", folder], {
    env: {
      ...process.env,
      DATABASE_URL: database.urls.owner,
      NODE_RED_PORT: String(await freePort()),
      NODE_RED_FLOW: flow,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  }
  await until(
    "Node-RED is connected to its broker",
    () => {
      if (child.exitCode !== null) throw new Error(output);
      return output.includes("Connected to broker");
    },
    60_000,
  ).catch((cause: unknown) => {
    child.kill("SIGKILL");
    throw new Error(`Node-RED does not start:\n${output}`, { cause });
  });
  // Its subscription follows the connection.
  await delay(500);
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
