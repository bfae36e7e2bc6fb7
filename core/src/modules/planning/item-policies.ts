import type { ItemPolicy, ItemPolicyInput } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { changedMeanwhile, requireVersion } from "../../platform/http/if-match.ts";
import { checkSites } from "./check-sites.ts";
import { defaultItemPolicy } from "./mrp/default-policy.ts";
import { insertItemSites, itemSites } from "./store/item-sites.ts";

/** @throws Refusal item.unknown */
export async function readItemPolicy(tx: Transaction, itemId: string): Promise<ItemPolicy> {
  const { rows } = await sql<{
    kind: string;
    version: number;
    policy: ItemPolicyInput | null;
  }>`
    select i.kind, coalesce(p.version, 0) as version,
           case when p.item_id is not null then jsonb_build_object(
             'leadDays', p.lead_days, 'safetyLeadDays', p.safety_lead_days,
             'safetyStock', p.safety_stock::text, 'yieldPercent', p.yield_percent::text,
             'lotRule', p.lot_rule, 'planningFenceDays', p.planning_fence_days,
             'demandFenceDays', p.demand_fence_days,
             'sites', ${itemSites(sql`p.item_id`)}) end as policy
      from engineering.v_item i
      left join planning.item_policy p using (item_id)
     where i.item_id = ${itemId}`.execute(tx.over());
  const [row] = rows;
  if (row === undefined) {
    throw new Refusal("item.unknown", `There is no item ${itemId}.`, { kind: "absent" });
  }
  const { kind, version, policy } = row;
  return { itemId, version, isDefault: policy === null, ...(policy ?? defaultItemPolicy(kind)) };
}

/**
 * Replaces the policy that was read as `version`.
 * @throws Refusal item.unknown · record.changed_meanwhile · location.unknown · item_policy.site_twice ·
 *   item_policy.site_not_made · item_policy.sites_circular
 */
export async function saveItemPolicy(
  tx: Transaction,
  { itemId, version, ...policy }: ItemPolicyInput & { itemId: string; version: number },
  by: Actor,
): Promise<ItemPolicy> {
  const before = await readItemPolicy(tx, itemId);
  requireVersion(before.version, version);
  await checkSites(tx, [{ itemId, sites: policy.sites }]);
  const { rows } = await sql`
    insert into planning.item_policy as p
      (tenant_id, item_id, lead_days, safety_lead_days, safety_stock, yield_percent, lot_rule,
       planning_fence_days, demand_fence_days)
    values
      (${tx.tenantId}, ${itemId}, ${policy.leadDays}, ${policy.safetyLeadDays},
       ${policy.safetyStock}::numeric, ${policy.yieldPercent}::numeric,
       ${JSON.stringify(policy.lotRule)}::jsonb, ${policy.planningFenceDays}, ${policy.demandFenceDays})
    on conflict (tenant_id, item_id) do update
       set lead_days = excluded.lead_days, safety_lead_days = excluded.safety_lead_days,
           safety_stock = excluded.safety_stock, yield_percent = excluded.yield_percent,
           lot_rule = excluded.lot_rule, planning_fence_days = excluded.planning_fence_days,
           demand_fence_days = excluded.demand_fence_days, version = p.version + 1
     where p.version = ${version}
    returning p.item_id`.execute(tx.over());
  // Somebody saved between the reading above and this.
  if (rows.length === 0) throw changedMeanwhile(version + 1, version);
  await insertItemSites(tx, itemId, policy.sites);
  const after = await readItemPolicy(tx, itemId);
  recordChange(tx, { objectType: "item_policy", objectId: itemId, before, after, by });
  return after;
}
