import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Writable } from "node:stream";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { z } from "zod";

import { listMigrations, migrate } from "../migrate/migrate.ts";
import { withDatabase } from "../migrate/roles.ts";
import { StartRefusal } from "../refusal.ts";
import { checkArchive, type Manifest, readManifest, readSegment } from "./archive.ts";
import { listMigrationsOf, listTables, type Table } from "./catalogue.ts";

export type Restored = {
  readonly manifest: Manifest;
  /** Name under which the database that was there before is kept; null: there was nothing. */
  readonly keptAs: string | null;
};

/**
 * Makes a database of an archive. It is built beside, in a new database at the archive's schema
 * version, filled in one transaction, brought to our version, and only then takes the name: whatever
 * fails on the way leaves everything as it was. The server may be another one than the archive's, with
 * TimescaleDB or without.
 * @throws StartRefusal when the archive is damaged or newer than this source tree, when the database
 * holds tenants and `replace` is not given, or when somebody is connected to it.
 */
export async function restore(options: {
  /** The superuser's login; it makes databases. */
  adminUrl: string;
  database: string;
  dataDir: string;
  path: string;
  replace: boolean;
}): Promise<Restored> {
  const { database, dataDir, path } = options;
  const adminUrl = withDatabase(options.adminUrl, "postgres");
  const manifest = await readManifest(path);
  refuseNewer(path, manifest);
  await checkArchive(path, manifest);
  await using admin = await connect(adminUrl);
  await refuseWeak(admin.client);
  const isThere = await refuseWhatIsThere(admin.client, options);
  await restoreSecrets(path, manifest, dataDir);

  const beside = `${database}_restoring_${randomBytes(3).toString("hex")}`;
  try {
    await migrate({ adminUrl, dataDir, database: beside, only: manifest.migrations });
    await fill(withDatabase(adminUrl, beside), path, manifest);
    await migrate({ adminUrl, dataDir, database: beside });
    const keptAs = isThere ? await putAside(admin.client, database) : null;
    await rename(admin.client, beside, database);
    return { manifest, keptAs };
  } catch (error) {
    const name = admin.client.escapeIdentifier(beside);
    await admin.client.query(`drop database if exists ${name} with (force)`);
    throw error;
  }
}

async function fill(url: string, path: string, manifest: Manifest): Promise<void> {
  await using filling = await connect(url);
  const { client } = filling;
  await client.query("begin");
  // Everything in the archive was consistent when it was read; triggers would write history anew.
  await client.query("set local session_replication_role = replica");
  const tables = await listTables(client);
  refuseOtherTables(manifest, tables);
  // Migrations write rows of their own into some tables; the archive has them as they became.
  await client.query(`truncate ${tables.map(({ name }) => name).join(", ")} cascade`);
  await makePartitions(client, manifest);
  for (const table of manifest.tables) {
    const into = client.query(
      copyFrom(`copy ${table.name} (${table.columns.join(", ")}) from stdin`),
    );
    await readSegment(path, table, into);
    if (into.rowCount !== table.rows) {
      throw new StartRefusal(
        `${path}: ${table.name} has ${into.rowCount} rows and its manifest says ${table.rows}. Nothing was changed.`,
      );
    }
  }
  for (const { name, last, isCalled } of manifest.sequences) {
    await client.query("select setval($1::regclass, $2, $3)", [name, last, isCalled]);
  }
  await client.query("commit");
  await client.query("analyze");
}

// Without partitions of its own time everything would lie in the default one for ever.
async function makePartitions(client: pg.Client, { partitions, samples }: Manifest): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "select oid::regclass::text as name from pg_class where relkind = 'p'",
  );
  const partitioned = new Set(rows.map(({ name }) => name));
  // They belong to who owns the tables, as those that procedures will make.
  const owner = await client.query<{ owner: string }>(
    "select pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = 'platform'",
  );
  await client.query(`set local role ${client.escapeIdentifier(owner.rows[0]?.owner ?? "")}`);
  for (const { name, parent, bounds } of partitions) {
    if (!partitioned.has(parent)) continue;
    await client.query(`create table if not exists ${name} partition of ${parent} ${bounds}`);
  }
  if (samples !== null && partitioned.has("telemetry.sample")) {
    await client.query(
      `call telemetry.ensure_sample_partitions($1::timestamptz::date,
              least($2::integer, ($3::timestamptz::date - $1::timestamptz::date) / 7 + 1))`,
      [samples.from, partitionsMax, samples.to],
    );
  }
  await client.query("reset role");
}

// Ten years of weeks; a clock that was wrong by more leaves its readings in the default partition.
const partitionsMax = 520;

function refuseNewer(path: string, { migrations, version }: Manifest): void {
  const known = new Set(listMigrations().map((file) => basename(file, ".sql")));
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new StartRefusal(
    `${path} was made by version ${version}, which has migrations this one does not know (${unknown.at(-1)}): ` +
      `restore it with that version or a later one.`,
  );
}

function refuseOtherTables(manifest: Manifest, tables: readonly Table[]): void {
  const columnsOf = new Map(tables.map(({ name, columns }) => [name, new Set(columns)]));
  for (const { name, columns } of manifest.tables) {
    const missing = columns.filter((column) => columnsOf.get(name)?.has(column) !== true);
    if (missing.length === 0) continue;
    throw new StartRefusal(
      `The table ${name} has no ${missing.join(", ")} at the archive's schema version: restore it with the version that made it.`,
    );
  }
}

async function refuseWeak(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ is_super: boolean }>(
    "select rolsuper as is_super from pg_roles where rolname = current_user",
  );
  if (rows[0]?.is_super === true) return;
  throw new StartRefusal("Restoring needs a superuser's login: give DATABASE_URL one.");
}

/** Whether a database of that name exists. @throws StartRefusal when it must not be touched. */
async function refuseWhatIsThere(
  admin: pg.Client,
  { adminUrl, database, replace }: { adminUrl: string; database: string; replace: boolean },
): Promise<boolean> {
  const { rowCount } = await admin.query("select from pg_database where datname = $1", [database]);
  if (rowCount === 0) return false;
  await using there = await connect(withDatabase(adminUrl, database));
  if ((await listMigrationsOf(there.client)).length > 0 && !replace) {
    const { rows } = await there.client.query<{ tenants: string }>(
      "select count(*) as tenants from identity.tenant",
    );
    if (rows[0]?.tenants !== "0") {
      throw new StartRefusal(
        `The database ${database} is not empty: add --replace to put it aside, or restore into another DATA_DIR.`,
      );
    }
  }
  const { rows: sessions } = await admin.query<{ names: string | null }>(
    `select string_agg(distinct coalesce(nullif(usename, ''), '?'), ', ') as names
       from pg_stat_activity
      where datname = $1 and backend_type = 'client backend' and application_name <> 'millwright restore'`,
    [database],
  );
  const [others] = sessions;
  if (others !== undefined && others.names !== null) {
    throw new StartRefusal(
      `Somebody is connected to ${database} (${others.names}): stop the plant before restoring.`,
    );
  }
  return true;
}

async function putAside(admin: pg.Client, database: string): Promise<string> {
  const stamp = new Date()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "")
    .toLowerCase();
  const kept = `${database}_before_${stamp}`;
  await rename(admin, database, kept);
  return kept;
}

async function rename(admin: pg.Client, from: string, to: string): Promise<void> {
  const [old, name] = [admin.escapeIdentifier(from), admin.escapeIdentifier(to)];
  await admin.query(`alter database ${old} rename to ${name}`);
}

/** Passwords of database roles belong to the server and are left; a secret that is there stays. */
async function restoreSecrets(path: string, { secrets }: Manifest, dataDir: string): Promise<void> {
  if (secrets === null) return;
  const chunks: Buffer[] = [];
  const into = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk);
      done();
    },
  });
  await readSegment(path, secrets, into);
  const files = z
    .record(z.string(), z.string())
    .parse(JSON.parse(Buffer.concat(chunks).toString()));
  const folder = join(dataDir, "secrets");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  for (const [name, content] of Object.entries(files)) {
    if (/^(postgres|mw_\w+)$/.test(name) || !/^[\w.-]+$/.test(name)) continue;
    const file = join(folder, name);
    if (!existsSync(file)) writeFileSync(file, content, { mode: 0o600, flag: "wx" });
  }
}

async function connect(url: string): Promise<{ client: pg.Client } & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url, application_name: "millwright restore" });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
