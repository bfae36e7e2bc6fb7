import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import pg from "pg";
import { afterAll, expect, test } from "vitest";

import { kindFromEnvironment } from "../database/server.ts";
import { listMigrations, migrate } from "./migrate.ts";
import { firstTenant, seedFirstTenant } from "../seed/first-tenant.ts";
import { createTestDatabase } from "../test/database.ts";
import { sharedServer } from "../test/server.ts";
import { withDatabase, withLogin } from "./roles.ts";

const server = await sharedServer(kindFromEnvironment());
const made: string[] = [];
const secrets = mkdtempSync(join(tmpdir(), "millwright-secrets-"));
afterAll(async () => {
  for (const statement of made.toReversed()) await asAdmin(statement);
  rmSync(secrets, { recursive: true });
});

test("a test database is migrated, seeded and of the kind asked for", async () => {
  await using db = await createTestDatabase();
  expect(db.kind).toBe(kindFromEnvironment() ?? server.kind);
  const { rows } = await query(db.urls.owner, "select name from platform.migration order by id");
  expect(rows.map(({ name }) => name)).toEqual(
    listMigrations().map((path) => basename(path, ".sql")),
  );
});

test("migrating twice changes nothing the second time", async () => {
  const database = newDatabase("migrate_twice");
  const asked = { adminUrl: server.superuserUrl, dataDir: server.dataDir, database };
  const first = await migrate(asked);
  expect(first.applied.length).toBe(listMigrations().length);
  expect(first.timescaleVersion === null).toBe(server.kind === "postgres");
  const second = await migrate(asked);
  expect(second).toEqual({ ...first, applied: [] });
});

test("two migrators at once agree", async () => {
  const database = newDatabase("migrate_race");
  const asked = { adminUrl: server.superuserUrl, dataDir: server.dataDir, database };
  const both = await Promise.all([migrate(asked), migrate(asked)]);
  expect(both.map(({ applied }) => applied.length).toSorted((a, b) => a - b)).toEqual([
    0,
    listMigrations().length,
  ]);
});

test("seeding twice leaves one tenant, and what was renamed stays renamed", async () => {
  await using db = await createTestDatabase();
  await seedFirstTenant(db.urls.owner);
  const inTenant = `begin; select set_config('app.tenant_id', '${firstTenant.tenantId}', true)`;
  await query(db.urls.core, `${inTenant}; update identity.site set name = 'Halle 2'; commit`);
  await seedFirstTenant(db.urls.owner);
  const sites = await query(db.urls.core, `${inTenant}; select name, group_id from identity.site`);
  expect(sites.rows).toEqual([{ name: "Halle 2", group_id: "plant" }]);
});

test("without CREATEROLE one role does everything, and says so", async () => {
  const database = newDatabase("one_role");
  await asAdmin("create role one_role login password 'plain'");
  made.unshift("drop role if exists one_role");
  await asAdmin(`create database ${database} owner one_role`);
  // The roles of this server belong to others: as on a shared server, they are not ours to use.
  const url = withLogin(withDatabase(server.superuserUrl, database), "one_role", "plain");
  const { urls, hasSecondFence } = await migrate({ adminUrl: url, dataDir: secrets });
  expect(hasSecondFence).toBe(false);
  expect(new Set(Object.values(urls))).toEqual(new Set([url]));
  await seedFirstTenant(urls.owner);
  expect((await query(urls.core, "select from identity.site")).rows).toEqual([]);
});

test("roles of another installation are left alone", async () => {
  const asked = { adminUrl: server.superuserUrl, dataDir: secrets, database: "never_made" };
  await expect(migrate(asked)).rejects.toThrow("use a server without another Millwright");
});

test("a server that does not answer is one sentence with the way out", async () => {
  const adminUrl = "postgresql://nobody@127.0.0.1:1/none";
  await expect(migrate({ adminUrl, dataDir: secrets })).rejects.toThrow(/check DATABASE_URL/);
});

function newDatabase(name: string): string {
  made.push(`drop database if exists ${name} with (force)`);
  return name;
}

async function asAdmin(sql: string): Promise<void> {
  await query(server.superuserUrl, sql);
}

async function query(url: string, sql: string): Promise<{ rows: Record<string, unknown>[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    // Several statements give several results; the last one is the answer.
    return Array.isArray(result) ? result.at(-1) : result;
  } finally {
    await client.end();
  }
}
