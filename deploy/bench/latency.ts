import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { OpcUaMachines } from "../demo-plant/servers/opcua-server.ts";
import { ModbusCounter } from "../test/modbus-counter.ts";
import { eventually, startPlant } from "../test/plant.ts";
import { apiClient } from "../test/api.ts";
import { readLive } from "../test/sse.ts";

/**
 * bench:latency: a register changes → an SSE client of core has the value, over Modbus (polled every
 * 100 ms) and OPC UA (published every 100 ms), while another gateway streams 1,000 metrics/s.
 * Prints `{p50_ms, p99_ms, …}` over both; the physical floor is the poll: 0-100 ms, 50 on average.
 */
const { values } = parseArgs({ options: { changes: { type: "string", default: "300" } } });
const changes = Number(values.changes);
const backgroundMetrics = 100;
const backgroundHz = 10;

await using plant = await startPlant();
await using plc = await ModbusCounter.start();
let opcuaValue = 0;
// Its variables are refreshed every 100 ms, as a PLC's are by its scan: part of what is measured.
await using opcua = await OpcUaMachines.listen({
  port: 0,
  pkiDir: join(plant.folder, "pki"),
  folders: [
    { name: "bench", values: [{ node: "bench.value", type: "uint32", read: () => opcuaValue }] },
  ],
});
await using background = await ModbusCounter.start({ registers: 1000 });
const api = apiClient(plant.coreUrl, plant.database.apiKey);
const { workUnitId } = await api.post<{ workUnitId: string }>("/api/work-centers", {
  areaName: "Bench",
  name: "Bench",
});
await startAgents();

let backgroundValue = 0;
const ticking = setInterval(() => {
  backgroundValue += 1;
  for (let i = 0; i < backgroundMetrics; i += 1) background.setUInt32(i * 2, backgroundValue + i);
}, 1000 / backgroundHz);

/** Value → when its SSE message came. */
const arrived = new Map<number, number>();
await using live = readLive(plant, (message) => {
  if (message.kind !== "values") return;
  const now = performance.now();
  for (const { value } of message.values) {
    if (typeof value === "number" && !arrived.has(value)) arrived.set(value, now);
  }
});
await live.opened;

const modbusMs = await measure(1_000_000, (value) => plc.setUInt32(0, value));
const opcuaMs = await measure(2_000_000, (value) => {
  opcuaValue = value;
});
clearInterval(ticking);
const all = [...modbusMs, ...opcuaMs];
console.log(
  JSON.stringify({
    p50_ms: quantile(all, 0.5),
    p99_ms: quantile(all, 0.99),
    modbus: { p50_ms: quantile(modbusMs, 0.5), p99_ms: quantile(modbusMs, 0.99) },
    opcua: { p50_ms: quantile(opcuaMs, 0.5), p99_ms: quantile(opcuaMs, 0.99) },
    background_metrics_s: backgroundMetrics * backgroundHz,
    changes: all.length,
  }),
);

async function measure(firstValue: number, set: (value: number) => void): Promise<number[]> {
  const latencies: number[] = [];
  for (let i = 0; i < changes; i += 1) {
    const value = firstValue + i;
    const started = performance.now();
    set(value);
    const at = await eventually(
      `value ${value} in the live stream`,
      async () => arrived.get(value) ?? null,
    );
    latencies.push(at - started);
    // Spread over the poll and the 250 ms window, so that no phase is favoured.
    await pause(50 + ((i * 37) % 260));
  }
  return latencies;
}

async function startAgents(): Promise<void> {
  const broker = `broker:\n  url: mqtt://127.0.0.1:${plant.mqttPort}\n  token: `;
  const measured = await api.post<{ groupId: string; token: string }>("/api/edge-nodes", {
    edgeNodeId: "measured",
  });
  const streaming = await api.post<{ groupId: string; token: string }>("/api/edge-nodes", {
    edgeNodeId: "streaming",
  });
  for (const deviceId of ["plc", "cnc"]) {
    await api.post("/api/bindings", {
      edgeNodeId: "measured",
      deviceId,
      metricName: "value",
      role: "process",
      workUnitId,
    });
  }
  const first = await plant.agent(
    "measured",
    `edgeNode: measured
group: ${measured.groupId}
${broker}${measured.token}
devices:
  - id: plc
    driver: modbus-tcp
    host: 127.0.0.1
    port: ${plc.port}
    pollMs: 100
    metrics: [{ name: value, register: "holding:0", type: uint32 }]
  - id: cnc
    driver: opc-ua
    endpoint: ${opcua.endpoint}
    publishMs: 100
    metrics: [{ name: value, node: "ns=1;s=bench.value" }]
`,
  );
  const metrics = Array.from(
    { length: backgroundMetrics },
    (_, i) => `      - { name: m${i}, register: "holding:${i * 2}", type: uint32 }`,
  );
  const second = await plant.agent(
    "streaming",
    `edgeNode: streaming
group: ${streaming.groupId}
${broker}${streaming.token}
devices:
  - id: plc
    driver: modbus-tcp
    host: 127.0.0.1
    port: ${background.port}
    pollMs: 100
    metrics:
${metrics.join("\n")}
`,
  );
  await Promise.all([first.start(), second.start()]);
  await eventually("both devices are seen", async () => {
    const { rows } = await api.get<{ rows: unknown[] }>("/api/metrics?limit=200");
    return rows.length >= backgroundMetrics + 2 ? true : null;
  });
}

function quantile(numbers: number[], q: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return Math.round(
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN,
  );
}
