import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DuckDBInstance } from "@duckdb/node-api";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";

import { createTestDatabase } from "../../../../deploy/test/database.ts";
import { uuidV7 } from "../../platform/ids.ts";
import { birth, readings } from "../../testing/telemetry.ts";

const minuteMs = 60_000;

/** A tenant with two metrics over five days that are long gone, and machine time that is older still. */
async function oldPlant() {
  const stack = new AsyncDisposableStack();
  onTestFinished(() => stack.disposeAsync());
  const database = stack.use(await createTestDatabase());
  const folder = mkdtempSync(join(tmpdir(), "mw-archive-"));
  stack.defer(() => rmSync(folder, { recursive: true }));
  const owner = new pg.Client({ connectionString: database.home.owner });
  await owner.connect();
  stack.defer(() => owner.end());
  await owner.query("select set_config('app.tenant_id', $1, false)", [database.tenantId]);
  const [temp = "", text = ""] = await birth(database, [
    { deviceId: "m", name: "temp", datatype: 10 },
    { deviceId: "m", name: "load", datatype: 10 },
  ]);
  // Whole weeks by any server's count: what is dropped is dropped by the chunk.
  const from = Date.parse("2026-09-07T00:00:00Z");
  const samples = Array.from({ length: 400 }, (_, i) => {
    const time = new Date(from + i * 18 * minuteMs).toISOString();
    return [
      time,
      i % 17 === 0 ? null : Math.sin(i) * 10 ** ((i % 9) - 4),
      i % 17 === 0 ? 0 : 192,
    ] as const;
  });
  await readings(database, temp, samples);
  await readings(database, text, samples.slice(0, 50));
  const workUnitId = crypto.randomUUID();
  await owner.query(
    `insert into production.state_point (tenant_id, work_unit_id, source_time, state)
     select $1, $2, timestamptz '2024-05-01 08:00Z' + n * interval '5 hours',
            (array['producing', 'idle', 'down'])[1 + n % 3]
       from generate_series(0, 20) n`,
    [database.tenantId, workUnitId],
  );
  await owner.query(
    `insert into production.count_minute (tenant_id, work_unit_id, minute, good, scrap)
     select $1, $2, timestamptz '2024-05-02 08:00Z' + n * interval '7 minutes', n + 0.125, n % 2
       from generate_series(0, 20) n`,
    [database.tenantId, workUnitId],
  );
  return { database, folder, owner, temp, load: text, from };
}
type Old = Awaited<ReturnType<typeof oldPlant>>;

const inDatabase = `
  select metric_id::text || ' ' || to_char(source_time at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')
         || ' ' || quality as row
    from telemetry.sample`;

async function rowsInDatabase({ owner }: Old): Promise<string[]> {
  return (await owner.query<{ row: string }>(inDatabase)).rows.map(({ row }) => row).sort();
}

/** Rows of the files that the manifest names, and only of those. */
async function rowsInArchive({ owner, folder }: Old): Promise<string[]> {
  const { rows } = await owner.query<{ file: string }>(
    "select file from analytics.archive_file where dataset = 'sample'",
  );
  if (rows.length === 0) return [];
  const instance = await DuckDBInstance.create(":memory:");
  const duckdb = await instance.connect();
  const files = rows.map(({ file }) => `'${join(folder, file)}'`).join(", ");
  const found = await duckdb.runAndReadAll(
    `select metric_id || ' ' || strftime(make_timestamp(epoch_us(source_time)), '%Y-%m-%d %H:%M:%S.%f') || ' ' || quality as row
       from read_parquet([${files}])`,
  );
  duckdb.closeSync();
  instance.closeSync();
  return found
    .getRowObjectsJson()
    .map(({ row }) => JSON.stringify(row).slice(1, -1))
    .sort();
}

/** Runs the night's work; true when it came to its end. */
async function night(old: Old, today = "2026-11-21", dieAt = 0): Promise<{ steps: number } | null> {
  const { database, folder } = old;
  const child = fork(
    new URL("./archive.fixture.ts", import.meta.url),
    [database.home.worker, database.tenantId, folder, today, String(dieAt)],
    { detached: true, execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  let told: { steps: number } | null = null;
  child.on("message", (message) => {
    told = message as { steps: number };
  });
  await once(child, "exit");
  return told;
}

function partsLeft(folder: string): string[] {
  return readdirSync(join(folder, "staging"));
}

test("closed days are in verified files before their chunks go, and nothing is lost or there twice", async () => {
  const old = await oldPlant();
  const before = await rowsInDatabase(old);
  // What a killed process staged goes when nobody can be at work on it any more.
  const [dead, alive] = ["2026-01-01", "2100-01-01"].map(
    (day) => `sample-day=2026-09-07-${uuidV7(new Date(day))}.parquet.duckdb`,
  );
  mkdirSync(join(old.folder, "staging"));
  for (const name of [dead, alive]) writeFileSync(join(old.folder, "staging", name ?? ""), "");
  expect(await night(old)).not.toBeNull();
  expect(await rowsInArchive(old)).toEqual(before);
  expect(await rowsInDatabase(old)).toEqual([]);
  expect(partsLeft(old.folder)).toEqual([alive]);
  const { rows } = await old.owner.query<{ layout: string; sum: string }>(
    `select min(file) as layout, sum(rows)::text as sum
       from analytics.archive_file where dataset = 'sample'`,
  );
  expect(rows[0]?.layout).toContain(`sample/tenant=${old.database.tenantId}/day=2026-09-07/`);
  expect(rows[0]?.sum).toBe("450");
  // The trend still has the roll-ups.
  const rolled = await old.owner.query("select from telemetry.sample_1m");
  expect(rolled.rowCount).toBe(400 + 50);
});

test("late data after the drop goes into the file of its day, beside what is only there", async () => {
  const old = await oldPlant();
  await night(old);
  const before = await rowsInArchive(old);
  await readings(old.database, old.temp, [["2026-09-08T12:34:56Z", 7.25, 192]]);
  const [late = ""] = await rowsInDatabase(old);
  // Twice, with more in between: what came late first is not archived a second time.
  await night(old, "2026-11-22");
  expect(await rowsInArchive(old)).toEqual([...before, late].sort());
  await readings(old.database, old.temp, [["2026-09-08T12:35:56Z", 8.5, 192]]);
  const [later = ""] = await rowsInDatabase(old);
  await night(old, "2026-11-23");
  expect(await rowsInArchive(old)).toEqual([...before, late, later].sort());
  expect(await rowsInDatabase(old)).toEqual([]);
});

test("kill -9 at every step leaves the rows or the verified file, and the next night ends it", async () => {
  const first = await oldPlant();
  const steps = (await night(first))?.steps ?? 0;
  expect(steps).toBeGreaterThan(5 * 5);
  const old = await oldPlant();
  const all = await rowsInDatabase(old);
  // Each step of the first days, some of the rest, and the last one.
  const dieAts = [1, 2, 3, 4, 5, 6, 8, 13, 21, 34];
  for (const dieAt of dieAts) {
    await night(old, "2026-11-21", dieAt);
    const [hot, cold] = [await rowsInDatabase(old), await rowsInArchive(old)];
    expect([...new Set([...hot, ...cold])].sort()).toEqual(all);
    // The manifest names no file twice and no row is in two files.
    expect(new Set(cold).size).toBe(cold.length);
  }
  expect(await night(old)).not.toBeNull();
  expect(await rowsInArchive(old)).toEqual(all);
  expect(await rowsInDatabase(old)).toEqual([]);
}, 120_000);

test("a day that is not archived keeps its chunk, and a file that is gone is made again", async () => {
  const old = await oldPlant();
  const all = await rowsInDatabase(old);
  // Only days before the 10th: their chunk has others.
  await night(old, "2026-09-10");
  expect(await rowsInDatabase(old)).toEqual(all);
  rmSync(join(old.folder, "sample"), { recursive: true });
  expect(await night(old)).not.toBeNull();
  expect(await rowsInArchive(old)).toEqual(all);
});

test("a folder or file that is away for a night costs no reading that is only there", async () => {
  const old = await oldPlant();
  const { owner, folder, database } = old;
  const all = await rowsInDatabase(old);
  await owner.query(
    "insert into analytics.metric_retention (tenant_id, metric_id, raw_days) values ($1, $2, 1)",
    [database.tenantId, old.temp],
  );
  // The readings of one metric leave the first two days, those of the other stay.
  expect(await night(old, "2026-09-10")).not.toBeNull();
  const hot = await rowsInDatabase(old);
  expect(hot.length).toBeLessThan(all.length);
  renameSync(folder, `${folder}-away`);
  mkdirSync(folder);
  expect(await night(old)).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
  renameSync(`${folder}-away`, folder);
  const { rows } = await owner.query<{ file: string }>(
    "select file from analytics.archive_file where dataset = 'sample' and day = '2026-09-07'",
  );
  const file = join(folder, rows[0]?.file ?? "");
  renameSync(file, `${folder}/away`);
  expect(await night(old)).toBeNull();
  const isLoad = (row: string) => row.startsWith(`${old.load} `);
  expect((await rowsInDatabase(old)).filter(isLoad)).toEqual(hot.filter(isLoad));
  renameSync(`${folder}/away`, file);
  expect(await night(old)).not.toBeNull();
  expect(await rowsInArchive(old)).toEqual(all);
  expect(await rowsInDatabase(old)).toEqual([]);
}, 120_000);

test("machine time leaves the database with the last state of each machine left behind", async () => {
  const old = await oldPlant();
  const machineTime = async () =>
    old.owner.query<{ state: string | null; good: string | null }>(
      `select state, good from production.machine_time('2024-04-01', '2024-07-01') order by source_time`,
    );
  expect((await machineTime()).rowCount).toBe(42);
  await night(old);
  expect((await machineTime()).rows).toEqual([{ state: "down", good: null }]);
  const { rows } = await old.owner.query<{ days: string; rows: string }>(
    `select count(*) as days, sum(rows) as rows from analytics.archive_file
      where dataset = 'machine_time' and dropped_time is not null`,
  );
  // 42 rows over five days, and the state four of them begin in; one of these begins with a change.
  expect(rows).toEqual([{ days: "5", rows: "45" }]);
});
