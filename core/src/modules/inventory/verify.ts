import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { foldOfBooks } from "./store/fold.ts";

/** One place where the books do not hold, in words for a person. */
export type StockFinding = {
  rule: "balance_is_not_fold" | "sum_is_not_zero" | "serial_in_two_places" | "below_zero";
  itemId: string;
  locationId: string | null;
  lotId: string | null;
  found: string;
  expected: string;
};

/**
 * Proves the books of the tenant: every balance is the fold of its moves and reservations, the sum of
 * every item and lot over all locations is 0, a serial lies in at most one place, and nothing is below
 * zero that must not be. Empty when all hold; at most 100 findings. Reads one snapshot, so it may run
 * beside postings.
 */
export async function verifyStock(tx: Transaction): Promise<StockFinding[]> {
  const tenant = tx.tenantId;
  const { rows } = await sql<StockFinding>`
    with fold as (${foldOfBooks(tenant)}),
    balance as (
      select b.*
        from inventory.balance b
       where b.tenant_id = ${tenant}
    )
    select 'balance_is_not_fold' as rule, coalesce(b.item_id, f.item_id) as "itemId",
           coalesce(b.location_id, f.location_id) as "locationId",
           coalesce(b.lot_id, f.lot_id) as "lotId",
           coalesce(b.quantity, 0) || ' reserved ' || coalesce(b.reserved, 0) as found,
           coalesce(f.quantity, 0) || ' reserved ' || coalesce(f.reserved, 0) as expected
      from balance b
      full join fold f
        on f.location_id = b.location_id
       and f.item_id = b.item_id
       and coalesce(f.lot_id, '00000000-0000-0000-0000-000000000000') = b.lot_key
     where coalesce(b.quantity, 0) <> coalesce(f.quantity, 0)
        or coalesce(b.reserved, 0) <> coalesce(f.reserved, 0)
    union all
    select 'sum_is_not_zero', item_id, null, lot_id, sum(quantity)::text, '0'
      from balance
     group by item_id, lot_id
    having sum(quantity) <> 0
    union all
    select 'serial_in_two_places', b.item_id, null, b.lot_id, sum(b.quantity)::text, '0 or 1'
      from balance b
      join inventory.location l using (tenant_id, location_id)
      join inventory.stocked_item i using (tenant_id, item_id)
     where i.tracking = 'serial'
       and l.kind in ('bin', 'in_transit')
     group by b.item_id, b.lot_id
    having sum(b.quantity) not in (0, 1)
    union all
    select 'below_zero', b.item_id, b.location_id, b.lot_id, b.quantity::text, '0 or more'
      from balance b
      join inventory.location l using (tenant_id, location_id)
     where not l.allows_negative
       and b.quantity < b.reserved
     limit 100`.execute(tx.over());
  return rows;
}
