import type { HistoryEvent, Machine, Plant, Trend } from "@millwright/contracts/api";
import { newEvent } from "../../platform/events/new-event.ts";
import { iso8601Schema, workUnitIdSchema } from "@millwright/contracts/units";
import { beforeAll, expect, test } from "vitest";

import { counted, makeLine, releaseOrder, wentTo } from "../../testing/plant.ts";
import { birth, forgetRaw, readings } from "../../testing/telemetry.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();
let machine: { workCenterId: string; workUnitId: string };
const day = Date.parse("2026-11-20T06:00:00Z");
const min = 60_000;

beforeAll(async () => {
  // A day that starts at 06:00 UTC whatever the zone of the machine this runs on.
  await plant.core.db.inTenant(plant.tenantId, (tx) =>
    tx
      .over<{ "identity.site": { time_zone: string } }>()
      .updateTable("identity.site")
      .set({ time_zone: "UTC" })
      .execute(),
  );
});

test("a tile shows state, order, pieces and OEE of the production day so far", async () => {
  const { machines, item } = await makeLine(plant, ["mill"]);
  machine = machines[0] ?? machine;
  const { workUnitId } = machine;
  const order = await releaseOrder(plant, item.itemId, 500_000);
  const observe = (minute: number, state: "producing" | "idle" | "down") =>
    wentTo(plant.tenantId, { workUnitId, state, at: day + minute * min });
  await plant.emit([
    wentTo(plant.tenantId, { workUnitId, state: "producing", at: day - 30 * min }),
    observe(180, "down"),
    observe(200, "producing"),
    observe(230, "idle"),
    counted(plant.tenantId, { workUnitId, delta: 9500, at: plant.now() - 1000 }),
    counted(plant.tenantId, { workUnitId, role: "count.scrap", delta: 500, at: plant.now() - 500 }),
  ]);
  await plant.settle();
  const { tiles, productionDay } = await plant.get<Plant>("/api/plant");
  expect(productionDay).toEqual({ from: iso(day), to: iso(day + 24 * 60 * min) });
  const tile = tiles.find((candidate) => candidate.workUnitId === workUnitId);
  expect(tile).toMatchObject({
    workCenterName: "mill",
    state: "idle",
    stateSince: iso(day + 230 * min),
    current: { workOrderNumber: order.number, step: 10, uom: "pc", good: "9500", scrap: "500" },
    todayGood: "9500",
    todayScrap: "500",
  });
  // 240 min so far: 210 producing, 20 down, 10 idle; 10,000 pieces at 1 s planned.
  expect(tile?.oee?.stateMs).toEqual({ producing: 210 * min, down: 20 * min, idle: 10 * min });
  expect(tile?.oee?.oee?.low).toBeCloseTo((210 / 240) * (10_000 / 12_600) * 0.95, 10);
});

test("a tile's OEE is of its shift: what ran before it is told apart", async () => {
  const { machines, item } = await makeLine(plant, ["weld"]);
  const workUnitId = machines[0]?.workUnitId ?? "";
  await releaseOrder(plant, item.itemId, 500_000);
  await plant.post("/api/calendars", {
    name: "One shift",
    timeZone: "UTC",
    weekdays: [
      {
        weekday: 5,
        shifts: [
          { name: "Day", start: "08:00", end: "16:00", breaks: [{ start: "09:30", end: "09:45" }] },
        ],
      },
    ],
    workCenterIds: [machines[0]?.workCenterId],
  });
  const observe = (minute: number, state: "producing" | "idle" | "down") =>
    wentTo(plant.tenantId, { workUnitId, state, at: day + minute * min });
  await plant.emit([
    observe(-30, "producing"),
    observe(60, "down"),
    observe(90, "producing"),
    observe(180, "idle"),
    counted(plant.tenantId, { workUnitId, delta: 100, at: day + 100 * min }),
    counted(plant.tenantId, { workUnitId, delta: 600, at: plant.now() - 1000 }),
  ]);
  await plant.settle();
  const { tiles } = await plant.get<Plant>("/api/plant");
  const tile = tiles.find((candidate) => candidate.workUnitId === workUnitId);
  // From 08:00 to 10:00 less the break: 60 min producing, 45 idle. Before it 60 and 30 more.
  expect(tile).toMatchObject({
    todayGood: "700",
    oee: {
      stateMs: { producing: 60 * min, idle: 45 * min },
      plannedBusyMs: 105 * min,
      unplanned: { runningMs: 90 * min, good: "100", scrap: "0" },
    },
  });
  expect(tile?.oee?.stateMs).not.toHaveProperty("down");
  expect(tile?.oee?.oee?.low).toBeCloseTo((60 / 105) * (600 / 3600), 10);
});

test("a machine that went down says so in its history, with the time it was down", async () => {
  const { rows } = await plant.get<{ rows: HistoryEvent[] }>(
    `/api/work-units/${machine.workUnitId}/events`,
  );
  const downtimes = rows.filter(({ type }) => type.startsWith("downtime."));
  expect(downtimes.map(({ type, payload }) => [type, payload["sourceTo"] ?? null])).toEqual([
    ["downtime.closed", iso(day + 200 * min)],
    ["downtime.opened", null],
  ]);
  expect(rows.some(({ type }) => type === "machine.count_observed")).toBe(false);
});

test("states of a window are gapless, and open at the end of what is known", async () => {
  const { intervals } = await plant.get<{ intervals: object[] }>(
    states(machine.workUnitId, day - 60 * min, day + 600 * min),
  );
  expect(intervals).toEqual([
    { state: "no_data", from: iso(day - 60 * min), to: iso(day - 30 * min) },
    { state: "producing", from: iso(day - 30 * min), to: iso(day + 180 * min) },
    { state: "down", from: iso(day + 180 * min), to: iso(day + 200 * min) },
    { state: "producing", from: iso(day + 200 * min), to: iso(day + 230 * min) },
    { state: "idle", from: iso(day + 230 * min), to: null },
  ]);
});

test("backfilled history replaces its window and nothing else", async () => {
  const { machines } = await makeLine(plant, ["deburr"]);
  const workUnitId = workUnitIdSchema.parse(machines[0]?.workUnitId);
  const observe = (minute: number, state: "producing" | "no_data") =>
    wentTo(plant.tenantId, { workUnitId, state, at: day + minute * min });
  await plant.emit([
    observe(0, "producing"),
    observe(10, "no_data"),
    observe(40, "producing"),
    newEvent("machine.state_backfilled@1", {
      tenantId: plant.tenantId,
      stream: `work_unit:${workUnitId}`,
      streamVersion: null,
      actor: { kind: "machine", id: "test" },
      payload: {
        workUnitId,
        from: instant(day + 10 * min),
        to: instant(day + 30 * min),
        points: [
          { state: "producing", sourceTime: instant(day + 10 * min) },
          { state: "down", sourceTime: instant(day + 20 * min) },
        ],
      },
    }),
  ]);
  await plant.settle();
  const { intervals } = await plant.get<{ intervals: { state: string; from: string }[] }>(
    states(workUnitId, day, day + 50 * min),
  );
  expect(intervals.map(({ state, from }) => [state, (Date.parse(from) - day) / min])).toEqual([
    ["producing", 0],
    ["down", 20],
    ["no_data", 30],
    ["producing", 40],
  ]);
});

test("a machine page has its bound metrics, a silo tile its level", async () => {
  const silo = await plant.post<{ workUnitId: string }>("/api/work-centers", {
    areaName: "Store",
    name: "Silo",
  });
  await birth(database, [{ deviceId: "silo", name: "level", datatype: 9, value: 812.5 }]);
  await plant.post("/api/bindings", {
    edgeNodeId: "g",
    deviceId: "silo",
    metricName: "level",
    role: "level",
    unit: "kg",
    workUnitId: silo.workUnitId,
  });
  const shown = await plant.get<Machine>(`/api/work-units/${silo.workUnitId}`);
  expect(shown.metrics).toMatchObject([{ name: "level", unit: "kg", role: "level", value: 812.5 }]);
  expect(shown.tile).toMatchObject({
    state: "no_data",
    oee: { oee: null },
    dataTime: "2026-11-20T10:00:00.000Z",
    gauges: [{ name: "level", value: 812.5, unit: "kg" }],
  });
});

test("a trend holds a value between reports, and has holes where it was bad", async () => {
  const [metricId = ""] = await birth(database, [{ deviceId: "mill", name: "temp", datatype: 10 }]);
  await readings(database, metricId, [
    ["2026-11-20T08:59:00Z", 10, 192],
    ["2026-11-20T09:00:20Z", 20, 192],
    ["2026-11-20T09:00:25Z", 30, 192],
    ["2026-11-20T09:00:50Z", null, 0],
    ["2026-11-20T09:01:10Z", 40, 192],
  ]);
  const query = `from=2026-11-20T09:00:00Z&to=2026-11-20T09:01:40Z&points=10&metrics=${metricId}`;
  const { series } = await plant.get<{ series: Trend[] }>(
    `/api/work-units/${machine.workUnitId}/trends?${query}`,
  );
  expect(series).toMatchObject([
    { metricId, name: "temp", values: [10, 10, 25, 30, 30, null, null, 40, 40, 40] },
  ]);
});

test("a long trend is read from roll-ups, never more than a point beyond those asked for", async () => {
  const [metricId = ""] = await birth(database, [
    { deviceId: "m", name: "pressure", datatype: 10 },
  ]);
  const from = Date.parse("2026-11-01T00:00:30Z");
  // A reading a minute for a day: the average of an hour is that of its 60 readings.
  const samples = Array.from({ length: 1440 }, (_, minute) => {
    return [iso(from + minute * min), minute % 60, 192] as const;
  });
  await readings(database, metricId, samples);
  const { workUnitId } = machine;
  const read = async (to: number, points: number) => {
    const query = `from=${iso(from)}&to=${iso(to)}&points=${points}&metrics=${metricId}`;
    const path = `/api/work-units/${workUnitId}/trends?${query}`;
    const { series } = await plant.get<{ series: Trend[] }>(path);
    return series[0];
  };
  const hour = await read(from + 60 * min, 2000);
  expect(hour).toMatchObject({ resolution: "raw" });
  expect(hour?.times.length).toBeLessThanOrEqual(2001);
  const day = await read(from + 1440 * min, 1440);
  expect(day).toMatchObject({ resolution: "1m" });
  expect(day?.values.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
  const weeks = await read(from + 15 * 1440 * min, 360);
  expect(weeks).toMatchObject({ resolution: "1h" });
  expect(weeks?.values.slice(0, 23)).toEqual(Array.from({ length: 23 }, () => 29.5));
  for (const points of [10, 77, 600, 2000]) {
    for (const days of [0.01, 1, 3, 15]) {
      const trend = await read(from + days * 1440 * min, points);
      expect(trend?.times.length).toBeLessThanOrEqual(points + 1);
    }
  }

  // Where the raw rows are gone even a short range is told by the roll-ups.
  await forgetRaw(database, metricId, iso(from + 1440 * min));
  const late = await read(from + 30 * min, 2000);
  expect(late).toMatchObject({ resolution: "1m" });
  expect(late?.values.slice(0, 3)).toEqual([0, 1, 2]);
});

test("refuses an unknown machine, a window back to front and metric ids that are none", async () => {
  const path = `/api/work-units/${machine.workUnitId}`;
  const window = "from=2026-11-20T09:00:00Z&to=2026-11-20T10:00:00Z";
  const backwards = "from=2026-11-20T10:00:00Z&to=2026-11-20T09:00:00Z";
  const cases = [
    [`/api/work-units/${crypto.randomUUID()}`, 404, "work_unit.unknown"],
    [`/api/work-units/${crypto.randomUUID()}/events`, 404, "work_unit.unknown"],
    [`${path}/states?${backwards}`, 400, "request.window_not_valid"],
    [`${path}/trends?${window}&metrics=drop`, 400, "trends.metrics_not_valid"],
    [`${path}/states`, 400, "request.not_valid"],
  ] as const;
  for (const [url, status, code] of cases) {
    expect(await plant.call("GET", url)).toMatchObject({ status, body: { code } });
  }
});

function states(workUnitId: string, from: number, to: number): string {
  return `/api/work-units/${workUnitId}/states?from=${iso(from)}&to=${iso(to)}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function instant(time: number) {
  return iso8601Schema.parse(iso(time));
}
