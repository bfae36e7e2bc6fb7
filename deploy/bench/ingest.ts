import { parseArgs } from "node:util";

import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { freePort, PlantProcess } from "../test/plant.ts";
import { everythingStored, median, newNodes, registerNodes, startPublisher } from "./load.ts";
import type { PublisherOptions } from "./publisher.ts";
import { rawCopyRowsPerSecond } from "./raw-copy.ts";

/**
 * bench:ingest: raw binary COPY rows/s beside end-to-end metrics/s, on one table in one run.
 * End to end is: Sparkplug over MQTT, decode, sequence check, watermark, last values, counters and
 * states with their events, durable commit. Prints `{raw_copy_rows_s, ingest_metrics_s, ratio, …}`:
 * medians of `--runs` alternating runs, since the machine is noisy.
 */
const { values } = parseArgs({
  options: {
    nodes: { type: "string", default: "4" },
    messages: { type: "string", default: "5000" },
    runs: { type: "string", default: "3" },
    batch: { type: "string", default: "10000" },
    /** Every so many records an earlier one comes again: 10 is 10 % duplicates. */
    duplicateEvery: { type: "string", default: "0" },
  },
});
const nodeCount = Number(values.nodes);
const messagesPerNode = Number(values.messages);
const metricsPerMessage = 50;

await using database = await createTestDatabase();
const raw: number[] = [];
const ingested: number[] = [];
for (let run = 0; run < Number(values.runs); run += 1) {
  raw.push(
    await rawCopyRowsPerSecond(database, {
      rows: nodeCount * messagesPerNode * metricsPerMessage,
      batchRows: Number(values.batch),
    }),
  );
  ingested.push(await ingestMetricsPerSecond(database));
  console.error(`run ${run + 1}: raw ${raw.at(-1)} rows/s, ingest ${ingested.at(-1)} metrics/s`);
}
const ratios = ingested.map((value, run) => value / (raw[run] ?? Number.NaN));
console.log(
  JSON.stringify({
    raw_copy_rows_s: median(raw),
    ingest_metrics_s: median(ingested),
    ratio: Number(median(ratios).toFixed(3)),
    runs: ratios.length,
    server: database.kind,
    nodes: nodeCount,
    metrics: nodeCount * messagesPerNode * metricsPerMessage,
    duplicates: Number(values.duplicateEvery) === 0 ? 0 : 1 / Number(values.duplicateEvery),
  }),
);

async function ingestMetricsPerSecond(db: TestDatabase): Promise<number> {
  const mqttPort = await freePort();
  const options: PublisherOptions = {
    url: `mqtt://127.0.0.1:${mqttPort}`,
    nodes: newNodes(db, nodeCount),
    messagesPerNode,
    metricsPerMessage,
    countMetrics: 4,
    stateMetrics: 1,
    duplicateEvery: Number(values.duplicateEvery),
  };
  await registerNodes(db, options);
  await using ingest = new PlantProcess("ingest", ["ingest/src/main.ts"], {
    DATABASE_URL: db.urls.ingest,
    HOST: "127.0.0.1",
    MQTT_PORT: String(mqttPort),
    LOG_LEVEL: "warn",
  });
  await ingest.start();
  const publisher = await startPublisher(options);
  try {
    const started = performance.now();
    publisher.send("go");
    await everythingStored(db, options, ingest);
    const seconds = (performance.now() - started) / 1000;
    publisher.send("end");
    return Math.round((nodeCount * messagesPerNode * metricsPerMessage) / seconds);
  } finally {
    if (ingest.output !== "") console.error(ingest.output.slice(-2000));
    publisher.kill();
  }
}
