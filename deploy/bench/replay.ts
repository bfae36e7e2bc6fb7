import type { ChildProcess } from "node:child_process";
import { parseArgs } from "node:util";

import { DataType } from "@millwright/contracts/sparkplug";
import type pg from "pg";

import { TestEdgeNode } from "../../ingest/src/broker/test-edge-node.ts";
import { createTestDatabase } from "../test/database.ts";
import { freePort, ingestOn } from "../test/plant.ts";
import {
  connect,
  everythingStored,
  newNodes,
  quantile,
  registerNodes,
  startPublisher,
} from "./load.ts";
import type { PublisherOptions } from "./publisher.ts";

/**
 * bench:replay: how long a live value takes from its publish to its commit, first beside live traffic
 * alone and then while gateways replay `--ratio` times as much as all live traffic. Prints
 * `{live_metrics_s, replay_metrics_s, replay_ratio, idle_p99_ms, replay_p99_ms, p99_ratio, …}`; the aims
 * are replay_ratio >= 5 and p99_ratio <= 1.5.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "15" },
    live: { type: "string", default: "3000" },
    ratio: { type: "string", default: "6" },
  },
});
const seconds = Number(values.seconds);
const liveMetricsPerSecond = Number(values.live);
const metricsPerMessage = 50;
const nodeCount = 2;
const probeEveryMs = 40;
const lookEveryMs = 1;

await using database = await createTestDatabase();
const mqttPort = await freePort();
const url = `mqtt://127.0.0.1:${mqttPort}`;
const live = load(liveMetricsPerSecond, 2 * seconds + 5, false);
const replay = load(liveMetricsPerSecond * Number(values.ratio), seconds, true);
const [probeNode = { groupId: "", edgeNodeId: "", token: "" }] = newNodes(database, 1);
await registerNodes(database, live);
await registerNodes(database, replay);
await registerNodes(database, { ...live, nodes: [probeNode], countMetrics: 0, stateMetrics: 0 });
await using ingest = ingestOn(database, mqttPort, { LOG_LEVEL: "warn" });
await ingest.start();
await using client = await connect(database);
const publishers: ChildProcess[] = [];
try {
  await using probe = await TestEdgeNode.connect({
    url,
    ...probeNode,
    metrics: { probe: DataType.Double },
  });
  await probe.birth();
  publishers.push(await startPublisher(live));
  publishers.push(await startPublisher(replay));
  publishers[0]?.send("go");
  const idle = await measure(probe, 1_000_000);

  const started = performance.now();
  publishers[1]?.send("go");
  const [busy, replaySeconds] = await Promise.all([
    measure(probe, 2_000_000),
    everythingStored(database, replay, ingest).then(() => (performance.now() - started) / 1000),
  ]);
  const replayed = nodeCount * replay.messagesPerNode * metricsPerMessage;
  const replayMetricsPerSecond = Math.round(replayed / replaySeconds);
  console.log(
    JSON.stringify({
      live_metrics_s: liveMetricsPerSecond,
      replay_metrics_s: replayMetricsPerSecond,
      replay_ratio: rounded(replayMetricsPerSecond / liveMetricsPerSecond),
      idle_p50_ms: rounded(quantile(idle, 0.5)),
      idle_p99_ms: rounded(quantile(idle, 0.99)),
      replay_p50_ms: rounded(quantile(busy, 0.5)),
      replay_p99_ms: rounded(quantile(busy, 0.99)),
      p99_ratio: rounded(quantile(busy, 0.99) / quantile(idle, 0.99)),
      probes: idle.length + busy.length,
    }),
  );
} finally {
  if (ingest.output !== "") console.error(ingest.output.slice(-2000));
  for (const publisher of publishers) publisher.kill();
}

function load(metricsPerSecond: number, forSeconds: number, isHistorical: boolean) {
  const perSecond = metricsPerSecond / metricsPerMessage / nodeCount;
  return {
    url,
    nodes: newNodes(database, nodeCount),
    messagesPerNode: Math.ceil(perSecond * forSeconds),
    metricsPerMessage,
    countMetrics: 4,
    stateMetrics: 1,
    perSecond,
    isHistorical,
  } satisfies PublisherOptions;
}

/** Publish to commit of one value after the other, ms, as another connection sees it. */
async function measure(probe: TestEdgeNode, first: number): Promise<number[]> {
  const latencies: number[] = [];
  const until = performance.now() + seconds * 1000;
  for (let value = first; performance.now() < until; value += 1) {
    const started = performance.now();
    await probe.data([{ name: "probe", value, time: Date.now() }]);
    await eventuallyLive(client, value);
    latencies.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, probeEveryMs));
  }
  return latencies;
}

async function eventuallyLive(reader: pg.Client, value: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    const { rows } = await reader.query(
      `select from telemetry.last_value join telemetry.metric using (metric_id)
        where edge_node_id = $1 and name = 'probe' and value = $2`,
      [probeNode.edgeNodeId, value],
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new Error(`value ${value} was not stored within 30 s`);
}

function rounded(number: number): number {
  return Number(number.toFixed(2));
}
