import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { z } from "zod";

import { StartRefusal } from "../refusal.ts";
import { ArchiveWriter, type Manifest } from "./archive.ts";
import { listMigrationsOf, listPartitions, listSequences, listTables } from "./catalogue.ts";

/**
 * Writes everything the database holds into one file, as it was at one instant, while all processes
 * go on. Jobs that wait in Redis, the dashboards' files and, unless asked for, the secrets of
 * DATA_DIR are not in it.
 * @throws StartRefusal when the login does not see every row, or the file cannot be written.
 */
export async function backup(options: {
  /** A login that passes row security: the superuser. */
  adminUrl: string;
  path: string;
  /** DATA_DIR whose secrets go with it; null: none do. */
  secretsOf: string | null;
}): Promise<{ manifest: Manifest; bytes: number }> {
  await using archive = await ArchiveWriter.create(options.path);
  const client = new pg.Client({
    connectionString: options.adminUrl,
    application_name: "millwright backup",
  });
  await client.connect();
  try {
    await refuseFenced(client);
    await client.query("begin isolation level repeatable read read only");
    const manifest = await writeTables(client, archive, options.secretsOf);
    await archive.finish(manifest);
    return { manifest, bytes: archive.bytes };
  } finally {
    await client.end();
  }
}

async function writeTables(
  client: pg.Client,
  archive: ArchiveWriter,
  secretsOf: string | null,
): Promise<Manifest> {
  const migrations = await listMigrationsOf(client);
  if (migrations.length === 0) {
    throw new StartRefusal("This database holds no Millwright: name another by DATABASE_URL.");
  }
  const { rows } = await client.query<Manifest["server"]>(`
    select current_setting('server_version') as postgres,
           (select extversion from pg_extension where extname = 'timescaledb') as timescale`);
  const partitions = await listPartitions(client);
  const tables: Manifest["tables"] = [];
  for (const { name, columns } of await listTables(client)) {
    // A query and not the table: COPY of a hypertable or a partitioned table would copy nothing.
    const source = client.query(
      copyTo(`copy (select ${columns.join(", ")} from ${name}) to stdout`),
    );
    const segment = await archive.add(source);
    tables.push({ name, columns: [...columns], rows: source.rowCount, ...segment });
  }
  return {
    madeTime: new Date().toISOString(),
    version: readVersion(),
    server: rows[0] ?? { postgres: "", timescale: null },
    migrations,
    tables,
    // Read last: a sequence knows no snapshot, and one that is ahead of its rows does no harm.
    sequences: await listSequences(client),
    partitions,
    samples: await sampleRange(client),
    secrets: secretsOf === null ? null : await archive.add(secretsIn(secretsOf)),
  };
}

/** Row security would leave rows out without a word. */
async function refuseFenced(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; passes: boolean }>(
    "select rolname as name, rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user",
  );
  if (rows[0]?.passes === true) return;
  throw new StartRefusal(
    `The login ${rows[0]?.name ?? ""} does not see every tenant's rows: ` +
      `give DATABASE_URL a login that is superuser or has BYPASSRLS.`,
  );
}

async function sampleRange(client: pg.Client): Promise<Manifest["samples"]> {
  const { rows } = await client.query<{ from: string | null; to: string | null }>(`
    select min(source_time)::text as "from", max(source_time)::text as "to" from telemetry.sample`);
  const [range] = rows;
  if (range === undefined || range.from === null || range.to === null) return null;
  return { from: range.from, to: range.to };
}

/** One JSON object, name → content; the files are a line each. */
function secretsIn(dataDir: string): Readable {
  const folder = join(dataDir, "secrets");
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  const files = names.map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  return Readable.from([JSON.stringify(Object.fromEntries(files))]);
}

function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
