import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

import {
  counted,
  makeLine,
  openTestPlant,
  releaseOrder,
  type TestPlant,
} from "../../core/src/testing/plant.ts";
import { birth, readings } from "../../core/src/testing/telemetry.ts";
import { kindFromEnvironment } from "../database/server.ts";
import { listMigrations, migrate } from "../migrate/migrate.ts";
import { roleUrls, withDatabase } from "../migrate/roles.ts";
import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { sharedServer, type TestServer } from "../test/server.ts";
import { readManifest } from "./archive.ts";
import { backup } from "./backup.ts";
import { restore } from "./restore.ts";
import { verify } from "./verify.ts";

let database: TestDatabase;
let server: TestServer;
let plant: TestPlant;
let folder: string;
let adminUrl: string;
let itemId: string;
let workUnitId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mw-backup-"));
  database = await createTestDatabase();
  server = await sharedServer(kindFromEnvironment());
  adminUrl = withDatabase(server.superuserUrl, new URL(database.urls.owner).pathname.slice(1));
  plant = await openTestPlant(database);
  const { machines, item } = await makeLine(plant, ["saw"]);
  itemId = item.itemId;
  workUnitId = machines[0]?.workUnitId ?? "";
  const [metricId = ""] = await birth(database, [{ deviceId: "saw", name: "level", datatype: 10 }]);
  await readings(database, metricId, [
    ["2026-09-01T10:00:00Z", 1.5, 192],
    ["2026-11-20T10:00:00Z", null, 0],
  ]);
  await releaseOrder(plant, itemId, 50);
});
afterAll(async () => {
  await plant?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test("a backup beside active writers restores to a plant that verifies, here and on the other server", async () => {
  const over = new AbortController();
  let rounds = 0;
  const writing = (async () => {
    while (!over.signal.aborted) {
      await releaseOrder(plant, itemId, 3);
      await plant.emit([
        counted(plant.tenantId, { workUnitId, delta: 2, at: plant.now() + rounds }),
      ]);
      await plant.settle();
      rounds += 1;
    }
  })();
  const { path, manifest } = await backupDuring(() => rounds);
  over.abort();
  await writing;
  expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);

  const there = await restoreTo(server, path);
  const found = await verify({ ...there, manifest });
  expect(found.findings).toEqual([]);
  expect(found.workOrders).toBeGreaterThan(0);
  expect(await readingsOf(there.adminUrl)).toEqual(await readingsOf(adminUrl));

  // From TimescaleDB to plain PostgreSQL, or back.
  const other = await sharedServer(server.kind === "postgres" ? "timescale" : "postgres");
  expect(other.kind).not.toBe(server.kind);
  const elsewhere = await restoreTo(other, path);
  expect((await verify({ ...elsewhere, manifest })).findings).toEqual([]);
  expect(await readingsOf(elsewhere.adminUrl)).toEqual(await readingsOf(adminUrl));
  // Old rows lie in partitions of their time, not in the one for strays.
  expect(await strays(elsewhere.adminUrl)).toBe("0");
  // Numbers go on where they were: a new key does not collide.
  await birthAgain(elsewhere.adminUrl);
});

test("a flipped byte is found, by the name of the table, before anything is touched", async () => {
  const path = join(folder, "flipped.mw");
  await backup({ adminUrl, path, secretsOf: null });
  const { tables } = await readManifest(path);
  const event = tables.find(({ name }) => name === "platform.event");
  const bytes = readFileSync(path);
  const at = (event?.offset ?? 0) + Math.floor((event?.bytes ?? 0) / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  const broken = join(folder, "broken.mw");
  writeFileSync(broken, bytes);
  const before = await databases(server);
  await expect(restoreTo(server, broken)).rejects.toThrow(
    "broken.mw is damaged: the table platform.event is not what was written",
  );
  // Wherever else it is flipped, it is found too.
  for (const place of [3, bytes.length - 5, bytes.length - 200]) {
    const copy = readFileSync(path);
    copy[place] = (copy[place] ?? 0) ^ 1;
    writeFileSync(broken, copy);
    await expect(restoreTo(server, broken)).rejects.toThrow("broken.mw is damaged");
  }
  writeFileSync(broken, readFileSync(path).subarray(0, bytes.length - 40));
  await expect(restoreTo(server, broken)).rejects.toThrow("it was cut off");
  expect(await databases(server)).toEqual(before);
});

test("a database with tenants is refused, unless it may be put aside; and never beside its plant", async () => {
  const path = join(folder, "again.mw");
  const { manifest } = await backup({ adminUrl, path, secretsOf: null });
  const there = await restoreTo(server, path);
  const asked = { adminUrl: server.superuserUrl, dataDir: server.dataDir, path };
  await expect(restore({ ...asked, ...there, replace: false })).rejects.toThrow("is not empty");
  const { keptAs } = await restore({ ...asked, ...there, replace: true });
  onTestFinished(() => drop(server, keptAs ?? ""));
  expect((await verify({ ...there, manifest })).findings).toEqual([]);
  expect(await databases(server)).toContain(keptAs);

  const client = new pg.Client({ connectionString: there.coreUrl });
  await client.connect();
  await expect(restore({ ...asked, ...there, replace: true })).rejects.toThrow("stop the plant");
  await client.end();
});

test("a difference is found: an order that is not its events, a balance, a missing row", async () => {
  const path = join(folder, "verify.mw");
  const { manifest } = await backup({ adminUrl, path, secretsOf: null });
  const there = await restoreTo(server, path);
  const client = new pg.Client({ connectionString: there.adminUrl });
  await client.connect();
  await client.query(
    "update production.work_order set quantity = quantity + 1 where work_order_id = (select min(work_order_id::text)::uuid from production.work_order)",
  );
  await client.query("delete from telemetry.sample where value is null");
  await client.end();
  const { findings } = await verify({ ...there, manifest });
  expect(findings).toHaveLength(2);
  expect(findings.join()).toMatch(
    /telemetry.sample has 1 rows, the archive 2.*work order .* events say/s,
  );
});

test("an archive of an older schema is restored and then brought to ours", async () => {
  const older = `restored_older_${randomBytes(4).toString("hex")}`;
  onTestFinished(() => drop(server, older));
  const names = listMigrations().map((path) => basename(path, ".sql"));
  const { superuserUrl, dataDir } = server;
  await migrate({ adminUrl: superuserUrl, dataDir, database: older, only: names.slice(0, -1) });
  const path = join(folder, "older.mw");
  const olderUrl = withDatabase(superuserUrl, older);
  const { manifest } = await backup({ adminUrl: olderUrl, path, secretsOf: null });
  expect(manifest.migrations).toHaveLength(names.length - 1);
  const there = await restoreTo(server, path);
  const rows = await ask(there.adminUrl, "select name from platform.migration order by id");
  expect(rows.map((row) => row["name"])).toEqual(names);
});

test("an archive of a newer schema is refused by name", async () => {
  const path = join(folder, "newer.mw");
  await backup({ adminUrl, path, secretsOf: null });
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(
    "insert into platform.migration (name, run_on) values ('29990101000000000_of_the_future', now())",
  );
  const newer = join(folder, "future.mw");
  await backup({ adminUrl, path: newer, secretsOf: null });
  await client.query("delete from platform.migration where name like '2999%'");
  await client.end();
  await expect(restoreTo(server, newer)).rejects.toThrow(
    "does not know (29990101000000000_of_the_future)",
  );
});

test("no room: the sentence says so and nothing is kept; a file that exists stays", async () => {
  const script = `
    import { backup } from "./deploy/mw/backup.ts";
    await backup({ adminUrl: process.env.URL, path: process.env.FILE, secretsOf: null })
      .then(() => console.log("done"), (error) => console.log(error.name, error.message));`;
  const path = join(folder, "full.mw");
  // 8 blocks of 512 bytes: the file system's answer is EFBIG, which is ENOSPC for one file.
  const said = execFileSync(
    "/bin/sh",
    ["-c", `ulimit -f 8; exec "$NODE" --input-type=module -e "$SCRIPT"`],
    {
      env: { ...process.env, NODE: process.execPath, SCRIPT: script, URL: adminUrl, FILE: path },
      encoding: "utf8",
      cwd: join(import.meta.dirname, "../.."),
    },
  );
  expect(said).toContain("StartRefusal There is not enough room for the backup in");
  expect(readdirSync(folder).filter((name) => name.includes("full.mw"))).toEqual([]);

  writeFileSync(path, "mine");
  await expect(backup({ adminUrl, path, secretsOf: null })).rejects.toThrow("exists already");
  expect(readFileSync(path, "utf8")).toBe("mine");
});

test("secrets go with it only when asked, and never replace those of the server", async () => {
  const path = join(folder, "secrets.mw");
  await backup({ adminUrl, path, secretsOf: server.dataDir });
  expect((await readManifest(path)).secrets).not.toBeNull();
  const before = readFileSync(join(server.dataDir, "secrets", "mw_core"), "utf8");
  await restoreTo(server, path);
  expect(readFileSync(join(server.dataDir, "secrets", "mw_core"), "utf8")).toBe(before);
});

/** A small database is saved quickly: tried until something was committed meanwhile. */
async function backupDuring(rounds: () => number) {
  for (let n = 0; n < 50; n += 1) {
    const before = rounds();
    const path = join(folder, `busy-${n}.mw`);
    const { manifest } = await backup({ adminUrl, path, secretsOf: null });
    if (rounds() > before && before > 0) return { path, manifest };
  }
  throw new Error("nothing was written during a backup");
}

async function restoreTo(to: TestServer, path: string) {
  const name = `restored_${randomBytes(5).toString("hex")}`;
  const { superuserUrl, dataDir } = to;
  onTestFinished(() => drop(to, name));
  await restore({ adminUrl: superuserUrl, database: name, dataDir, path, replace: false });
  const url = withDatabase(superuserUrl, name);
  return { adminUrl: url, coreUrl: roleUrls(url, dataDir).core, database: name };
}

async function drop(from: TestServer, name: string): Promise<void> {
  await ask(from.superuserUrl, `drop database if exists "${name}" with (force)`);
}

async function databases(of: TestServer): Promise<unknown[]> {
  const rows = await ask(
    of.superuserUrl,
    "select datname from pg_database where datname ~ '^restored' order by 1",
  );
  return rows.map((row) => row["datname"]);
}

function readingsOf(url: string): Promise<unknown[]> {
  return ask(url, "select * from telemetry.sample order by source_time");
}

async function strays(url: string): Promise<unknown> {
  const [there] = await ask(
    url,
    "select to_regclass('telemetry.sample_beyond') is not null as is_native",
  );
  if (there?.["is_native"] !== true) return "0";
  const [row] = await ask(url, "select count(*)::text as n from telemetry.sample_beyond");
  return row?.["n"];
}

async function birthAgain(url: string): Promise<void> {
  await ask(
    url,
    `insert into telemetry.metric (tenant_id, group_id, edge_node_id, device_id, name, datatype)
     values (gen_random_uuid(), 'g', 'after', null, 'restore', 9)`,
  );
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
