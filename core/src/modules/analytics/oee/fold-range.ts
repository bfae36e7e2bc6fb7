import { tenantIdSchema } from "@millwright/contracts/units";

import type { ChildTask } from "../../../platform/child/run-in-child.ts";
import { Database } from "../../../platform/db/database.ts";
import { type Cuts, MachineTimeFold, type WindowSums } from "../domain/machine-time.ts";
import { readMachineTime } from "../machine-time-rows.ts";

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

/** Sums machine time of archive and database into windows, in one snapshot. Runs in a child process. */
export const run: ChildTask<RangeToFold, FoldedRange> = async (input, tell) => {
  const fold = new MachineTimeFold(input.cuts);
  await using db = new Database(input.databaseUrl, { poolMax: 1, onError: () => undefined });
  const archivedDays = await db.inSnapshot(tenantIdSchema.parse(input.tenantId), (tx) =>
    readMachineTime(tx, input, {
      tell,
      take: (row) => {
        if (row.code === null) fold.add(row);
      },
    }),
  );
  return { sums: fold.finish(input.to), archivedDays };
};
