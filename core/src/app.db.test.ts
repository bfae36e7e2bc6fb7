import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { liveMessageSchema, type LiveMessage } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { until } from "../../deploy/test/until.ts";
import { serveDashboards } from "./platform/http/dashboards.ts";
import { anotherApp, counted, makeLine, releaseOrder, wentTo } from "./testing/plant.ts";
import { birth, newValue } from "./testing/telemetry.ts";
import { plantOfFile } from "./testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();

test("health names every part, and which database it is", async () => {
  const health = await plant.get<{
    components: Record<string, { status: string; detail: string }>;
  }>("/api/health");
  // A company's own database is a part as well.
  const parts = Object.keys(health.components).filter((name) => !name.startsWith("database "));
  expect(parts).toEqual(["database", "timescale", "ingest", "subscriptions", "jobs"]);
  expect(health.components["timescale"]?.detail).toMatch(
    database.kind === "timescale" ? /^\d+\./ : /not installed/,
  );
});

test("the API describes itself in OpenAPI 3.1, and for people without a network", async () => {
  const api = await plant.get<{ openapi: string; paths: Record<string, object> }>(
    "/api/openapi.json",
  );
  expect(api.openapi).toBe("3.1.0");
  expect(Object.keys(api.paths)).toEqual(
    expect.arrayContaining(["/api/plant", "/api/work-orders/{workOrderId}/{command}"]),
  );
  const docs = await (await plant.app.api.request("/api/docs")).text();
  expect(docs).toContain("POST /api/work-orders");
  expect(docs).toContain("<code>work_order.unknown</code><td>There is no such work order.");
  expect(docs).not.toMatch(/src=|https?:\/\/(?!json-schema)/);
});

test("metrics are in Prometheus text, headers keep browsers strict", async () => {
  const answer = await plant.app.api.request("/metrics", { headers: asAdministrator() });
  expect(await answer.text()).toContain("millwright_http_request_duration_seconds");
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'self'");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
});

test("problems are problem+json: unknown routes, unreadable and oversized bodies", async () => {
  const lost = await plant.app.api.request("/api/nowhere");
  expect(lost.headers.get("content-type")).toBe("application/problem+json");
  expect(await lost.json()).toMatchObject({ status: 404, code: "route.unknown" });
  const post = (body: string) =>
    plant.app.api.request("/api/items", {
      method: "POST",
      headers: {
        ...asAdministrator(),
        "content-type": "application/json",
        "content-length": String(body.length),
      },
      body,
    });
  expect((await post("{ not json")).status).toBe(400);
  expect((await post("x".repeat(2_000_000))).status).toBe(413);
});

test("pages of the dashboards are served, their paths fall back to the app, assets do not", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dashboards-"));
  await writeFile(join(folder, "index.html"), "<title>Millwright</title>");
  await writeFile(join(folder, "app.js"), "1");
  await using app = anotherApp(plant.core, { pages: serveDashboards(folder) });
  const get = async (path: string) => {
    const answer = await app.api.request(path);
    return [answer.status, (await answer.text()).slice(0, 17)];
  };
  expect(await get("/")).toEqual([200, "<title>Millwright"]);
  expect(await get("/work-orders/WO-000001")).toEqual([200, "<title>Millwright"]);
  expect(await get("/app.js")).toEqual([200, "1"]);
  expect((await get("/missing.js"))[0]).toBe(404);
  expect((await get("/..%2f..%2fetc%2fpasswd.txt"))[0]).toBe(404);
  await rm(folder, { recursive: true });
});

test("the live stream tells of values, tiles and orders as they change", async () => {
  const { machines, item } = await makeLine(plant, ["saw"]);
  const workUnitId = machines[0]?.workUnitId ?? "";
  const [metricId = ""] = await birth(database, [{ deviceId: "saw", name: "speed", datatype: 9 }]);
  await plant.post("/api/bindings", {
    edgeNodeId: "g",
    deviceId: "saw",
    metricName: "speed",
    role: "process",
    workUnitId,
  });
  await plant.app.start();
  const response = await plant.app.api.request("/api/live", {
    headers: asAdministrator(),
  });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  const heard: LiveMessage[] = [];
  const reading = readMessages(response.body, heard);
  const order = await releaseOrder(plant, item.itemId, 10);
  const time = "2026-11-20T10:00:01Z";
  await newValue(database, { metricId, workUnitId, value: 7.5, time });
  await plant.emit([
    wentTo(plant.tenantId, { workUnitId, state: "producing", at: plant.now() - 500 }),
    counted(plant.tenantId, { workUnitId, delta: 3, at: plant.now() }),
  ]);
  await plant.settle();
  await until("everything is heard", () => {
    const kinds = heard.filter(
      (message) =>
        (message.kind === "values" && message.values[0]?.value === 7.5) ||
        (message.kind === "tile" &&
          message.tile.state === "producing" &&
          message.tile.current?.good === "3") ||
        (message.kind === "work_order" &&
          message.workOrder.workOrderId === order.workOrderId &&
          message.workOrder.good === "3"),
    );
    return new Set(kinds.map(({ kind }) => kind)).size === 3;
  });
  await plant.app[Symbol.asyncDispose]();
  await reading;
});

function asAdministrator() {
  return { authorization: `Bearer ${database.apiKey}` };
}

async function readMessages(
  stream: ReadableStream<Uint8Array> | null,
  heard: LiveMessage[],
): Promise<void> {
  let text = "";
  for await (const chunk of stream?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) heard.push(liveMessageSchema.parse(JSON.parse(data)));
    }
  }
}
