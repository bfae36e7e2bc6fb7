import { type ChildProcess, fork } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";

import pg from "pg";

import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { freePort, PlantProcess } from "../test/plant.ts";
import { metricName, type PublisherOptions } from "./publisher.ts";
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
  }),
);

async function ingestMetricsPerSecond(db: TestDatabase): Promise<number> {
  const mqttPort = await freePort();
  const options: PublisherOptions = {
    url: `mqtt://127.0.0.1:${mqttPort}`,
    nodes: Array.from({ length: nodeCount }, () => ({
      groupId: db.groupId,
      edgeNodeId: `bench-${randomUUID()}`,
      token: randomBytes(24).toString("base64url"),
    })),
    messagesPerNode,
    metricsPerMessage,
    countMetrics: 4,
    stateMetrics: 1,
  };
  await registerNodes(db, options);
  await using ingest = new PlantProcess("ingest", ["ingest/src/main.ts"], {
    DATABASE_URL: db.urls.ingest,
    HOST: "127.0.0.1",
    MQTT_PORT: String(mqttPort),
    LOG_LEVEL: "warn",
  });
  await ingest.start();
  const publisher = fork(join(import.meta.dirname, "publisher.ts"), [JSON.stringify(options)]);
  try {
    await message(publisher, "ready");
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

/** Resolves when every node's watermark has reached its last offset: committed, not just received. */
async function everythingStored(
  db: TestDatabase,
  options: PublisherOptions,
  ingest: PlantProcess,
): Promise<void> {
  await using client = await connect(db);
  const deadline = Date.now() + 300_000;
  while (Date.now() < deadline) {
    const { rows } = await client.query<{ done: string }>(
      `select count(*) as done from telemetry.watermark
        where edge_node_id = any ($1) and contiguous >= $2`,
      [options.nodes.map((node) => node.edgeNodeId), options.messagesPerNode],
    );
    if (Number(rows[0]?.done) === options.nodes.length) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not everything was stored within 300 s\n${ingest.output}`);
}

async function registerNodes(db: TestDatabase, options: PublisherOptions): Promise<void> {
  await using client = await connect(db);
  await client.query("begin");
  await client.query("select set_config('app.tenant_id', $1, true)", [db.tenantId]);
  const [areaId, centerId] = [randomUUID(), randomUUID()];
  await client.query(
    `insert into equipment.area (area_id, tenant_id, site_id, name) values ($1, $2, $3, $4)`,
    [areaId, db.tenantId, db.siteId, `Bench ${areaId}`],
  );
  await client.query(
    `insert into equipment.work_center (work_center_id, tenant_id, area_id, name)
     values ($1, $2, $3, 'bench')`,
    [centerId, db.tenantId, areaId],
  );
  for (const node of options.nodes) {
    await client.query(
      `insert into equipment.edge_node (group_id, edge_node_id, tenant_id, site_id, token_sha256)
       values ($1, $2, $3, $4, $5)`,
      [
        node.groupId,
        node.edgeNodeId,
        db.tenantId,
        db.siteId,
        createHash("sha256").update(node.token).digest(),
      ],
    );
    for (let index = 0; index < options.countMetrics + options.stateMetrics; index += 1) {
      const workUnitId = randomUUID();
      await client.query(
        `insert into equipment.work_unit (work_unit_id, tenant_id, work_center_id, name)
         values ($1, $2, $3, $4)`,
        [workUnitId, db.tenantId, centerId, `Unit ${workUnitId}`],
      );
      await client.query(
        `insert into equipment.binding
           (binding_id, tenant_id, work_unit_id, group_id, edge_node_id, device_id, metric_name,
            role, value_map, valid_from)
         values (gen_random_uuid(), $1, $2, $3, $4, 'machine', $5, $6, $7, now() - interval '1 day')`,
        [
          db.tenantId,
          workUnitId,
          node.groupId,
          node.edgeNodeId,
          metricName(options, index),
          index < options.countMetrics ? "count.good" : "state",
          { "0": "idle", "1": "producing", "2": "down" },
        ],
      );
    }
  }
  await client.query("commit");
}

async function connect(db: TestDatabase): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: db.urls.owner });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

async function message(child: ChildProcess, type: string): Promise<void> {
  for (;;) {
    const [received]: unknown[] = await once(child, "message", {
      signal: AbortSignal.timeout(120_000),
    });
    if (JSON.stringify(received) === JSON.stringify({ type })) return;
  }
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
