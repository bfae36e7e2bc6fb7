import type { Metric } from "@millwright/contracts/api";
import { sql } from "kysely";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";

import { problemOf, sendProblem } from "../../platform/http/problem.ts";
import { birth } from "../../testing/telemetry.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();

test("work centers stand in their areas, a manual bench without a machine", async () => {
  const saw = await plant.post<Center>("/api/work-centers", { areaName: "Cutting", name: "Saw" });
  const bench = await plant.post<Center>("/api/work-centers", {
    areaName: "Cutting",
    name: "Bench",
    isManual: true,
  });
  expect(bench.workUnitId).toBeNull();
  const hierarchy = await plant.get<{ areas: object[] }>("/api/equipment");
  expect(hierarchy.areas).toMatchObject([
    {
      name: "Cutting",
      workCenters: [
        { name: "Saw", workUnits: [{ workUnitId: saw.workUnitId, name: "Saw" }] },
        { name: "Bench", workUnits: [] },
      ],
    },
  ]);
});

test("refuses a second work center of one name in an area", async () => {
  const body = { areaName: "Cutting", name: "Shear" };
  await plant.post("/api/work-centers", body);
  const again = await plant.call("POST", "/api/work-centers", body);
  expect(again).toMatchObject({ status: 409, body: { code: "work_center.name_taken" } });
});

test("a gateway's token is shown once and stored as a digest; only renewing ends the old one", async () => {
  const asked = { edgeNodeId: "gateway-1" };
  const first = await plant.post<{ username: string; token: string }>("/api/edge-nodes", asked);
  expect(first.username).toBe(`${database.groupId}/gateway-1`);
  expect(await plant.call("POST", "/api/edge-nodes", asked)).toMatchObject({
    status: 409,
    body: { code: "edge_node.exists" },
  });
  const renewed = { ...asked, renew: true };
  const second = await plant.post<{ token: string }>("/api/edge-nodes", renewed);
  expect(second.token).not.toBe(first.token);
  const stored = await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ is_second: boolean }>`
      select token_sha256 = sha256(convert_to(${second.token}, 'UTF8')) as is_second
        from equipment.edge_node
       where edge_node_id = 'gateway-1'`.execute(tx.over());
    return rows;
  });
  expect(stored).toEqual([{ is_second: true }]);
  expect(await plant.get("/api/edge-nodes")).toEqual({
    rows: [{ groupId: database.groupId, edgeNodeId: "gateway-1", isOnline: false, since: null }],
  });
});

test.each(["Sh\u0000ear", "Sh\near", "  "])(
  "refuses the name %j, which no screen can show",
  async (name) => {
    const answer = await plant.call("POST", "/api/work-centers", { areaName: "Cutting", name });
    expect(answer).toMatchObject({ status: 400, body: { code: "request.not_valid" } });
  },
);

test("a mistake of the caller keeps its status", async () => {
  const { status } = await plant.app.api.request("/api/work-centers", {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "Shear",
  });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  const unsupported = problemOf(new HTTPException(415), plant.core.log);
  const app = new Hono().get("/", (c) => sendProblem(c, unsupported));
  expect((await app.request("/")).status).toBe(415);
});

test("refuses an edge node id that no topic can carry", async () => {
  const answer = await plant.call("POST", "/api/edge-nodes", { edgeNodeId: "a/b" });
  expect(answer).toMatchObject({ status: 400, body: { code: "request.not_valid" } });
});

test("binding a metric anew ends what it meant before, and tells ingest of both", async () => {
  const { workUnitId } = await plant.post<Center>("/api/work-centers", {
    areaName: "Cutting",
    name: "Bound",
  });
  const asked = {
    edgeNodeId: "g",
    deviceId: "d",
    metricName: "count",
    role: "count.good",
    workUnitId,
  };
  const first = await plant.post<{ bindingId: string }>("/api/bindings", asked);
  plant.setClock("2026-11-20T10:05:00Z");
  const second = await plant.post<{ bindingId: string }>("/api/bindings", asked);
  const rows = await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const bindings = await sql`
      select binding_id, valid_to = 'infinity' as is_current from equipment.binding
       where work_unit_id = ${workUnitId} order by valid_from`.execute(tx.over());
    const events = await sql<{ stream: string }>`
      select stream from platform.event
       where type = 'equipment.binding_changed' order by position`.execute(tx.over());
    return { bindings: bindings.rows, streams: events.rows.map((row) => row.stream) };
  });
  expect(rows.bindings).toEqual([
    { binding_id: first.bindingId, is_current: false },
    { binding_id: second.bindingId, is_current: true },
  ]);
  expect(rows.streams).toEqual(
    [first, first, second].map(({ bindingId }) => `binding:${bindingId}`),
  );
});

test("refuses a binding to a machine that is not there, and a state without a value map", async () => {
  const asked = { edgeNodeId: "g", deviceId: "d", metricName: "state", role: "state" };
  const workUnitId = crypto.randomUUID();
  const lost = await plant.call("POST", "/api/bindings", { ...asked, workUnitId });
  expect(lost).toMatchObject({ status: 404, body: { code: "work_unit.unknown" } });
  const center = await plant.post<Center>("/api/work-centers", {
    areaName: "Cutting",
    name: "Map",
  });
  const mapless = await plant.call("POST", "/api/bindings", {
    ...asked,
    workUnitId: center.workUnitId,
  });
  expect(mapless).toMatchObject({ status: 400, body: { code: "binding.value_map_missing" } });
});

test("lists every metric by address, page by page", async () => {
  await birth(database, [
    { deviceId: "saw", name: "count", datatype: 7, value: 5 },
    { deviceId: "saw", name: "running", datatype: 11, value: 1 },
    { deviceId: "silo", name: "level", datatype: 9, unit: "kg", value: 812.5 },
  ]);
  const first = await plant.get<Page>("/api/metrics?limit=2");
  expect(first.rows.map((metric) => [metric.name, metric.value, metric.isNumeric])).toEqual([
    ["count", 5, true],
    ["running", true, false],
  ]);
  const rest = await plant.get<Page>(`/api/metrics?limit=2&cursor=${first.nextCursor}`);
  expect(rest).toMatchObject({
    rows: [{ name: "level", unit: "kg", value: 812.5, quality: "good" }],
    nextCursor: null,
  });
  const forged = await plant.call("GET", "/api/metrics?cursor=forged");
  expect(forged).toMatchObject({ status: 400, body: { code: "request.cursor_not_valid" } });
});

type Center = { workCenterId: string; workUnitId: string | null };
type Page = { rows: Metric[]; nextCursor: string | null };
