import { parseArgs } from "node:util";

import { createTestDatabase } from "../test/database.ts";
import { ingestMetricsPerSecond } from "./ingest-run.ts";
import { median } from "./load.ts";
import { rawCopyRowsPerSecond } from "./raw-copy.ts";

/**
 * bench:ingest: raw binary COPY rows/s beside end-to-end metrics/s (`ingestMetricsPerSecond`), on one
 * table in one run. Prints `{raw_copy_rows_s, ingest_metrics_s, ratio, …}`:
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
  ingested.push(
    await ingestMetricsPerSecond(database, {
      nodes: nodeCount,
      messagesPerNode,
      metricsPerMessage,
      duplicateEvery: Number(values.duplicateEvery),
    }),
  );
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
