import { type CodeMeaning, type GivenReason, ReasonBook } from "@millwright/contracts/states";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { ChildTask } from "../../../platform/child/run-in-child.ts";
import { Database } from "../../../platform/db/database.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import {
  DowntimeFold,
  DowntimeTally,
  FirstStops,
  keyOf,
  type PlannedStop,
} from "../domain/downtime.ts";
import type { RangeToFold } from "../oee/fold-range.ts";
import { readMachineTime } from "../machine-time-rows.ts";

export type DowntimeToFold = RangeToFold & {
  /** Epoch ms, not after now: how far to look for the end of stops that go on behind the range. */
  lookTo: number;
  /** Which stops to list, null: none. `key` as `keyOf` says, or `missing`: codes nobody gave a meaning, and none. */
  list: {
    key: string | null;
    order: "longest" | "newest";
    limit: number;
  } | null;
};

export type FoldedDowntime = Pick<DowntimeTally, "total" | "byReason" | "byMachine"> & {
  stops: PlannedStop[];
  archivedDays: number;
};

/**
 * Sums downtime of archive and database by reason, in one snapshot. Reasons that people gave and what codes
 * mean are asked now, also for days that were archived long ago. Runs in a child process.
 */
export const run: ChildTask<DowntimeToFold, FoldedDowntime> = async (input, tell) => {
  const { list } = input;
  const tally = new DowntimeTally();
  const first = new FirstStops(list?.limit ?? 1, list?.order ?? "longest");
  await using db = new Database(input.databaseUrl, { poolMax: 1, onError: () => undefined });
  const archivedDays = await db.inSnapshot(tenantIdSchema.parse(input.tenantId), async (tx) => {
    const fold = new DowntimeFold(input.cuts, await readBook(tx, input), (stop) => {
      if (!isListed(stop, list?.key ?? null)) return;
      tally.add(stop);
      if (list !== null) first.add(stop);
    });
    const range = { from: input.from, to: input.lookTo, folder: input.folder };
    const days = await readMachineTime(tx, range, { tell, take: (row) => fold.add(row) });
    fold.finish(input.to);
    return days;
  });
  const { total, byReason, byMachine } = tally;
  return { total, byReason, byMachine, stops: first.list(), archivedDays };
};

function isListed({ reason }: PlannedStop, key: string | null): boolean {
  if (key === null) return true;
  return key === "missing" ? reason.kind !== "reason" : keyOf(reason) === key;
}

async function readBook(
  tx: Transaction,
  { from, lookTo }: { from: number; lookTo: number },
): Promise<ReasonBook> {
  const { rows: meanings } = await sql<CodeMeaning>`
    select work_unit_id as "workUnitId", code, reason_id as "reasonId"
      from production.v_machine_reason_code`.execute(tx.over());
  const { rows } = await sql<
    GivenReason & { workUnitId: string; started: Date; ended: Date | null }
  >`
    select work_unit_id as "workUnitId", started_at as started, ended_at as ended,
           reason_id as "reasonId", note, given_by as "givenBy",
           extract(epoch from given_time)::float8 * 1000 as "givenTime", version
      from production.v_given_reason
     where started_at < ${new Date(lookTo)}
       and coalesce(ended_at, 'infinity') > ${new Date(from - leadMs)}
     order by work_unit_id, started_at`.execute(tx.over());
  const given = rows.map(({ started, ended, ...row }) => {
    return { ...row, from: started.getTime(), to: ended?.getTime() ?? null };
  });
  return new ReasonBook(
    Map.groupBy(given, ({ workUnitId }) => workUnitId),
    meanings,
  );
}

// A stop may have been explained, and told to be over, long before late readings made it reach into the range.
// A month: twenty words a shift on each of a hundred machines are 60 MB.
const leadMs = 31 * 86_400_000;
