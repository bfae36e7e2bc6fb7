import { machineStateSchema } from "@millwright/contracts/states";
import { sql } from "kysely";
import { z } from "zod";

import { ArchiveFolder } from "../../platform/archive-folder.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { openDuckDb, parquetRelation } from "./archive/duckdb.ts";
import type { MachineTimeRow } from "./domain/machine-time.ts";
import { loadArchivedDays } from "./store/archive-files.ts";

/** A row of machine time; `code`: what the machine gives as a reason from then on, and nothing else. */
export type TimedRow = MachineTimeRow & { code: string | null };

/**
 * Reads machine time of the archive, then of the database: the files end where the database begins, so
 * that one pass over both gives what a database that still had everything would give. Which files those
 * are is read in the snapshot of the rows: a day that is archived meanwhile is in one place for it, not
 * in none. The rows of a machine come ascending, of one instant the state first; some come from both places.
 * @returns how many days were read from the archive.
 */
export async function readMachineTime(
  tx: Transaction,
  range: {
    /** Epoch ms; `to` is not after now. */
    from: number;
    to: number;
    /** Where the archive's files are; null: there is no archive. */
    folder: string | null;
  },
  { take, tell }: { take: (row: TimedRow) => void; tell: (step: string) => void },
): Promise<number> {
  const archived = await loadArchivedDays(tx, { dataset: "machine_time", isDropped: true });
  const files = filesOf(archived, range);
  tell("manifest read");
  if (files.length > 0) await takeFiles(pathsOf(files, range.folder), range.to, take);
  await takeRows(tx, range, take);
  return files.length;
}

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
    z.string().nullable(),
  ])
  .transform(([workUnitId, at, state, good, scrap, runMs, code]) => {
    return { workUnitId, at, state, good, scrap, runMs, code };
  });

async function takeFiles(
  paths: readonly string[],
  to: number,
  take: (row: TimedRow) => void,
): Promise<void> {
  // Sorting a year of a plant fits into memory: it is some million short rows.
  using opened = await openDuckDb(":memory:");
  // Days that were archived before machines gave reasons have no column for them.
  const result = await opened.duckdb.stream(
    `select work_unit_id, epoch_ms(source_time), state, good::varchar, scrap::varchar, run_ms,
            reason_code
       from (select * from ${parquetRelation(paths, { byName: true })}
             union all by name
             select null::varchar as reason_code where false)
      where epoch_ms(source_time) < ${to}
      order by work_unit_id, source_time, state nulls last`,
  );
  for await (const rows of result.yieldRowsJson()) {
    for (const row of rows) take(rowSchema.parse(row));
  }
}

async function takeRows(
  tx: Transaction,
  { from, to }: { from: number; to: number },
  take: (row: TimedRow) => void,
): Promise<void> {
  await sql`
    declare rows no scroll cursor for
    select work_unit_id, extract(epoch from source_time) * 1000 as at, state,
           good, scrap, run_ms, reason_code
      from production.machine_time(${new Date(from)}::timestamptz, ${new Date(to)}::timestamptz)
     order by work_unit_id, source_time, state nulls last`.execute(tx.over());
  for (;;) {
    const { rows } = await sql<Record<string, unknown>>`
      fetch ${sql.lit(rowsPerFetch)} from rows`.execute(tx.over());
    for (const row of rows) take(rowSchema.parse(Object.values(row)));
    if (rows.length < rowsPerFetch) return;
  }
}

const rowsPerFetch = 10_000;
const dayMs = 86_400_000;
