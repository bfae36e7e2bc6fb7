import type { ItemSite } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";

/**
 * That sites exist, are named once per item, can make what they shall make, and that no two send an
 * item to each other.
 * @throws Refusal location.unknown · item_policy.site_twice · item_policy.site_not_made ·
 *   item_policy.sites_circular
 */
export async function checkSites(
  tx: Transaction,
  policies: readonly { itemId: string; sites: readonly ItemSite[] }[],
): Promise<void> {
  for (const { sites } of policies) {
    checkNamedOnce(sites);
    checkNoCircle(sites);
  }
  const all = policies.flatMap(({ sites }) => sites);
  await checkSitesExist(
    tx,
    all.flatMap(({ siteId, fromSiteId }) => (fromSiteId === null ? siteId : [siteId, fromSiteId])),
  );
  const made = policies.filter(({ sites }) => sites.some(({ supply }) => supply === "make"));
  await checkMade(tx, {
    made: made.map(({ itemId }) => itemId),
    any: policies.filter(({ sites }) => sites.length > 0).map(({ itemId }) => itemId),
  });
}

/** @throws Refusal location.unknown unless inventory has all of them as sites */
export async function checkSitesExist(tx: Transaction, siteIds: readonly string[]): Promise<void> {
  if (siteIds.length === 0) return;
  const { rows } = await sql<{ site_id: string }>`
    select a.site_id
      from unnest(${[...new Set(siteIds)]}::uuid[]) a (site_id)
     where not exists (select from inventory.v_site s where s.site_id = a.site_id)
     limit 1`.execute(tx.over());
  const [missing] = rows;
  if (missing === undefined) return;
  const sentence = `There is no site ${missing.site_id}. Name a location of kind site.`;
  throw new Refusal("location.unknown", sentence, { kind: "absent" });
}

function checkNamedOnce(sites: readonly ItemSite[]): void {
  const seen = new Set<string>();
  for (const { siteId } of sites) {
    if (seen.has(siteId)) {
      const sentence = `Site ${siteId} is there twice. Say once how it gets the item.`;
      throw new Refusal("item_policy.site_twice", sentence, { kind: "invalid" });
    }
    seen.add(siteId);
  }
}

function checkNoCircle(sites: readonly ItemSite[]): void {
  const senders = new Map(sites.map(({ siteId, fromSiteId }) => [siteId, fromSiteId]));
  for (const { siteId } of sites) {
    let sender = senders.get(siteId) ?? null;
    for (let hops = 0; sender !== null && hops < sites.length; hops += 1) {
      if (sender === siteId) {
        const sentence = `Site ${siteId} would get the item from itself by way of others. Make or buy it at one of them.`;
        throw new Refusal("item_policy.sites_circular", sentence, { kind: "invalid" });
      }
      sender = senders.get(sender) ?? null;
    }
  }
}

async function checkMade(
  tx: Transaction,
  { made, any }: { made: readonly string[]; any: readonly string[] },
): Promise<void> {
  if (any.length === 0) return;
  const { rows } = await sql<{ number: string; kind: string }>`
    select number, kind
      from engineering.v_item
     where (item_id = any(${made}::uuid[]) and kind <> 'make')
        or (item_id = any(${any}::uuid[]) and kind = 'phantom')
     limit 1`.execute(tx.over());
  const [wrong] = rows;
  if (wrong === undefined) return;
  const sentence =
    wrong.kind === "phantom"
      ? `Item ${wrong.number} is a phantom and never in stock, so no site has it by itself. Plan its components there.`
      : `Item ${wrong.number} is bought: let the site buy it, or get it by transfer.`;
  throw new Refusal("item_policy.site_not_made", sentence, { kind: "invalid" });
}
