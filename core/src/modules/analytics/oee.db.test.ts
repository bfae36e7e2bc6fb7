import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { OeeReport, OeeRow } from "@millwright/contracts/api";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";

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
  await plant.worker.db.inTenant(plant.tenantId, async (tx) => {
    await sql`update identity.site set time_zone = 'UTC', day_start = '06:00'`.execute(tx.over());
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
  // 2 machines, 6 days of 24 h.
  expect(sumOf(days?.rows ?? []).ms).toBe(2 * 6 * 24 * 3_600_000);
  expect(new Set(shifts?.rows.map(({ shift: name }) => name))).toEqual(
    new Set(["Early", "Late", null]),
  );
  const early = shifts?.rows.find((row) => row.day === "2024-05-02" && row.shift === "Early");
  // The saw alone, 8 hours less the break.
  expect(sumOf([early].flatMap((row) => row ?? [])).ms).toBe(7.5 * 3_600_000);
  expect(machines?.rows.find(({ workUnitId }) => workUnitId === saw)?.workUnitName).toBe("saw");

  const home = await plant.worker.db.homeOf(plant.tenantId);
  const archive = {
    db: home.db,
    production,
    folder,
    newId: () => uuidV7(new Date()),
    signal: AbortSignal.timeout(60_000),
    failures: new Failures(AbortSignal.timeout(60_000)),
  };
  // The boundary lies inside the range, and inside a production day.
  expect(await archiveMachineTime(archive, plant.tenantId, "2024-05-04")).toBe(3);
  const after = await Promise.all(
    ["day", "shift", "machine"].map((by) => report(`${range}&by=${by}`)),
  );
  expect(after[0]?.archivedDays).toBe(3);
  expect(after.map((one) => ({ ...one, archivedDays: 0 }))).toEqual(before);
  // A range that begins between the places, and one that begins after a file and before any row.
  await archiveMachineTime(archive, plant.tenantId, "2024-05-09");
  expect({ ...(await report(`${range}&by=day`)), archivedDays: 0 }).toEqual(before[0]);
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

function sumOf(rows: readonly OeeRow[]) {
  const states = rows.flatMap(({ oee }) => Object.values(oee.stateMs));
  const pieces = (of: "good" | "scrap") => rows.reduce((sum, row) => sum + Number(row[of]), 0);
  return {
    ms: states.reduce((sum, ms) => sum + ms, 0),
    good: pieces("good"),
    scrap: pieces("scrap"),
  };
}
