import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { refuseUnknownTimeZone } from "./time-zone.ts";

/**
 * A further plant of the company. Its Sparkplug group is unique in the installation: which company has it
 * already is not said. @throws Refusal site.exists · site.group_taken · site.group_not_valid · time_zone.unknown
 */
export async function createSite(
  tx: Transaction,
  { actor }: Pick<Caller, "actor">,
  asked: { siteId: string; name: string; timeZone: string; dayStart: string; groupId: string },
): Promise<void> {
  refuseUnknownTimeZone(asked.timeZone);
  if (/[+#/]/.test(asked.groupId)) {
    throw new Refusal("site.group_not_valid", "A Sparkplug group has no +, # or /.", {
      kind: "invalid",
    });
  }
  const { rows } = await sql<{ name: string }>`
    insert into identity.site (site_id, tenant_id, name, time_zone, day_start, group_id)
    values (${asked.siteId}, ${tx.tenantId}, ${asked.name}, ${asked.timeZone}, ${asked.dayStart},
            ${asked.groupId})
    on conflict do nothing
    returning name`.execute(tx.over());
  if (rows.length === 0) throw await refusalOf(tx, asked);
  const { siteId, ...after } = asked;
  const label = asked.name;
  recordChange(tx, { objectType: "site", objectId: siteId, label, before: null, after, by: actor });
}

async function refusalOf(tx: Transaction, { name, groupId }: { name: string; groupId: string }) {
  const { rows } = await sql`
    select from identity.site where name = ${name}`.execute(tx.over());
  return rows.length > 0
    ? new Refusal("site.exists", `There is a site ${name}.`)
    : new Refusal("site.group_taken", `The Sparkplug group ${groupId} is in use.`);
}
