import type { MachineState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { StatePoint } from "./domain/state-intervals.ts";

/** What a machine was in during a window, and what it is in at its end. */
export type StateHistory = {
  /** Ascending; the first may lie before the window and says how it begins. */
  points: StatePoint[];
  now: MachineState;
  /** Epoch ms from which it is in `now`. */
  since: number;
};

/** Histories of those work units that have any point before the end of the window. */
export async function readStateHistory(
  tx: Transaction,
  workUnitIds: readonly string[],
  window: { from: Date; to: Date },
): Promise<Map<string, StateHistory>> {
  const { rows } = await sql<{ work_unit_id: string; source_time: Date; state: MachineState }>`
    (select wanted.work_unit_id, before.source_time, before.state
       from unnest(${[...workUnitIds]}::uuid[]) as wanted (work_unit_id)
      cross join lateral (
        select source_time, state
          from production.state_point p
         where p.tenant_id = ${tx.tenantId}
           and p.work_unit_id = wanted.work_unit_id
           and p.source_time < ${window.from}
         order by source_time desc
         limit 1) before)
    union all
    (select work_unit_id, source_time, state
       from production.state_point
      where tenant_id = ${tx.tenantId}
        and work_unit_id = any (${[...workUnitIds]}::uuid[])
        and source_time >= ${window.from}
        and source_time < ${window.to})
    order by work_unit_id, source_time`.execute(tx.over());
  const byUnit = Map.groupBy(rows, (row) => row.work_unit_id);
  return new Map(
    [...byUnit].map(([workUnitId, unitRows]) => {
      const points = unitRows.map((row) => ({ at: row.source_time.getTime(), state: row.state }));
      return [workUnitId, { points, ...current(points) }];
    }),
  );
}

/** The last state, and since when it holds: points that repeat it do not begin it anew. */
function current(points: readonly StatePoint[]): { now: MachineState; since: number } {
  const now = points.at(-1)?.state ?? "no_data";
  const other = points.findLastIndex((point) => point.state !== now);
  return { now, since: points[other + 1]?.at ?? 0 };
}
