import type { ItemSite } from "@millwright/contracts/api";
import { type RawBuilder, sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

/** The sites of an item's policy as contracts' itemSiteSchema has them, `[]` without any. */
export function itemSites(itemId: RawBuilder<unknown>) {
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object(
             'siteId', s.site_id, 'supply', s.supply, 'fromSiteId', s.from_site_id,
             'leadDays', s.lead_days, 'safetyStock', s.safety_stock::text, 'lotRule', s.lot_rule)
             order by s.site_id), '[]')
      from planning.item_site s
     where s.item_id = ${itemId})`;
}

/** Puts these sites in the place of those an item has; its policy is there. */
export async function insertItemSites(
  tx: Transaction,
  itemId: string,
  sites: readonly ItemSite[],
): Promise<void> {
  await sql`delete from planning.item_site where item_id = ${itemId}`.execute(tx.over());
  await sql`
    insert into planning.item_site
      (tenant_id, item_id, site_id, supply, from_site_id, lead_days, safety_stock, lot_rule)
    select ${tx.tenantId}, ${itemId}, "siteId", supply, "fromSiteId", "leadDays", "safetyStock", "lotRule"
      from jsonb_to_recordset(${JSON.stringify(sites)}::jsonb)
        as ("siteId" uuid, supply text, "fromSiteId" uuid, "leadDays" integer, "safetyStock" numeric,
            "lotRule" jsonb)`.execute(tx.over());
}
