import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { ScheduleResult } from "../schedule/schedule-thread.ts";
import { batchesOf } from "./batches.ts";

/** Writes the operations of a schedule and which orders come too late, as sets. */
export async function insertScheduleResult(
  tx: Transaction,
  planId: string,
  { operations, late }: Pick<ScheduleResult, "operations" | "late">,
): Promise<void> {
  for (const rows of batchesOf(operations)) {
    await sql`
      insert into planning.scheduled_operation
        (tenant_id, plan_id, work_order_id, step, work_order_number, item_number, name,
         work_center_id, starts, ends, is_fixed)
      select ${tx.tenantId}, ${planId}, "workOrderId", step, number, "itemNumber", name,
             "workCenterId", starts, ends, "isFixed"
        from jsonb_to_recordset(${rows}::jsonb)
          as ("workOrderId" uuid, step integer, number text, "itemNumber" text, name text,
              "workCenterId" uuid, starts timestamptz, ends timestamptz, "isFixed" boolean)`.execute(
      tx.over(),
    );
  }
  for (const rows of batchesOf(late)) {
    await sql`
      insert into planning.late_order
        (tenant_id, plan_id, work_order_id, work_order_number, item_number, late_minutes, reasons)
      select ${tx.tenantId}, ${planId}, "workOrderId", number, "itemNumber", "lateMinutes", reasons
        from jsonb_to_recordset(${rows}::jsonb)
          as ("workOrderId" uuid, number text, "itemNumber" text, "lateMinutes" integer,
              reasons jsonb)`.execute(tx.over());
  }
}
