import type { TestDatabase } from "../test/database.ts";
import { freePort, ingestOn } from "../test/plant.ts";
import { everythingStored, newNodes, registerNodes, startPublisher } from "./load.ts";
import type { PublisherOptions } from "./publisher.ts";

export type IngestLoad = Pick<
  PublisherOptions,
  "messagesPerNode" | "metricsPerMessage" | "duplicateEvery"
> & { nodes: number };

/**
 * One run of ingest, end to end: Sparkplug over MQTT, decode, sequence check, watermark, last values,
 * counters and states with their events, durable commit. Metrics a second, duplicates not counted.
 */
export async function ingestMetricsPerSecond(db: TestDatabase, load: IngestLoad): Promise<number> {
  const mqttPort = await freePort();
  const options: PublisherOptions = {
    ...load,
    url: `mqtt://127.0.0.1:${mqttPort}`,
    nodes: newNodes(db, load.nodes),
    countMetrics: 4,
    stateMetrics: 1,
  };
  await registerNodes(db, options);
  await using ingest = ingestOn(db, mqttPort, { LOG_LEVEL: "warn" });
  await ingest.start();
  const publisher = await startPublisher(options);
  try {
    const started = performance.now();
    publisher.send("go");
    await everythingStored(db, options, ingest);
    const seconds = (performance.now() - started) / 1000;
    publisher.send("end");
    return Math.round((load.nodes * load.messagesPerNode * load.metricsPerMessage) / seconds);
  } finally {
    if (ingest.output !== "") console.error(ingest.output.slice(-2000));
    publisher.kill();
  }
}
