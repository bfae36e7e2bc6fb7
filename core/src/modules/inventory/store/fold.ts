import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";

/** What balances must be: per place the sum of its moves, and of what live reservations keep. */
export function foldOfBooks(tenantId: TenantId) {
  return sql`
    select location_id, item_id, lot_id, sum(quantity) as quantity, sum(reserved) as reserved
      from (select to_location_id as location_id, item_id, lot_id, quantity, 0 as reserved
              from inventory.stock_move
             where tenant_id = ${tenantId}
            union all
            select from_location_id, item_id, lot_id, -quantity, 0
              from inventory.stock_move
             where tenant_id = ${tenantId}
            union all
            select location_id, item_id, lot_id, 0, quantity - consumed
              from inventory.reservation
             where tenant_id = ${tenantId}
               and state in ('open', 'picked')) entry
     group by location_id, item_id, lot_id`;
}
