import { machineStateSchema } from "@millwright/contracts/states";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { z } from "zod";

import { ArchiveFolder } from "../../../platform/archive-folder.ts";
import type { ChildTask } from "../../../platform/child/run-in-child.ts";
import { Database } from "../../../platform/db/database.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import { openDuckDb, parquetRelation } from "../archive/duckdb.ts";
import { type Cuts, MachineTimeFold, type WindowSums } from "../domain/machine-time.ts";
import { loadArchivedDays } from "../store/archive-files.ts";

export type RangeToFold = {
  databaseUrl: string;
  tenantId: string;
  /** Epoch ms; `to` is not after now. */
  from: number;
  to: number;
  /** Windows of each machine. */
  cuts: ReadonlyMap<string, Cuts>;
  /** Where the archive's files are; null: there is no archive. */
  folder: string | null;
};

export type FoldedRange = { sums: Map<string, WindowSums[]>; archivedDays: number };

/**
 * Sums machine time of the archive, then of the database: the files end where the database begins, so
 * that one pass over both gives what a database that still had everything would give. Which files those
 * are is read in the snapshot of the rows: a day that is archived meanwhile is in one place for it, not
 * in none. Runs in a child process.
 */
export const run: ChildTask<RangeToFold, FoldedRange> = async (input, tell) => {
  const fold = new MachineTimeFold(input.cuts);
  await using db = new Database(input.databaseUrl, { poolMax: 1, onError: () => undefined });
  const archivedDays = await db.inSnapshot(tenantIdSchema.parse(input.tenantId), async (tx) => {
    const archived = await loadArchivedDays(tx, { dataset: "machine_time", isDropped: true });
    const files = filesOf(archived, input);
    tell("manifest read");
    if (files.length > 0) await foldFiles(pathsOf(files, input.folder), input.to, fold);
    await foldRows(tx, input, fold);
    return files.length;
  });
  return { sums: fold.finish(input.to), archivedDays };
};

/** Files of the days that touch the range, and the last one before it: it says in what it begins. */
function filesOf(
  archived: readonly { day: string; file: string }[],
  range: { from: number; to: number },
): string[] {
  const starts = archived.map(({ day, file }) => ({ at: Date.parse(day), file }));
  const before = starts.findLast(({ at }) => at + dayMs <= range.from);
  const within = starts.filter(({ at }) => at + dayMs > range.from && at < range.to);
  return [...(before === undefined ? [] : [before]), ...within].map(({ file }) => file);
}

/** Wrong figures would be worse than none. */
function pathsOf(files: readonly string[], folder: string | null): string[] {
  if (folder === null) throw new Error("days are archived, but ARCHIVE_DIR is not set");
  const archive = new ArchiveFolder(folder);
  return files.map((file) => archive.pathOf(file));
}

const rowSchema = z
  .tuple([
    z.string(),
    z.coerce.number(),
    machineStateSchema.nullable(),
    z.coerce.number(),
    z.coerce.number(),
    z.number().nullable(),
  ])
  .transform(([workUnitId, at, state, good, scrap, runMs]) => {
    return { workUnitId, at, state, good, scrap, runMs };
  });

async function foldFiles(
  paths: readonly string[],
  to: number,
  fold: MachineTimeFold,
): Promise<void> {
  // Sorting a year of a plant fits into memory: it is some million short rows.
  using opened = await openDuckDb(":memory:");
  const result = await opened.duckdb.stream(
    `select work_unit_id, epoch_ms(source_time), state, good::varchar, scrap::varchar, run_ms
       from ${parquetRelation(paths)}
      where epoch_ms(source_time) < ${to}
      order by work_unit_id, source_time, state nulls last`,
  );
  for await (const rows of result.yieldRowsJson()) {
    for (const row of rows) fold.add(rowSchema.parse(row));
  }
}

async function foldRows(
  tx: Transaction,
  { from, to }: RangeToFold,
  fold: MachineTimeFold,
): Promise<void> {
  await sql`
    declare rows no scroll cursor for
    select work_unit_id, extract(epoch from source_time) * 1000 as at, state,
           good, scrap, run_ms
      from production.machine_time(${new Date(from)}::timestamptz, ${new Date(to)}::timestamptz)
     order by work_unit_id, source_time, state nulls last`.execute(tx.over());
  for (;;) {
    const { rows } = await sql<Record<string, unknown>>`
      fetch ${sql.lit(rowsPerFetch)} from rows`.execute(tx.over());
    for (const row of rows) fold.add(rowSchema.parse(Object.values(row)));
    if (rows.length < rowsPerFetch) return;
  }
}

const rowsPerFetch = 10_000;
const dayMs = 86_400_000;
