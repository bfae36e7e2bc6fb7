import { machineStateSchema } from "@millwright/contracts/states";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { z } from "zod";

import type { ChildTask } from "../../../platform/child/run-in-child.ts";
import { Database } from "../../../platform/db/database.ts";
import { openDuckDb, parquetRelation } from "../archive/duckdb.ts";
import { type Bounds, MachineTimeFold, type WindowSums } from "../domain/machine-time.ts";

export type RangeToFold = {
  databaseUrl: string;
  tenantId: string;
  /** Epoch ms; `to` is not after now. */
  from: number;
  to: number;
  /** Windows of each machine. */
  bounds: ReadonlyMap<string, Bounds>;
  /** Paths of the archive's files, ascending by day; what is in them is not in the database. */
  files: readonly string[];
};

/**
 * Sums machine time of the archive, then of the database: the files end where the database begins, so
 * that one pass over both gives what a database that still had everything would give. Runs in a child
 * process.
 */
export const run: ChildTask<RangeToFold, Map<string, WindowSums[]>> = async (input) => {
  const fold = new MachineTimeFold(input.bounds);
  if (input.files.length > 0) await foldFiles(input, fold);
  await foldDatabase(input, fold);
  return fold.finish(input.to);
};

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

async function foldFiles({ files, to }: RangeToFold, fold: MachineTimeFold): Promise<void> {
  // Sorting a year of a plant fits into memory: it is some million short rows.
  using opened = await openDuckDb(":memory:");
  const result = await opened.duckdb.stream(
    `select work_unit_id, epoch_ms(source_time), state, good::varchar, scrap::varchar, run_ms
       from ${parquetRelation(files)}
      where epoch_ms(source_time) < ${to}
      order by work_unit_id, source_time, state nulls last`,
  );
  for await (const rows of result.yieldRowsJson()) {
    for (const row of rows) fold.add(rowSchema.parse(row));
  }
}

async function foldDatabase(input: RangeToFold, fold: MachineTimeFold): Promise<void> {
  await using db = new Database(input.databaseUrl, { poolMax: 1, onError: () => undefined });
  await db.inSnapshot(tenantIdSchema.parse(input.tenantId), async (tx) => {
    await sql`
      declare rows no scroll cursor for
      select work_unit_id, extract(epoch from source_time) * 1000 as at, state,
             good, scrap, run_ms
        from production.machine_time(${new Date(input.from)}::timestamptz, ${new Date(input.to)}::timestamptz)
       order by work_unit_id, source_time, state nulls last`.execute(tx.over());
    for (;;) {
      const { rows } = await sql<Record<string, unknown>>`
        fetch ${sql.lit(rowsPerFetch)} from rows`.execute(tx.over());
      for (const row of rows) fold.add(rowSchema.parse(Object.values(row)));
      if (rows.length < rowsPerFetch) return;
    }
  });
}

const rowsPerFetch = 10_000;
