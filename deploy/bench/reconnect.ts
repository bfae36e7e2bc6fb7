import { parseArgs } from "node:util";

import { DataType } from "@millwright/contracts/sparkplug";

import { TestEdgeNode } from "../../ingest/src/broker/test-edge-node.ts";
import { createTestDatabase } from "../test/database.ts";
import { eventually, freePort, ingestOn } from "../test/plant.ts";
import { connect, newNodes, registerNodes } from "./load.ts";
import type { PublisherOptions } from "./publisher.ts";

/**
 * bench:reconnect: ingest was away and `--nodes` edge nodes knock at once, each with its births. Prints
 * `{nodes, metrics, full_live_model_ms, rebirths_asked}`: the time from the first connect until every
 * value of every birth is committed as live, and how often ingest asked for a birth (none is right).
 */
const { values } = parseArgs({
  options: {
    nodes: { type: "string", default: "500" },
    metrics: { type: "string", default: "20" },
  },
});
const nodeCount = Number(values.nodes);
const metricCount = Number(values.metrics);
const lookEveryMs = 100;

await using database = await createTestDatabase();
const mqttPort = await freePort();
const url = `mqtt://127.0.0.1:${mqttPort}`;
const nodes = newNodes(database, nodeCount);
const known: PublisherOptions = {
  url,
  nodes,
  messagesPerNode: 1,
  metricsPerMessage: metricCount,
  countMetrics: 1,
  stateMetrics: 1,
};
await registerNodes(database, known);
const names = Array.from({ length: metricCount }, (_, index) => `process/${index}`);
const metrics = Object.fromEntries(names.map((name) => [name, DataType.Double]));
await using ingest = ingestOn(database, mqttPort, { LOG_LEVEL: "warn" });
await using client = await connect(database);

// The first time their metrics are registered; then ingest dies, and they all come back to the new one.
await comeAll(1);
await ingest.kill();
const report = await comeAll(2);
console.log(JSON.stringify({ nodes: nodeCount, metrics: nodeCount * metricCount, ...report }));

async function comeAll(value: number) {
  await ingest.start();
  const started = performance.now();
  await using connected = new AsyncDisposableStack();
  const born = await Promise.all(
    nodes.map(async (node) => {
      const edge = connected.use(await TestEdgeNode.connect({ url, ...node, metrics }));
      await edge.birth({ values: Object.fromEntries(names.map((name) => [name, value])) });
      return edge;
    }),
  );
  await eventually("every value of every birth is live", () => isEverythingLive(value), 120_000);
  return {
    full_live_model_ms: Math.round(performance.now() - started),
    rebirths_asked: born.reduce((sum, edge) => sum + edge.rebirthsAsked, 0),
  };
}

async function isEverythingLive(value: number): Promise<true | null> {
  await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  const { rows } = await client.query<{ count: string }>(
    `select count(*) as count from telemetry.last_value where value = $1`,
    [value],
  );
  return Number(rows[0]?.count) === nodeCount * metricCount ? true : null;
}
