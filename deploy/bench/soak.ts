import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { createTestDatabase } from "../test/database.ts";
import { freePort, ingestOn } from "../test/plant.ts";
import { everythingStored, median, newNodes, registerNodes, startPublisher } from "./load.ts";
import type { PublisherOptions } from "./publisher.ts";

/**
 * bench:soak: the memory of ingest under a steady load. Its resident set is read every five seconds;
 * `growth` compares the median of the last fifth with that of the second (the first one warms up), and
 * is about 1 when memory is flat. Everything sent is stored at the end.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    nodes: { type: "string", default: "4" },
    /** Messages a second and node, of 50 metrics each. */
    perSecond: { type: "string", default: "20" },
  },
});
const minutes = Number(values.minutes);
const perSecond = Number(values.perSecond);
const metricsPerMessage = 50;
const sampleEveryMs = 5_000;

await using database = await createTestDatabase();
const mqttPort = await freePort();
const load: PublisherOptions = {
  url: `mqtt://127.0.0.1:${mqttPort}`,
  nodes: newNodes(database, Number(values.nodes)),
  messagesPerNode: Math.round(minutes * 60 * perSecond),
  metricsPerMessage,
  countMetrics: 4,
  stateMetrics: 1,
  perSecond,
};
await registerNodes(database, load);
await using ingest = ingestOn(database, mqttPort, { LOG_LEVEL: "warn" });
await ingest.start();
const publisher = await startPublisher(load);
const samples: number[] = [];
const sampling = setInterval(() => samples.push(residentMb(ingest.pid)), sampleEveryMs);
try {
  const started = performance.now();
  publisher.send("go");
  await everythingStored(database, load, ingest, { deadlineMs: minutes * 60_000 + 300_000 });
  const seconds = (performance.now() - started) / 1000;
  publisher.send("end");
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const before = median(samples.slice(fifth, 2 * fifth));
  const after = median(samples.slice(-fifth));
  const metrics = load.nodes.length * load.messagesPerNode * metricsPerMessage;
  console.log(
    JSON.stringify({
      minutes: Number((seconds / 60).toFixed(1)),
      metrics_s: Math.round(metrics / seconds),
      rss_before_mb: before,
      rss_after_mb: after,
      rss_max_mb: Math.max(...samples),
      growth: Number((after / before).toFixed(3)),
      samples: samples.length,
      server: database.kind,
    }),
  );
} finally {
  clearInterval(sampling);
  if (ingest.output !== "") console.error(ingest.output.slice(-2000));
  publisher.kill();
}

/** Linux: proc(5), VmRSS. */
function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}
