import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { foldOfBooks } from "./store/fold.ts";

/**
 * Writes all balances of the tenant anew from its moves and reservations. Nobody posts meanwhile:
 * postings wait for this transaction, also those of other tenants, so run it when little happens.
 */
export async function rebuildBalances(tx: Transaction): Promise<void> {
  // In the order in which everybody writes them: who is under way ends before the rebuild begins.
  await sql`lock table inventory.stock_move, inventory.balance, inventory.reservation
              in share row exclusive mode`.execute(tx.over());
  await sql`delete from inventory.balance where tenant_id = ${tx.tenantId}`.execute(tx.over());
  await sql`
    insert into inventory.balance
      (tenant_id, location_id, item_id, lot_id, quantity, reserved, allows_negative)
    select ${tx.tenantId}, f.location_id, f.item_id, f.lot_id, f.quantity, f.reserved,
           l.allows_negative
      from (${foldOfBooks(tx.tenantId)}) f
      join inventory.location l on l.tenant_id = ${tx.tenantId} and l.location_id = f.location_id`.execute(
    tx.over(),
  );
}
