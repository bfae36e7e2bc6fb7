import { mkdtempSync, rmSync } from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { DowntimeReport, DowntimeStop, OeeReport } from "@millwright/contracts/api";
import { standardDowntimeReasons } from "@millwright/contracts/states";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";

import { uuidV7 } from "../../platform/ids.ts";
import { anotherApp, makeLine } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { production } from "../production/index.ts";
import { archiveMachineTime } from "./archive/archive-days.ts";
import { openDuckDb, parquetRelation, quoted } from "./archive/duckdb.ts";
import { Failures } from "./archive/failures.ts";

const { database, plant } = await plantOfFile();
const folder = mkdtempSync(join(tmpdir(), "mw-downtime-"));
const app = anotherApp(plant.core, { archiveDir: folder });
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function ask(path: string): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${database.apiKey}` };
  const answer = await app.api.request(`/api/analytics/${path}`, { headers });
  return { status: answer.status, body: await answer.json() };
}

type Stops = { rows: DowntimeStop[]; downMs: number; stops: number };
const downtime = async (query: string) => (await ask(`downtime?${query}`)).body as DowntimeReport;
const stops = async (query: string) => (await ask(`downtime/stops?${query}`)).body as Stops;
const oee = async (query: string) => (await ask(`oee?${query}`)).body as OeeReport;

const [breakdown, electrical, tool, jam] = standardDowntimeReasons;
const hourMs = 3_600_000;
// Each is a child process, which takes seconds on a busy machine.
const manyReportsMs = 240_000;

function inTenant(work: ReturnType<typeof sql>) {
  return plant.worker.db.inTenant(plant.tenantId, (tx) => work.execute(tx.over()));
}

/**
 * A saw of two shifts and a mill without a calendar over six production days long ago. Stops come with a
 * code (two that have a meaning, one that has none), without, and some were explained by a person.
 */
async function line() {
  const { machines } = await makeLine(plant, ["saw", "mill"]);
  const [saw = "", mill = ""] = machines.map(({ workUnitId }) => workUnitId);
  await plant.post("/api/calendars", {
    name: "Two shifts",
    timeZone: "UTC",
    weekdays: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
      weekday,
      shifts: [
        shift("Early", "06:00", "14:00", [{ start: "10:00", end: "10:30" }]),
        shift("Late", "14:00", "22:00"),
      ],
    })),
    workCenterIds: [machines[0]?.workCenterId],
  });
  await inTenant(sql`update identity.site set time_zone = 'UTC', day_start = '06:00'`);
  const began = sql`timestamptz '2024-05-01 03:00Z' + n * interval '97 minutes'`;
  await inTenant(sql`
    insert into production.state_point (tenant_id, work_unit_id, source_time, state)
    select ${plant.tenantId}, unit, ${began},
           (array['producing', 'idle', 'down', 'producing', 'down'])[1 + n % 5]
      from unnest(${[saw, mill]}::uuid[]) unit, generate_series(0, 95) n`);
  // The first word comes after the stop, another one later, and it is taken back with the next state.
  await inTenant(sql`
    insert into production.reason_point (tenant_id, work_unit_id, source_time, code)
    select ${plant.tenantId}, unit, ${began} + said.after, said.code
      from unnest(${[saw, mill]}::uuid[]) unit, generate_series(0, 94) n,
           lateral (values (interval '2 seconds', (array['E-1', 'E-2', 'X-9', ''])[1 + n % 4]),
                           (interval '50 minutes', 'door'),
                           (interval '97 minutes', '')) said (after, code)
     where n % 5 in (2, 4)`);
  // One of them lies over the midnight that the archive will end at, and is the operator's.
  await inTenant(sql`
    insert into production.given_reason
      (tenant_id, work_unit_id, started_at, ended_at, reason_id, note, given_by, given_time)
    select ${plant.tenantId}, unit, ${began}, ${began} + interval '97 minutes', ${tool.reasonId},
           'n ' || n, 'Ada', ${began} + interval '1 hour'
      from unnest(${[saw, mill]}::uuid[]) unit, generate_series(0, 94) n
     where n % 5 in (2, 4) and n % 3 = 0`);
  await setCode("E-1", null, electrical.reasonId);
  await setCode("E-2", mill, jam.reasonId);
  return { saw, mill };
}

function shift(name: string, start: string, end: string, breaks: object[] = []) {
  return { name, start, end, breaks };
}

async function setCode(code: string, workUnitId: string | null, reasonId: string | null) {
  const asked = { code, workUnitId, reasonId };
  const answer = await plant.call("PUT", "/api/machine-reason-codes", asked);
  expect(answer).toMatchObject({ status: 200 });
}

const range = "from=2024-05-01&to=2024-05-06";
const twoDays = "from=2024-05-02&to=2024-05-03";
const days = ["from=2024-05-02&to=2024-05-02", "from=2024-05-03&to=2024-05-03"] as const;

test(
  "downtime by reason adds up to OEE's, and is the same whatever place its days are in",
  { timeout: manyReportsMs },
  async () => {
    const { saw, mill } = await line();
    const before = await downtime(range);
    const report = await oee(`${range}&by=machine`);
    // By reason and by machine: exactly what OEE loses to downtime, in as many stops.
    expect(before.byMachine).toEqual(report.downtimes);
    for (const part of [before.byReason, before.byMachine]) {
      expect(sumOf(part)).toEqual({ downMs: before.downMs, stops: before.stops });
    }
    expect(before.downMs).toBe(report.total.oee.stateMs.down);
    const keys = before.byReason.map(({ key }) => key);
    expect(new Set(keys)).toEqual(
      new Set([
        tool.reasonId,
        electrical.reasonId,
        jam.reasonId,
        "code:E-2",
        "code:X-9",
        "code:door",
      ]),
    );
    expect(before.byReason.find(({ key }) => key === "code:X-9")).toMatchObject({
      reason: null,
      machineCode: "X-9",
    });
    expect(before.byReason.find(({ key }) => key === jam.reasonId)?.reason).toMatchObject({
      code: "JAM",
      category: "breakdown",
    });
    const durations = before.byReason.map(({ downMs }) => downMs);
    expect(durations).toEqual(durations.toSorted((a, b) => b - a));

    // Each machine by itself, and day by day: a stop that a day cuts has one reason in both.
    const machines = await Promise.all(
      [saw, mill].map((id) => downtime(`${range}&workUnitId=${id}`)),
    );
    expect(addedUp(machines)).toEqual(addedUp([before]));
    const eachDay = () => Promise.all(days.map((each) => downtime(each)));
    const daysBefore = await eachDay();
    expect(addedUp(daysBefore)).toEqual(addedUp([await downtime(twoDays)]));

    const listed = await stops(`${range}&limit=500`);
    expect(listed.rows.length).toBe(before.stops);
    expect(sumOf(listed.rows.map(({ downMs }) => ({ downMs, stops: 1 })))).toEqual({
      downMs: before.downMs,
      stops: before.stops,
    });

    // The archive ends within the range, and within a stop.
    expect(await archiveMachineTime(await archiver(), plant.tenantId, "2024-05-04")).toBe(3);
    const after = await downtime(range);
    expect(after.archivedDays).toBe(3);
    expect(unplaced(after)).toEqual(unplaced(before));
    expect(await stops(`${range}&limit=500`)).toEqual(listed);
    expect((await eachDay()).map(unplaced)).toEqual(daysBefore.map(unplaced));

    // A code that gets its meaning now explains days that were archived long before.
    await setCode("X-9", null, breakdown.reasonId);
    const explained = await downtime(range);
    const unknown = before.byReason.find(({ key }) => key === "code:X-9");
    expect(explained.byReason.find(({ key }) => key === breakdown.reasonId)).toMatchObject({
      downMs: unknown?.downMs,
      stops: unknown?.stops,
    });
    expect(explained.downMs).toBe(before.downMs);
    // So does what a person says of one of their stops.
    await inTenant(sql`
    update production.given_reason set reason_id = ${jam.reasonId} where started_at < '2024-05-04Z'`);
    const corrected = await downtime(days[0]);
    expect(daysBefore[0]?.byReason.some(({ key }) => key === tool.reasonId)).toBe(true);
    expect(corrected.byReason.some(({ key }) => key === tool.reasonId)).toBe(false);
    expect(corrected.downMs).toBe(daysBefore[0]?.downMs);
  },
);

test(
  "the stops behind a bar, and those nobody explained, come in their order and with all sums",
  { timeout: manyReportsMs },
  async () => {
    const report = await downtime(range);
    const bar = report.byReason.find(({ key }) => key === electrical.reasonId);
    const longest = await stops(`${range}&reason=${electrical.reasonId}&limit=3`);
    expect(longest).toMatchObject({ downMs: bar?.downMs, stops: bar?.stops });
    expect(longest.rows.length).toBe(3);
    expect(longest.rows.every(({ reason }) => reason?.code === "ELECTRICAL")).toBe(true);
    expect(longest.rows[0]).toMatchObject({ machineCode: "E-1", source: "machine", givenBy: null });
    const lengths = longest.rows.map(({ downMs }) => downMs);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));

    const mine = await stops(`${range}&reason=${tool.reasonId}&order=newest`);
    expect(mine.rows[0]).toMatchObject({ source: "person", givenBy: "Ada", version: 1 });
    const begins = mine.rows.map(({ from }) => from);
    expect(begins).toEqual(begins.toSorted().toReversed());

    const missing = await stops(`${range}&reason=missing&limit=500`);
    const unknown = report.byReason.filter(({ reason }) => reason === null);
    expect({ downMs: missing.downMs, stops: missing.stops }).toEqual(sumOf(unknown));
    expect(missing.rows.every(({ reason }) => reason === null)).toBe(true);
  },
);

test(
  "days that were archived before machines gave reasons are read beside those that have them",
  { timeout: manyReportsMs },
  async () => {
    await archiveMachineTime(await archiver(), plant.tenantId, "2024-05-09");
    const before = await downtime(range);
    const home = await plant.worker.db.homeOf(plant.tenantId);
    const { rows } = await home.db.inTenant(plant.tenantId, (tx) =>
      sql<{ path: string }>`
      select file as path from analytics.archive_file
       where dataset = 'machine_time' order by day limit 3`.execute(tx.over()),
    );
    const files = rows.map(({ path }) => join(folder, path));
    expect(files.length).toBe(3);
    for (const file of files) await withoutReasons(file);
    const old = await downtime(range);
    expect({ downMs: old.downMs, stops: old.stops }).toEqual({
      downMs: before.downMs,
      stops: before.stops,
    });
    expect(old.byMachine).toEqual(before.byMachine);
    // What people said is not in the files, so it stays; what machines said of those days was never kept.
    expect(old.byReason.find(({ key }) => key === tool.reasonId)).toEqual(
      before.byReason.find(({ key }) => key === tool.reasonId),
    );
    expect(old.byReason.some(({ key }) => key === "none")).toBe(true);
    expect(old.byReason.some(({ key }) => key === electrical.reasonId)).toBe(true);
    // Nothing but old files; a person corrected what was said of these days.
    const first = await downtime("from=2024-05-02&to=2024-05-02");
    expect(first.byReason.map(({ key }) => key).toSorted()).toEqual(
      [jam.reasonId, "none"].toSorted(),
    );
  },
);

test("a stop that goes on counts until now, and keeps the reason it was given", async () => {
  const { machines } = await makeLine(plant, ["lathe"]);
  const lathe = machines[0]?.workUnitId ?? "";
  // 10:00 on 20 November by the test's clock: down since the evening before.
  await inTenant(sql`
    insert into production.state_point (tenant_id, work_unit_id, source_time, state)
    values (${plant.tenantId}, ${lathe}, '2026-11-19 12:00Z', 'producing'),
           (${plant.tenantId}, ${lathe}, '2026-11-20 04:00Z', 'down')`);
  await plant.post(`/api/work-units/${lathe}/stops/reason`, {
    from: "2026-11-20T04:00:00Z",
    reasonId: breakdown.reasonId,
    version: 0,
  });
  const today = await downtime(`from=2026-11-20&to=2026-11-20&workUnitId=${lathe}`);
  expect(today).toMatchObject({
    downMs: 4 * hourMs,
    byReason: [{ key: breakdown.reasonId, downMs: 4 * hourMs, stops: 1 }],
  });
  const yesterday = await downtime(`from=2026-11-19&to=2026-11-19&workUnitId=${lathe}`);
  expect(yesterday.byReason).toMatchObject([{ key: breakdown.reasonId, downMs: 2 * hourMs }]);
  const { rows } = await stops(`from=2026-11-19&to=2026-11-19&workUnitId=${lathe}`);
  expect(rows).toMatchObject([{ from: "2026-11-20T04:00:00.000Z", to: null, downMs: 2 * hourMs }]);
});

test("refuses days the wrong way round and a machine that is none", async () => {
  const cases = [
    ["downtime?from=2024-05-02&to=2024-05-01", 400, "analytics.range_not_valid"],
    ["downtime/stops?from=2024-01-01&to=2025-06-01", 400, "analytics.range_not_valid"],
    [`downtime?${range}&workUnitId=${crypto.randomUUID()}`, 404, "work_unit.unknown"],
    [`downtime/stops?${range}&order=shortest`, 400, "request.not_valid"],
  ] as const;
  for (const [path, status, code] of cases) {
    expect(await ask(path)).toMatchObject({ status, body: { code } });
  }
});

/** The file as a release before this one wrote it. */
async function withoutReasons(file: string): Promise<void> {
  using opened = await openDuckDb(":memory:");
  await opened.duckdb.run(
    `copy (select * exclude (reason_code) from ${parquetRelation([file])} where reason_code is null)
       to ${quoted(`${file}.old`)} (format parquet, compression zstd)`,
  );
  await rename(`${file}.old`, file);
}

/** Whatever place its days were in, and whenever it was made. */
const unplaced = (report: DowntimeReport): DowntimeReport => ({ ...report, archivedDays: 0 });

const newId = () => uuidV7(new Date());

async function archiver() {
  const home = await plant.worker.db.homeOf(plant.tenantId);
  const signal = AbortSignal.timeout(60_000);
  return { db: home.db, production, folder, newId, signal, failures: new Failures(signal) };
}

function sumOf(parts: readonly { downMs: number; stops: number }[]) {
  return {
    downMs: parts.reduce((sum, { downMs }) => sum + downMs, 0),
    stops: parts.reduce((sum, { stops: count }) => sum + count, 0),
  };
}

/** Downtime by reason of several reports together; a stop over a border is in two of them, so it is not counted. */
function addedUp(reports: readonly DowntimeReport[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { key, downMs } of reports.flatMap(({ byReason }) => byReason)) {
    sums.set(key, (sums.get(key) ?? 0) + downMs);
  }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => a.localeCompare(b)));
}
