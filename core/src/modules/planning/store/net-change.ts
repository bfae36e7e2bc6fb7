import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import type { NetChange } from "../mrp/net-change.ts";
import { savePlanItems } from "./basis.ts";
import { insertRows } from "./mrp-results.ts";
import { deleteRows, readMeantOrders } from "./net-change-queries.ts";

/**
 * Puts the rows of the items that were planned again in the place of those the plan had, all or none.
 * False when the plan is no longer what it was when it was read: another net change came first, or a
 * person firmed one of its orders. Nothing may be stored then. Commands on its orders wait meanwhile.
 */
export async function storeNetChange(
  tx: Transaction,
  found: NetChange,
  now: Date,
): Promise<boolean> {
  const { planId, changed, replanned } = found;
  if (!(await isAsRead(tx, found))) return false;
  const itemIds = replanned.map(({ itemId }) => itemId);
  await deleteRows(tx, { planId, itemIds });
  await insertRows(tx, planId, rowsOf(found));
  await savePlanItems(tx, planId, replanned, changed);
  await sql`
    update planning.plan_basis
       set revision = revision + 1, last_order_number = ${found.lastOrderNumber},
           last_message_number = ${found.lastMessageNumber}, updated_time = ${now},
           changed_items = ${changed.length}, replanned_items = ${replanned.length},
           changed_orders = ${found.changedOrders}
     where plan_id = ${planId}`.execute(tx.over());
  await sql`
    update planning.plan set summary = ${JSON.stringify(found.summary)}::jsonb
     where plan_id = ${planId}`.execute(tx.over());
  return true;
}

/** Locks the plan; who firms an order of it takes its lock for share. */
async function isAsRead(tx: Transaction, { planId, revision, meant }: NetChange): Promise<boolean> {
  const { rows } = await sql<{ revision: number }>`
    select b.revision
      from planning.plan p
      join planning.plan_basis b using (tenant_id, plan_id)
     where p.plan_id = ${planId}
       for update`.execute(tx.over());
  if (rows[0]?.revision !== revision) return false;
  // A statement of its own: it sees what those who held the lock have committed.
  return JSON.stringify(await readMeantOrders(tx, planId)) === JSON.stringify(meant);
}

function rowsOf({ replanned, lastMessageNumber }: NetChange) {
  const rows = replanned.map((item) => item.rows);
  const messages = rows.flatMap((each) => each.messages);
  const before = lastMessageNumber - messages.length;
  return {
    orders: rows.flatMap((each) => each.orders),
    pegs: rows.flatMap((each) => each.pegs),
    messages: messages.map((row, at) => ({ ...row, messageNumber: before + at + 1 })),
  };
}
