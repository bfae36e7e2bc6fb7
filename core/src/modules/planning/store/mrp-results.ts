import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Rows } from "../mrp/plan-rows.ts";
import { batchesOf } from "./batches.ts";

/** Writes orders, pegs and messages of a plan, as sets. */
export async function insertRows(
  tx: Transaction,
  planId: string,
  { orders, pegs, messages }: Rows,
): Promise<void> {
  for (const rows of batchesOf(orders)) {
    await sql`
      insert into planning.planned_order
        (tenant_id, plan_id, order_number, item_id, site_id, from_site_id, kind, quantity, start_day,
         due_day, late_days)
      select ${tx.tenantId}, ${planId}, "orderNumber", "itemId", "siteId", "fromSiteId", kind, quantity,
             "startDay", "dueDay", "lateDays"
        from jsonb_to_recordset(${rows}::jsonb)
          as ("orderNumber" integer, "itemId" uuid, "siteId" uuid, "fromSiteId" uuid, kind text,
              quantity numeric, "startDay" date, "dueDay" date, "lateDays" integer)`.execute(
      tx.over(),
    );
  }
  for (const rows of batchesOf(pegs)) {
    await sql`
      insert into planning.peg
        (tenant_id, plan_id, item_id, instead_of_item_id, site_id, quantity, supply_kind, supply_order, supply_reference, supply_day,
         need_kind, need_order, need_reference, need_label, need_day)
      select ${tx.tenantId}, ${planId}, "itemId", "insteadOfItemId", "siteId", quantity, "supplyKind", "supplyOrder",
             "supplyReference", "supplyDay", "needKind", "needOrder", "needReference", "needLabel",
             "needDay"
        from jsonb_to_recordset(${rows}::jsonb)
          as ("itemId" uuid, "insteadOfItemId" uuid, "siteId" uuid, quantity numeric, "supplyKind" text, "supplyOrder" integer,
              "supplyReference" uuid, "supplyDay" date, "needKind" text, "needOrder" integer,
              "needReference" uuid, "needLabel" text, "needDay" date)`.execute(tx.over());
  }
  for (const rows of batchesOf(messages)) {
    await sql`
      insert into planning.action_message
        (tenant_id, plan_id, message_number, action, item_id, instead_of_item_id, site_id, order_number, work_order_id,
         purchase_proposal_id, transfer_id, from_day, to_day, to_quantity)
      select ${tx.tenantId}, ${planId}, "messageNumber", action, "itemId", "insteadOfItemId", "siteId", "orderNumber",
             "workOrderId", "purchaseProposalId", "transferId", "fromDay", "toDay", "toQuantity"
        from jsonb_to_recordset(${rows}::jsonb)
          as ("messageNumber" integer, action text, "itemId" uuid, "insteadOfItemId" uuid, "siteId" uuid, "orderNumber" integer,
              "workOrderId" uuid, "purchaseProposalId" uuid, "transferId" uuid, "fromDay" date, "toDay" date,
              "toQuantity" numeric)`.execute(tx.over());
  }
}
