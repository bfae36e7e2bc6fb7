import { DataType } from "@millwright/contracts/sparkplug";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../deploy/test/database.ts";
import { startOtlpReceiver } from "../../../deploy/test/otlp-receiver.ts";
import { eventually, freePort, ingestOn } from "../../../deploy/test/plant.ts";
import { TestEdgeNode } from "../broker/test-edge-node.ts";
import { TestCell } from "../store/test-cell.ts";
import { createMetrics } from "./metrics.ts";

const open = new AsyncDisposableStack();
let database: TestDatabase;
let cell: TestCell;

beforeAll(async () => {
  database = open.use(await createTestDatabase());
  cell = open.use(await TestCell.open(database));
});
afterAll(() => open.disposeAsync());

test("a message is one trace with its transaction and its event, and a figure", async () => {
  await using receiver = await startOtlpReceiver();
  const gateway = await cell.gateway();
  const workUnitId = await cell.workUnit(gateway, { "count.good": "count" });
  const [port, metricsPort] = [await freePort(), await freePort()];
  await using ingest = ingestOn(database, port, {
    INGEST_METRICS_PORT: String(metricsPort),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
  });
  await ingest.start();
  const url = `mqtt://127.0.0.1:${port}`;
  await using node = await TestEdgeNode.connect({
    url,
    metrics: { count: DataType.UInt32 },
    ...gateway,
  });
  await node.birth();
  const now = Date.now();
  await node.data([{ name: "count", value: 100, time: now }]);
  await node.data([{ name: "count", value: 107, time: now + 1000 }]);

  const event = await eventually("the count is told", async () => {
    const [row] = await cell.query<{ trace: string | null }>(
      "select trace from platform.event where stream = $1 and type = 'machine.count_observed'",
      [`work_unit:${workUnitId}`],
    );
    return row ?? null;
  });
  const traceId = event.trace?.split("-")[1];
  const spans = await eventually("its spans arrive", async () => {
    const found = receiver.spans.filter((span) => span.traceId === traceId);
    return found.length > 1 ? found : null;
  });
  expect(spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["mqtt batch", "sql select platform.emit"]),
  );

  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(text).toMatch(/^millwright_ingest_events_total [1-9]/m);
  expect(text).toMatch(/^millwright_ingest_nodes_online 1$/m);
  expect(text).toMatch(/^millwright_ingest_write_lag_seconds [\d.e-]+$/m);
  expect((await fetch(`http://127.0.0.1:${metricsPort}/`)).status).toBe(404);

  const [status] = await cell.query<{ settings: { name: string; value: string }[] }>(
    "select detail -> 'settings' as settings from telemetry.ingest_status",
  );
  const told = new Map(status?.settings.map(({ name, value }) => [name, value]));
  expect(told.get("MQTT_PORT")).toBe(String(port));
  expect(told.get("DATABASE_URL")).toMatch(/^postgresql:\/\/mw_ingest:•••@/);
});

test("every total of the pipeline has a counter and every figure says what it is", async () => {
  const registry = createMetrics({
    totals: () => {
      throw new Error("nobody asks yet");
    },
    queueDepth: () => 0,
    lagMs: () => 0,
    nodesOnline: () => 0,
    rebirthsAsked: () => 0,
    refusals: () => new Map(),
  });
  const ours = registry.getMetricsAsArray().filter(({ name }) => name.startsWith("millwright_"));
  expect(ours.length).toBeGreaterThanOrEqual(18);
  expect(ours.filter(({ help }) => help.length < 10)).toEqual([]);
});
