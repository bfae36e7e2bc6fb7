import type { Gantt } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

/**
 * A schedule as it is drawn: work centers in use by name, their operations, the late orders. Of more than
 * the bounds it shows what starts first and what is latest, and says so.
 */
export async function readGantt(
  tx: Transaction,
  planId: string,
  { operationsMax, lateMax } = bounds,
): Promise<Gantt> {
  type Row = Omit<Gantt["operations"][number], "starts" | "ends"> & { starts: Date; ends: Date };
  const { rows } = await sql<Row & { workCenterName: string; count: number }>`
    select *
      from (select s.work_center_id as "workCenterId", w.name as "workCenterName",
                   s.work_order_id as "workOrderId", s.work_order_number as number,
                   s.item_number as "itemNumber", s.step, s.name, s.starts, s.ends,
                   s.is_fixed as "isFixed", (count(*) over ())::integer as count
              from planning.scheduled_operation s
              join equipment.v_work_center w using (work_center_id)
             where s.plan_id = ${planId}
             order by s.starts, s.work_order_number, s.step
             limit ${operationsMax}) shown
     order by "workCenterName", "workCenterId", starts`.execute(tx.over());
  const { rows: late } = await sql<Gantt["late"][number]>`
    select work_order_id as "workOrderId", work_order_number as number, item_number as "itemNumber",
           late_minutes as "lateMinutes", reasons
      from planning.late_order
     where plan_id = ${planId}
     order by late_minutes desc, work_order_number
     limit ${lateMax + 1}`.execute(tx.over());
  const names = new Map(rows.map((row) => [row.workCenterId, row.workCenterName]));
  return {
    workCenters: [...names].map(([workCenterId, name]) => ({ workCenterId, name })),
    operations: rows.map((row) => ({
      workCenterId: row.workCenterId,
      workOrderId: row.workOrderId,
      number: row.number,
      itemNumber: row.itemNumber,
      step: row.step,
      name: row.name,
      isFixed: row.isFixed,
      starts: row.starts.toISOString(),
      ends: row.ends.toISOString(),
    })),
    isCut: (rows[0]?.count ?? 0) > rows.length,
    late: late
      .slice(0, lateMax)
      .map((order) => ({ ...order, reasons: order.reasons.map(withCapability) })),
    isLateCut: late.length > lateMax,
  };
}

/** What a screen still draws and a person still reads. */
const bounds = { operationsMax: 20_000, lateMax: 500 };

type Reason = Gantt["late"][number]["reasons"][number];

/** Schedules that were kept earlier do not say which skill or tool it was. */
function withCapability(
  reason: Omit<Reason, "capability"> & { capability?: string | null },
): Reason {
  return { ...reason, capability: reason.capability ?? null };
}
