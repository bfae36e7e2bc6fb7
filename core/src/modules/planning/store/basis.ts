import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Fingerprint } from "../mrp/fingerprints.ts";
import type { MrpResult, PlannedItem } from "../mrp/plan-rows.ts";
import { batchesOf } from "./batches.ts";

/** Writes what a plan stands on, so that a net change can go on from it. */
export async function insertBasis(
  tx: Transaction,
  planId: string,
  given: { timeZone: string; fingerprints: readonly Fingerprint[]; result: MrpResult },
): Promise<void> {
  const { decimals, orders, messages, items } = given.result;
  const lastOrderNumber = orders.reduce((last, { orderNumber }) => Math.max(last, orderNumber), 0);
  await sql`
    insert into planning.plan_basis
      (tenant_id, plan_id, decimals, time_zone, last_order_number, last_message_number)
    values
      (${tx.tenantId}, ${planId}, ${decimals}, ${given.timeZone}, ${lastOrderNumber},
       ${messages.length})`.execute(tx.over());
  await savePlanItems(tx, planId, items, given.fingerprints);
}

/**
 * Writes items of a plan: new ones with their fingerprints, those it has with what became of them; one
 * without a fingerprint keeps its own.
 */
export async function savePlanItems(
  tx: Transaction,
  planId: string,
  items: readonly PlannedItem[],
  fingerprints: readonly Fingerprint[],
): Promise<void> {
  const prints = new Map(fingerprints.map((print) => [print.itemId, print]));
  const rows = items.map(({ itemId, level, points, needs }) => ({
    itemId,
    level,
    points,
    needs,
    fingerprint: prints.get(itemId)?.fingerprint ?? null,
    structure: prints.get(itemId)?.structure ?? null,
  }));
  for (const batch of batchesOf(rows)) {
    await sql`
      insert into planning.plan_item as kept
        (tenant_id, plan_id, item_id, fingerprint, structure, level, points, needs)
      select ${tx.tenantId}, ${planId}, "itemId",
             coalesce(r.fingerprint, old.fingerprint), coalesce(r.structure, old.structure),
             greatest(r.level, old.level), r.points, r.needs
        from jsonb_to_recordset(${batch}::jsonb)
          as r ("itemId" uuid, fingerprint numeric, structure numeric, level integer, points integer,
                needs integer)
        left join lateral
             (select fingerprint, structure, level
                from planning.plan_item
               where plan_id = ${planId} and item_id = "itemId"
              -- One by one by its key, also when statistics do not know the plan yet.
              offset 0) old on true
      on conflict (tenant_id, plan_id, item_id) do update
         set fingerprint = excluded.fingerprint, structure = excluded.structure,
             level = excluded.level, points = excluded.points, needs = excluded.needs`.execute(
      tx.over(),
    );
  }
}
