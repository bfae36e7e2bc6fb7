import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import pg from "pg";

import { jobQueueVersion } from "../../core/src/platform/jobs/backends/version.ts";
import { applyGrants } from "./apply-grants.ts";
import { type RoleUrls, ensureRoles, withDatabase } from "./roles.ts";
import { StartRefusal, messageOf } from "../refusal.ts";

/** Name of our database on the private server. */
export const DATABASE_NAME = "millwright";

export type MigrateOptions = {
  /** A login that may create roles, or at least owns its database (then there is one role only). */
  readonly adminUrl: string;
  /** Where the secrets of the roles are kept. */
  readonly dataDir: string;
  /** Made when missing, owned by mw_owner; absent = the database of `adminUrl`. */
  readonly database?: string;
  /** Names of the migrations to stop at, for a database of an older backup; absent = all. */
  readonly only?: readonly string[];
};

export type Migrated = {
  readonly urls: RoleUrls;
  /** False when one role does everything (no CREATEROLE): row security is then the only fence. */
  readonly hasSecondFence: boolean;
  /** Version of TimescaleDB, or null: the telemetry tables are then native range partitions. */
  readonly timescaleVersion: string | null;
  /** Names of the migrations this call ran, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
};

const repository = join(import.meta.dirname, "../..");
// Any number, the same in every migrator: one at a time makes roles and grants in a cluster.
const MIGRATOR_LOCK = "4711, 2";

/**
 * Brings a database to the schema of this source tree: roles, extension, migrations, grants.
 * Safe to run at any time and by several at once; with nothing to do it takes milliseconds.
 * @throws StartRefusal when the server cannot be reached or refuses.
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const { adminUrl, dataDir, database } = options;
  const migrations = listMigrations().filter(
    (path) => options.only?.includes(basename(path, ".sql")) ?? true,
  );
  const cluster = await connect(adminUrl);
  try {
    await cluster.query(`select pg_advisory_lock(${MIGRATOR_LOCK})`);
    const url = database === undefined ? adminUrl : withDatabase(adminUrl, database);
    const { urls, hasSecondFence } = await ensureRoles(cluster, { url, dataDir });
    if (database !== undefined) await ensureDatabase(cluster, database, hasSecondFence);
    const timescaleVersion = await prepareDatabase(url, hasSecondFence);
    const applied = await migrateAs(urls.owner, { hasSecondFence, migrations });
    return { urls, hasSecondFence, timescaleVersion, applied };
  } finally {
    await cluster.end();
  }
}

/** Paths of all migrations of the source tree, in the order they are applied. */
export function listMigrations(): string[] {
  const modules = join(repository, "core/src/modules");
  const folders = [
    join(repository, "core/src/platform/migrations"),
    ...readdirSync(modules).map((context) => join(modules, context, "migrations")),
    join(repository, "ingest/migrations"),
  ];
  return folders
    .flatMap((folder) => sqlFilesIn(folder))
    .sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

function sqlFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".sql"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: "millwright migrate" });
  try {
    await client.connect();
  } catch (cause) {
    const { host, pathname } = new URL(url);
    throw new StartRefusal(
      `The database${pathname} at ${host} does not answer (${messageOf(cause)}): check DATABASE_URL and that the server runs.`,
      { cause },
    );
  }
  return client;
}

async function ensureDatabase(cluster: pg.Client, name: string, hasOwner: boolean): Promise<void> {
  const found = await cluster.query("select from pg_database where datname = $1", [name]);
  if (found.rowCount !== 0) return;
  const owner = hasOwner ? " owner mw_owner" : "";
  await cluster.query(`create database ${cluster.escapeIdentifier(name)}${owner}`);
}

async function prepareDatabase(url: string, hasOwner: boolean): Promise<string | null> {
  const admin = await connect(url);
  try {
    const { rows } = await admin.query<{ is_owned: boolean; name: string }>(`
      select current_database() as name, has_database_privilege('${hasOwner ? "mw_owner" : "public"}',
             current_database(), 'create') as is_owned`);
    const [row] = rows;
    if (hasOwner && row !== undefined && !row.is_owned) {
      await admin.query(`grant create on database ${admin.escapeIdentifier(row.name)} to mw_owner`);
    }
    return await ensureTimescale(admin);
  } finally {
    await admin.end();
  }
}

// The extension ends the session of whoever creates it without its library loaded, so we look first:
// its loader defines timescaledb.disable_load in every session.
async function ensureTimescale(admin: pg.Client): Promise<string | null> {
  const { rows } = await admin.query<{ installed: string | null; can_install: boolean }>(`
    select (select extversion from pg_extension where extname = 'timescaledb') as installed,
           current_setting('timescaledb.disable_load', true) is not null
             and exists (select from pg_available_extensions where name = 'timescaledb') as can_install`);
  const [state] = rows;
  if (state === undefined || state.installed !== null || !state.can_install) {
    return state?.installed ?? null;
  }
  try {
    await admin.query("create extension if not exists timescaledb");
  } catch (error) {
    // Not allowed to: the tables become native partitions, which serve as well.
    if (error instanceof pg.DatabaseError && error.code === "42501") return null;
    throw error;
  }
  const made = await admin.query<{ version: string }>(
    "select extversion as version from pg_extension where extname = 'timescaledb'",
  );
  return made.rows[0]?.version ?? null;
}

async function migrateAs(
  ownerUrl: string,
  asked: { hasSecondFence: boolean; migrations: readonly string[] },
): Promise<string[]> {
  const { hasSecondFence, migrations } = asked;
  const owner = await connect(ownerUrl);
  try {
    await owner.query("create schema if not exists platform");
    await ensureJobQueue(owner);
    const applied = (await isUpToDate(owner, migrations))
      ? []
      : await runMigrations(ownerUrl, migrations);
    if (hasSecondFence) await applyGrants(owner);
    return applied;
  } finally {
    await owner.end();
  }
}

// BullMQ migrates its schema itself (decision 4). Loading it costs a third of a second, so the version
// that was installed last is noted and compared first.
async function ensureJobQueue(owner: pg.Client): Promise<void> {
  const note = `Jobs, kept by BullMQ ${jobQueueVersion()}: read through core/src/platform/jobs only.`;
  const { rows } = await owner.query<{ note: string | null }>(
    "select obj_description(oid) as note from pg_namespace where nspname = 'bullmq'",
  );
  if (rows[0]?.note === note) return;
  const { migrateJobQueue } =
    await import("../../core/src/platform/jobs/backends/migrate-postgres.ts");
  await migrateJobQueue(owner);
  await owner.query(`comment on schema bullmq is ${owner.escapeLiteral(note)}`);
}

// The runner's own check costs a load of half a second: asked only when there is something to do.
async function isUpToDate(owner: pg.Client, migrations: readonly string[]): Promise<boolean> {
  const table = await owner.query(
    "select from pg_tables where schemaname = 'platform' and tablename = 'migration'",
  );
  if (table.rowCount === 0) return false;
  const { rows } = await owner.query<{ name: string }>(
    "select name from platform.migration order by id",
  );
  const wanted = migrations.map((path) => basename(path, ".sql"));
  return rows.length === wanted.length && rows.every((row, i) => row.name === wanted[i]);
}

async function runMigrations(
  databaseUrl: string,
  migrations: readonly string[],
): Promise<string[]> {
  const { runner } = await import("node-pg-migrate");
  let running = "";
  // The runner reports each file before it runs it, and prints its whole text when it fails.
  try {
    const applied = await runner({
      databaseUrl,
      dir: [...migrations],
      useGlob: true,
      direction: "up",
      migrationsSchema: "platform",
      migrationsTable: "migration",
      checkOrder: true,
      singleTransaction: true,
      advisoryLockMode: "wait",
      logger: {
        info: (line: string) => (running = /### MIGRATION (\S+)/.exec(line)?.[1] ?? running),
        warn: () => {},
        error: () => {},
      },
    });
    return applied.map((migration) => migration.name);
  } catch (cause) {
    const place = running === "" ? "" : ` at ${running}`;
    throw new StartRefusal(
      `The database could not be migrated${place} (${messageOf(cause)}); it is as it was before.`,
      { cause },
    );
  }
}
