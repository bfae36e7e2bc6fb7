import { Decimal, type Quantity, toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

type Pick = {
  itemId: string;
  itemNumber: string;
  uom: string;
  locationId: string;
  locationCode: string;
  lotId: string | null;
  lotNumber: string | null;
  lotExpiresTime: string | null;
  quantity: Quantity;
};

/**
 * Bins to take a quantity from: first expired first out, then what came in first, then the smallest
 * rest, so that bins become empty. Only what is free and of good quality; `missing` is what is not there.
 */
export async function suggestPicks(
  tx: Transaction,
  asked: { itemId: string; quantity: Quantity; withinId: string | undefined },
): Promise<{ rows: Pick[]; missing: Quantity }> {
  const { rows } = await sql<Omit<Pick, "quantity" | "lotExpiresTime"> & Free>`
    select v.item_id as "itemId", i.number as "itemNumber", i.uom, v.location_id as "locationId",
           place.code as "locationCode", v.lot_id as "lotId", l.number as "lotNumber",
           v.expires_time as expires, v.available::text as available
      from inventory.v_available v
      join inventory.stocked_item i using (tenant_id, item_id)
      join inventory.location place using (tenant_id, location_id)
      left join inventory.lot l on l.tenant_id = v.tenant_id and l.lot_id = v.lot_id
     where v.item_id = ${asked.itemId}
       ${withinPlace(tx, asked.withinId)}
     order by v.expires_time nulls last, l.created_time nulls last, v.available, place.code
     limit ${binsMax}`.execute(tx.over());
  let left = new Decimal(asked.quantity);
  const picks: Pick[] = [];
  for (const { available, expires, ...place } of rows) {
    if (left.isZero()) break;
    const taken = Decimal.min(left, available);
    left = left.minus(taken);
    const lotExpiresTime = expires?.toISOString() ?? null;
    picks.push({ ...place, lotExpiresTime, quantity: toQuantity(taken) });
  }
  return { rows: picks, missing: toQuantity(left) };
}

type Free = { available: string; expires: Date | null };
// More bins than a person walks to for one line.
const binsMax = 200;

/** Where to put an item: beside the most of it, then in bins that are empty. */
export async function suggestPutAways(
  tx: Transaction,
  asked: { itemId: string; withinId: string | undefined },
) {
  type Row = {
    locationId: string;
    locationCode: string;
    reason: "same_item" | "empty";
    quantity: string;
  };
  const { rows } = await sql<Row>`
    select v.location_id as "locationId", v.code as "locationCode",
           case when v.of_item > 0 then 'same_item' else 'empty' end as reason,
           trim_scale(v.of_item)::text as quantity
      from (select place.location_id, place.code,
                   coalesce(sum(b.quantity) filter (where b.item_id = ${asked.itemId}), 0) as of_item,
                   coalesce(sum(b.quantity), 0) as of_all
              from inventory.location place
              left join inventory.balance b
                on b.tenant_id = place.tenant_id and b.location_id = place.location_id and b.quantity > 0
             where place.tenant_id = ${tx.tenantId}
               and place.kind = 'bin'
               and not exists (select from inventory.cycle_count c
                                where c.tenant_id = place.tenant_id and c.location_id = place.location_id
                                  and c.state in ('open', 'counted'))
             group by place.location_id, place.code) v
     where (v.of_item > 0 or v.of_all = 0)
       ${withinPlace(tx, asked.withinId)}
     order by v.of_item desc, v.code
     limit 20`.execute(tx.over());
  return rows.map((row) => ({ ...row, quantity: toQuantity(row.quantity) }));
}

function withinPlace(tx: Transaction, withinId: string | undefined) {
  if (withinId === undefined) return sql``;
  return sql`
       and v.location_id in (
         with recursive below (location_id) as (
           select ${withinId}::uuid
           union
           select child.location_id
             from below b
             join inventory.location child
               on child.tenant_id = ${tx.tenantId} and child.parent_id = b.location_id
         )
         select location_id from below)`;
}
