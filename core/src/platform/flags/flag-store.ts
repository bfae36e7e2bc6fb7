import type { FeatureFlag } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../audit/record-change.ts";
import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";
import { requireVersion } from "../http/if-match.ts";
import type { FlagRule } from "./flag.ts";
import { flagNames, flags } from "./flag-registry.ts";

/** What the transaction's tenant decided, by flag; an absent one is off. */
export async function readFlagRules(tx: Transaction): Promise<ReadonlyMap<string, FlagRule>> {
  return new Map((await listFlags(tx)).map(({ flag, ...rule }) => [flag, rule]));
}

/** Every declared flag, for people. */
export async function listFlags(tx: Transaction): Promise<FeatureFlag[]> {
  const { rows } = await sql<Row>`
    select flag, is_on as "isOn", percentage::double precision as percentage, roles,
           site_ids as "siteIds", version, changed_time as "changedTime", changed_by as "changedBy"
      from platform.feature_flag`.execute(tx.over());
  const stored = new Map(rows.map((row) => [row.flag, row]));
  return flagNames.map((flag) => {
    const row = stored.get(flag);
    return {
      flag,
      description: flags[flag].description,
      isOn: row?.isOn ?? false,
      percentage: row?.percentage ?? 0,
      roles: row?.roles ?? [],
      siteIds: row?.siteIds ?? [],
      version: row?.version ?? 0,
      changedTime: row?.changedTime.toISOString() ?? null,
      changedBy: row?.changedBy ?? null,
    };
  });
}

type Row = FlagRule & {
  flag: string;
  roles: string[];
  siteIds: string[];
  version: number;
  changedTime: Date;
  changedBy: string;
};

/**
 * Decides anew for whom a flag is on, when it is still at `version` (0: never decided).
 * @throws Refusal flag.unknown · record.changed_meanwhile
 */
export async function changeFlag(
  tx: Transaction,
  change: { flag: string; rule: FlagRule; version: number },
  by: { actor: Actor; name: string },
): Promise<FeatureFlag> {
  const { flag, rule } = change;
  const before = await findFlag(tx, flag);
  requireVersion(before.version, change.version);
  const { rows } = await sql`
    insert into platform.feature_flag
      (tenant_id, flag, is_on, percentage, roles, site_ids, changed_by)
    values (${tx.tenantId}, ${flag}, ${rule.isOn}, ${rule.percentage}, ${[...rule.roles]}::text[],
            ${[...rule.siteIds]}::uuid[], ${by.name})
    on conflict (tenant_id, flag) do update
       set is_on = excluded.is_on, percentage = excluded.percentage, roles = excluded.roles,
           site_ids = excluded.site_ids, version = feature_flag.version + 1,
           changed_time = now(), changed_by = excluded.changed_by
     where feature_flag.version = ${change.version}
    returning version`.execute(tx.over());
  if (rows.length === 0) requireVersion(change.version + 1, change.version);
  recordChange(tx, {
    objectType: "feature_flag",
    objectId: flag,
    before: ruleOf(before),
    after: ruleOf(rule),
    by: by.actor,
  });
  return findFlag(tx, flag);
}

function ruleOf({ isOn, percentage, roles, siteIds }: FlagRule) {
  return { isOn, percentage, roles, siteIds };
}

async function findFlag(tx: Transaction, flag: string): Promise<FeatureFlag> {
  const found = (await listFlags(tx)).find((known) => known.flag === flag);
  if (found !== undefined) return found;
  throw new Refusal("flag.unknown", `There is no flag ${flag}.`, {
    kind: "absent",
    allowed: flagNames,
  });
}
