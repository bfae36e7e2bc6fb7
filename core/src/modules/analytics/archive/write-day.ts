import type { DuckDBConnection } from "@duckdb/node-api";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { z } from "zod";

import { ArchiveFolder } from "../../../platform/archive-folder.ts";
import type { ChildTask } from "../../../platform/child/run-in-child.ts";
import { Database } from "../../../platform/db/database.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import { type Dataset, datasets, duckdbChecksum, postgresChecksum } from "./datasets.ts";
import { openDuckDb, parquetRelation, quoted } from "./duckdb.ts";
import { rowsOfDay } from "./rows.ts";

export type DayToWrite = {
  databaseUrl: string;
  tenantId: string;
  dataset: Dataset["name"];
  /** YYYY-MM-DD, of UTC. */
  day: string;
  folder: string;
  /** Name of the file to be; never one that is there. */
  file: string;
  /** The file before and the metrics whose rows are nowhere else any more; null: there is none. */
  kept: { file: string; metricIds: readonly string[] } | null;
};

export type WrittenDay = { rows: number; checksum: string; bytes: number; version: string };

/**
 * Writes one day into one Parquet file and proves it: what is read back from the file has the count and
 * the checksum that PostgreSQL computed over the same snapshot (and those of the rows kept from the
 * file before). The name appears only after the proof. Runs in a child process.
 * @throws Error when the proof fails; nothing but the staged file is left, a later night removes it.
 */
export const run: ChildTask<DayToWrite, WrittenDay> = async (input, tell) => {
  const dataset = datasets[input.dataset];
  const folder = new ArchiveFolder(input.folder);
  const staged = `staging/${input.file.replaceAll("/", "-")}`;
  await using undo = new AsyncDisposableStack();
  undo.defer(() => folder.remove(`${staged}.duckdb`));
  undo.defer(() => folder.remove(`${staged}.duckdb.wal`));
  undo.defer(() => folder.remove(staged));
  const { duckdb } = undo.use(await openDuckDb(await folder.stage(`${staged}.duckdb`)));
  await duckdb.run(stagingTable(dataset));
  const known = await copyRows(input, dataset, duckdb);
  tell("copied");
  const kept = await keepRows(input, dataset, folder, duckdb);
  await duckdb.run(
    `copy (select ${columnsOf(dataset)} from day order by ${dataset.order})
       to ${quoted(await folder.stage(staged))}
       (format parquet, compression zstd, row_group_size ${rowsPerGroup})`,
  );
  tell("written");
  const [found] = await summed(duckdb, dataset, parquetRelation([folder.pathOf(staged)]));
  const wanted = {
    rows: known.rows + kept.rows,
    checksum: String(BigInt(known.checksum) + BigInt(kept.checksum)),
  };
  if (found?.rows !== wanted.rows || found.checksum !== wanted.checksum) {
    throw new Error(
      `The file of ${input.dataset} ${input.day} does not hold what the database holds: ` +
        `${found?.rows} of ${wanted.rows} rows, checksum ${found?.checksum} for ${wanted.checksum}.`,
    );
  }
  tell("verified");
  const bytes = await folder.place(staged, input.file);
  tell("placed");
  return { ...wanted, bytes, version: known.version };
};

/** Reads everything in one snapshot; the sums are PostgreSQL's own, over the rows and not over our copy. */
async function copyRows(
  input: DayToWrite,
  dataset: Dataset,
  duckdb: DuckDBConnection,
): Promise<{ rows: number; checksum: string; version: string }> {
  await using db = new Database(input.databaseUrl, { poolMax: 1, onError: () => undefined });
  return db.inSnapshot(tenantIdSchema.parse(input.tenantId), async (tx) => {
    // A busy day takes longer than a request may.
    await sql`set local statement_timeout = 0`.execute(tx.over());
    const rows = rowsOfDay(dataset.name, input.day);
    const version = await versionOf(tx, input);
    const { rows: sums } = await sql<{ rows: string; checksum: string }>`
      select count(*) as rows, ${sql.raw(postgresChecksum(dataset.postgresCheck))} as checksum
        from (${rows}) rows`.execute(tx.over());
    const texts = sql.raw(dataset.columns.map(({ text }) => text).join(", "));
    await sql`
      declare day no scroll cursor for
      select array[${texts}] as fields
        from (${rows}) rows`.execute(tx.over());
    await appendAll(tx, duckdb);
    return { rows: Number(sums[0]?.rows ?? 0), checksum: sums[0]?.checksum ?? "0", version };
  });
}

async function appendAll(tx: Transaction, duckdb: DuckDBConnection): Promise<void> {
  const appender = await duckdb.createAppender("staged");
  for (;;) {
    const { rows } = await sql<{ fields: (string | null)[] }>`
      fetch ${sql.lit(rowsPerFetch)} from day`.execute(tx.over());
    for (const { fields } of rows) {
      for (const field of fields) {
        if (field === null) appender.appendNull();
        else appender.appendVarchar(field);
      }
      appender.endRow();
    }
    appender.flushSync();
    if (rows.length < rowsPerFetch) break;
  }
  appender.closeSync();
}

async function versionOf(tx: Transaction, { dataset, day }: DayToWrite): Promise<string> {
  if (dataset !== "sample") return "0";
  const { rows } = await sql<{ version: string }>`
    select version from telemetry.v_changed_day where day = ${day}::date`.execute(tx.over());
  return rows[0]?.version ?? "0";
}

/** Rows of the file before that are nowhere else go into the new one. */
async function keepRows(
  { kept }: DayToWrite,
  dataset: Dataset,
  folder: ArchiveFolder,
  duckdb: DuckDBConnection,
): Promise<{ rows: number; checksum: string }> {
  if (kept === null || kept.metricIds.length === 0) return { rows: 0, checksum: "0" };
  const ids = kept.metricIds.map((id) => BigInt(id)).join(", ");
  const before = `(select * from ${parquetRelation([folder.pathOf(kept.file)])} where metric_id in (${ids}))`;
  await duckdb.run(
    `create or replace view day as
       select * from casted union all select ${columnsOf(dataset)} from ${before} before`,
  );
  const [sums] = await summed(duckdb, dataset, before);
  return sums ?? { rows: 0, checksum: "0" };
}

async function summed(
  duckdb: DuckDBConnection,
  dataset: Dataset,
  relation: string,
): Promise<{ rows: number; checksum: string }[]> {
  const result = await duckdb.runAndReadAll(
    `select count(*) as rows, ${duckdbChecksum(dataset.duckdbCheck)} as checksum from ${relation} rows`,
  );
  return z.array(sumsSchema).parse(result.getRowObjectsJson());
}

const sumsSchema = z.object({ rows: z.coerce.number(), checksum: z.string() });

function stagingTable({ columns }: Dataset): string {
  const casts = columns.map(({ name, type }) =>
    type === "timestamptz"
      ? `to_timestamp(0) + to_microseconds(${name}::bigint) as ${name}`
      : `${name}::${type} as ${name}`,
  );
  return `
    create table staged (${columns.map(({ name }) => `${name} varchar`).join(", ")});
    create view casted as select ${casts.join(", ")} from staged;
    create view day as select * from casted`;
}

function columnsOf({ columns }: Dataset): string {
  return columns.map(({ name }) => name).join(", ");
}

const rowsPerFetch = 10_000;
const rowsPerGroup = 122_880;
