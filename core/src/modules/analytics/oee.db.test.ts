import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { OeeReport, OeeRow } from "@millwright/contracts/api";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, expect, onTestFinished, test } from "vitest";

import { eventually } from "../../../../deploy/test/plant.ts";
import { uuidV7 } from "../../platform/ids.ts";
import { anotherApp, makeLine, releaseOrder } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { production } from "../production/index.ts";
import { archiveMachineTime } from "./archive/archive-days.ts";
import { Failures } from "./archive/failures.ts";

const { database, plant } = await plantOfFile();
const folder = mkdtempSync(join(tmpdir(), "mw-oee-"));
const app = anotherApp(plant.core, { archiveDir: folder });
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function ask(query: string): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${database.apiKey}` };
  const answer = await app.api.request(`/api/analytics/oee?${query}`, { headers });
  return { status: answer.status, body: await answer.json() };
}

const hourMs = 3_600_000;
const report = async (query: string) => (await ask(query)).body as OeeReport;

function shift(name: string, start: string, end: string, breaks: object[] = []) {
  return { name, start, end, breaks };
}

/** Two machines over six production days long ago; the saw works in two shifts, the mill always. */
async function line() {
  const { machines, item } = await makeLine(plant, ["saw", "mill"]);
  const [saw, mill] = machines.map(({ workUnitId }) => workUnitId);
  const order = await releaseOrder(plant, item.itemId, 100_000);
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
  await inZone("UTC");
  await plant.worker.db.inTenant(plant.tenantId, async (tx) => {
    await sql`
      insert into production.state_point (tenant_id, work_unit_id, source_time, state)
      select ${plant.tenantId}, unit,
             timestamptz '2024-05-01 03:00Z' + n * interval '97 minutes',
             (array['producing', 'idle', 'down', 'producing', 'planned_stop'])[1 + n % 5]
        from unnest(${[saw, mill]}::uuid[]) unit, generate_series(0, 80) n`.execute(tx.over());
    await sql`
      insert into production.count_minute
        (tenant_id, work_unit_id, minute, work_order_id, step, good, scrap)
      select ${plant.tenantId}, unit, timestamptz '2024-05-01 06:00Z' + n * interval '11 minutes',
             case when n % 3 > 0 then ${order.workOrderId}::uuid end,
             case when n % 3 > 0 then 10 end, n % 7 + 0.5, n % 2
        from unnest(${[saw, mill]}::uuid[]) unit, generate_series(0, 700) n`.execute(tx.over());
  });
  return { saw, mill };
}

test("OEE is the same before and after its days left the database, by day, shift and machine", async () => {
  const { saw } = await line();
  const range = "from=2024-05-01&to=2024-05-06";
  const before = await Promise.all(
    ["day", "shift", "machine"].map((by) => report(`${range}&by=${by}`)),
  );
  const [days, shifts, machines] = before;
  expect(days?.rows.map(({ day }) => day)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `2024-05-0${n}`));
  // Whatever it is cut by, each moment and each piece is there once.
  for (const rows of [days?.rows, shifts?.rows, machines?.rows, days?.trend]) {
    expect(sumOf(rows ?? [])).toEqual(sumOf([days?.total].flatMap((row) => row ?? [])));
  }
  // 6 days: the mill always, the saw 15.5 h in its shifts.
  expect(sumOf(days?.rows ?? []).ms).toBe(6 * (24 + 15.5) * 3_600_000);
  expect(new Set(shifts?.rows.map(({ shift: name }) => name))).toEqual(
    new Set(["Early", "Late", null]),
  );
  // The mill has no calendar, so its day is planned; the saw outside of its shifts is not.
  const noShift = shifts?.rows.filter((row) => row.day === "2024-05-02" && row.shift === null);
  expect(noShift?.map((row) => [row.isOutsideShifts, sumOf([row]).ms / 3_600_000])).toEqual([
    [false, 24],
    [true, 0],
  ]);
  expect(noShift?.[1]?.oee).toMatchObject({ oee: null, plannedBusyMs: 0 });
  expect(noShift?.[1]?.oee.unplanned.runningMs).toBeGreaterThan(0);
  const early = shifts?.rows.find((row) => row.day === "2024-05-02" && row.shift === "Early");
  // The saw alone, 8 hours less the break.
  expect(sumOf([early].flatMap((row) => row ?? [])).ms).toBe(7.5 * 3_600_000);
  expect(machines?.rows.find(({ workUnitId }) => workUnitId === saw)?.workUnitName).toBe("saw");

  const archive = await archiver();
  // The boundary lies inside the range, and inside a production day.
  expect(await archiveMachineTime(archive, plant.tenantId, "2024-05-04")).toBe(3);
  const after = await Promise.all(
    ["day", "shift", "machine"].map((by) => report(`${range}&by=${by}`)),
  );
  expect(after[0]?.archivedDays).toBe(3);
  expect(after.map(unplaced)).toEqual(before);
  // A range that begins between the places, and one that begins after a file and before any row.
  await archiveMachineTime(archive, plant.tenantId, "2024-05-09");
  expect(unplaced(await report(`${range}&by=day`))).toEqual(before[0]);
});

test("planned time is the calendar's: breaks, a holiday, the change of clocks; overtime is told apart", async () => {
  const { machines, item } = await makeLine(plant, ["weld"]);
  const weld = machines[0]?.workUnitId ?? "";
  const order = await releaseOrder(plant, item.itemId, 100_000);
  const early = shift("Early", "06:00", "14:00", [{ start: "10:00", end: "10:30" }]);
  const shifts = [early, shift("Night", "22:00", "06:00")];
  await plant.post("/api/calendars", {
    name: "Days and nights",
    timeZone: "Europe/Berlin",
    weekdays: [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, shifts })),
    exceptions: [{ day: "2025-03-28", name: "Feast", shifts: [] }],
    workCenterIds: [machines[0]?.workCenterId],
  });
  await inZone("Europe/Berlin");
  onTestFinished(() => inZone("UTC"));
  // It produces always, a piece a minute, but for an hour of a shift and six of the feast.
  await plant.worker.db.inTenant(plant.tenantId, async (tx) => {
    await sql`
      insert into production.state_point (tenant_id, work_unit_id, source_time, state)
      values (${plant.tenantId}, ${weld}, '2025-03-27 00:00+01', 'producing'),
             (${plant.tenantId}, ${weld}, '2025-03-27 08:00+01', 'down'),
             (${plant.tenantId}, ${weld}, '2025-03-27 09:00+01', 'producing'),
             (${plant.tenantId}, ${weld}, '2025-03-28 10:00+01', 'down'),
             (${plant.tenantId}, ${weld}, '2025-03-28 16:00+01', 'producing')`.execute(tx.over());
    await sql`
      insert into production.count_minute
        (tenant_id, work_unit_id, minute, work_order_id, step, good, scrap)
      select ${plant.tenantId}, ${weld}, minute, ${order.workOrderId}, 10, 1, 0
        from generate_series(timestamptz '2025-03-27 06:00+01', '2025-03-31 05:59+02',
                             interval '1 minute') minute
       where minute not between '2025-03-27 08:00+01' and '2025-03-27 08:59+01'
         and minute not between '2025-03-28 10:00+01' and '2025-03-28 15:59+01'`.execute(tx.over());
  });
  const range = "from=2025-03-27&to=2025-03-30";
  const asked = () =>
    Promise.all(["day", "shift", "machine"].map((by) => report(`${range}&by=${by}`)));
  const before = await asked();
  const [days, byShift, byMachine] = before.map(({ rows }) => rows);
  const own = byMachine?.find(({ workUnitId }) => workUnitId === weld);

  // By hand: Thursday 7.5 h and a night of 8; no night begins on the feast; Saturday's night has 7.
  const hours = [15.5, 0, 14.5, 0];
  const running = [8.5, 18, 8.5, 24];
  const eachDay = await Promise.all(
    [27, 28, 29, 30].map((day) => report(`from=2025-03-${day}&to=2025-03-${day}&by=machine`)),
  );
  const ownDays = eachDay.map(
    ({ rows }) => rows.find(({ workUnitId }) => workUnitId === weld)?.oee,
  );
  expect(ownDays.map((oee) => (oee?.plannedBusyMs ?? NaN) / hourMs)).toEqual(hours);
  expect(ownDays.map((oee) => (oee?.unplanned.runningMs ?? NaN) / hourMs)).toEqual(running);
  // On the feast nothing was planned, so its six hours are no downtime, and there is no ratio.
  expect(ownDays[1]).toMatchObject({ availability: null, oee: null, stateMs: {} });
  expect(eachDay[1]?.downtimes.some(({ workUnitId }) => workUnitId === weld)).toBe(false);
  const ran = sum(running) * 60;
  expect(own).toMatchObject({
    good: String((sum(hours) - 1) * 60 + ran),
    oee: {
      plannedBusyMs: sum(hours) * hourMs,
      stateMs: { producing: (sum(hours) - 1) * hourMs, down: hourMs },
      unplanned: { runningMs: sum(running) * hourMs, good: String(ran), scrap: "0" },
    },
  });
  // 29 of 30 h; a piece a minute where one a second is planned; none is scrap.
  expect(own?.oee.availability?.low).toBeCloseTo(29 / 30, 12);
  expect(own?.oee.oee?.low).toBeCloseTo(29 / 30 / 60, 12);
  expect(before[2]?.downtimes.find(({ workUnitId }) => workUnitId === weld)).toMatchObject({
    downMs: hourMs,
    stops: 1,
  });
  // Each shift by itself, and together what the days and the machines say.
  const nights = byShift?.filter((row) => row.shift === "Night" && row.oee.plannedBusyMs > 0);
  expect(nights?.map(({ day, oee }) => [day, oee.plannedBusyMs / hourMs])).toEqual([
    ["2025-03-27", 8],
    ["2025-03-29", 7],
  ]);
  for (const rows of [days, byShift]) expect(sumOf(rows ?? [])).toEqual(sumOf(byMachine ?? []));
  // The archive ends in the middle of the range.
  await archiveMachineTime(await archiver(), plant.tenantId, "2025-03-29");
  expect((await asked()).map(unplaced)).toEqual(before.map(unplaced));
});

test("a day that is archived while a report is made is in it once", async () => {
  const { machines } = await makeLine(plant, ["lathe"]);
  const lathe = machines[0]?.workUnitId ?? "";
  const owner = new pg.Client({ connectionString: database.home.owner });
  await owner.connect();
  onTestFinished(() => owner.end());
  await owner.query("select set_config('app.tenant_id', $1, false)", [plant.tenantId]);
  await owner.query(
    `insert into production.state_point (tenant_id, work_unit_id, source_time, state)
     select $1, $2, timestamptz '2025-07-01 00:00Z' + n * interval '1 hour',
            (array['producing', 'idle', 'down'])[1 + n % 3]
       from generate_series(0, 71) n`,
    [plant.tenantId, lathe],
  );
  await owner.query(
    `insert into production.count_minute (tenant_id, work_unit_id, minute, good, scrap)
     select $1, $2, timestamptz '2025-07-01 00:00Z' + n * interval '1 minute', 1, 0
       from generate_series(0, 72 * 60 - 1) n`,
    [plant.tenantId, lathe],
  );
  const range = "from=2025-07-01&to=2025-07-02&by=day";
  const before = unplaced(await report(range));
  expect(before.total.good).toBe(String(2 * 24 * 60));
  // What the night does in its one transaction, and back again, so that it can be done at a moment we choose.
  await owner.query(`
    create temp table kept_state as select * from production.state_point where ${ofDay("source_time")};
    create temp table kept_count as select * from production.count_minute where ${ofDay("minute")}`);
  await archiveMachineTime(await archiver(), plant.tenantId, "2025-07-02");
  expect(unplaced(await report(range))).toEqual(before);
  await owner.query(`
    create temp table kept_file as select * from analytics.archive_file where day = '2025-07-01'`);
  for (const held of ["analytics.archive_file", "production.count_minute"]) {
    await owner.query(`
      insert into production.state_point select * from kept_state on conflict do nothing;
      insert into production.count_minute select * from kept_count;
      delete from analytics.archive_file where day = '2025-07-01'`);
    await owner.query(`begin; lock table ${held} in access exclusive mode`);
    const answer = report(range);
    await eventually("the report waits", async () => {
      const { rowCount } = await owner.query(
        "select from pg_locks where not granted and relation = $1::regclass",
        [held],
      );
      return rowCount === 0 ? null : true;
    });
    await owner.query(`
      insert into analytics.archive_file select * from kept_file;
      delete from production.count_minute where ${ofDay("minute")};
      delete from production.state_point
       where ${ofDay("source_time")} and source_time < '2025-07-01 23:00Z';
      commit`);
    expect(unplaced(await answer)).toEqual(before);
  }
});

test("OEE of a day is what hand and formula say", async () => {
  const { machines } = await makeLine(plant, ["press"]);
  const press = machines[0]?.workUnitId ?? "";
  await plant.worker.db.inTenant(plant.tenantId, (tx) =>
    sql`
      insert into production.state_point (tenant_id, work_unit_id, source_time, state)
      values (${plant.tenantId}, ${press}, '2025-03-03 06:00Z', 'producing'),
             (${plant.tenantId}, ${press}, '2025-03-03 18:00Z', 'down'),
             (${plant.tenantId}, ${press}, '2025-03-03 20:00Z', 'producing'),
             (${plant.tenantId}, ${press}, '2025-03-04 00:00Z', 'planned_stop')`.execute(tx.over()),
  );
  const { rows, downtimes } = await report("from=2025-03-03&to=2025-03-03&by=machine");
  const row = rows.find(({ workUnitId }) => workUnitId === press);
  // 24 h less 6 h planned stop; producing 16 h of 18 h.
  expect(row?.oee.availability?.low).toBeCloseTo(16 / 18, 12);
  expect(row?.oee.quality).toBeNull();
  expect(downtimes.find(({ workUnitId }) => workUnitId === press)).toEqual({
    workUnitId: press,
    workUnitName: "press",
    downMs: 2 * 3_600_000,
    stops: 1,
  });
});

test("refuses days the wrong way round, and more of them than a year", async () => {
  for (const range of ["from=2024-05-02&to=2024-05-01", "from=2024-01-01&to=2025-06-01"]) {
    expect(await ask(range)).toMatchObject({
      status: 400,
      body: { code: "analytics.range_not_valid" },
    });
  }
});

/** Whatever place its days were in. */
const unplaced = (one: OeeReport): OeeReport => ({ ...one, archivedDays: 0 });
const newId = () => uuidV7(new Date());

async function archiver() {
  const home = await plant.worker.db.homeOf(plant.tenantId);
  const signal = AbortSignal.timeout(60_000);
  return { db: home.db, production, folder, newId, signal, failures: new Failures(signal) };
}

const ofDay = (time: string) => `${time} >= '2025-07-01 00:00Z' and ${time} < '2025-07-02 00:00Z'`;

async function inZone(zone: string): Promise<void> {
  await plant.worker.db.inTenant(plant.tenantId, (tx) =>
    sql`update identity.site set time_zone = ${zone}, day_start = '06:00'`.execute(tx.over()),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function sumOf(rows: readonly OeeRow[]) {
  const oees = rows.map(({ oee }) => oee);
  return {
    ms: sum(oees.flatMap(({ stateMs }) => Object.values(stateMs))),
    busyMs: sum(oees.map(({ plannedBusyMs }) => plannedBusyMs)),
    runningMs: sum(oees.map(({ unplanned }) => unplanned.runningMs)),
    good: sum(rows.map(({ good }) => Number(good))),
    scrap: sum(rows.map(({ scrap }) => Number(scrap))),
    unplannedGood: sum(oees.map(({ unplanned }) => Number(unplanned.good))),
    unplannedScrap: sum(oees.map(({ unplanned }) => Number(unplanned.scrap))),
  };
}
