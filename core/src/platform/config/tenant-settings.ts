import type { StoredSetting } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";
import { z } from "zod";

import { recordChange } from "../audit/record-change.ts";
import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";
import { requireVersion } from "../http/if-match.ts";
import {
  type SettingName,
  settingNames,
  settingValues,
  type SettingValues,
  tenantSettings,
} from "./setting-registry.ts";

/** Every setting of the transaction's tenant as it counts. */
export async function readSettings(tx: Transaction): Promise<SettingValues> {
  const { rows } = await sql<{ name: string; value: unknown }>`
    select name, value from platform.tenant_setting`.execute(tx.over());
  return settingValues(new Map(rows.map(({ name, value }) => [name, value])));
}

/** Every declared setting with what may be chosen and who changed it, for people. */
export async function listSettings(tx: Transaction): Promise<StoredSetting[]> {
  const { rows } = await sql<Row>`
    select name, value, version, changed_time as "changedTime", changed_by as "changedBy"
      from platform.tenant_setting`.execute(tx.over());
  const stored = new Map(rows.map((row) => [row.name, row]));
  const values = settingValues(new Map(rows.map(({ name, value }) => [name, value])));
  return settingNames.map((name) => {
    const { schema, fallback, description } = tenantSettings[name];
    const row = stored.get(name);
    return {
      name,
      value: values[name],
      fallback,
      description,
      schema: z.toJSONSchema(schema),
      version: row?.version ?? 0,
      changedTime: row?.changedTime.toISOString() ?? null,
      changedBy: row?.changedBy ?? null,
    };
  });
}

type Row = {
  name: string;
  value: unknown;
  version: number;
  changedTime: Date;
  changedBy: string;
};

/**
 * Changes one setting, when it is still at `version` (0: never changed).
 * @throws Refusal setting.unknown · setting.not_valid · record.changed_meanwhile
 */
export async function changeSetting(
  tx: Transaction,
  change: { name: string; value: unknown; version: number },
  by: { actor: Actor; name: string },
): Promise<StoredSetting> {
  const name = nameOf(change.name);
  const value = valueOf(name, change.value);
  const before = await findSetting(tx, name);
  requireVersion(before.version, change.version);
  const { rows } = await sql`
    insert into platform.tenant_setting (tenant_id, name, value, changed_by)
    values (${tx.tenantId}, ${name}, ${JSON.stringify(value)}::jsonb, ${by.name})
    on conflict (tenant_id, name) do update
       set value = excluded.value, version = tenant_setting.version + 1,
           changed_time = now(), changed_by = excluded.changed_by
     where tenant_setting.version = ${change.version}
    returning version`.execute(tx.over());
  // Two first changes at once: the second one waited for the first and found its row.
  if (rows.length === 0) requireVersion(change.version + 1, change.version);
  recordChange(tx, {
    objectType: "tenant_setting",
    objectId: name,
    before: { value: before.value },
    after: { value },
    by: by.actor,
  });
  return findSetting(tx, name);
}

function nameOf(name: string): SettingName {
  const known = settingNames.find((declared) => declared === name);
  if (known !== undefined) return known;
  throw new Refusal("setting.unknown", `There is no setting ${name}.`, {
    kind: "absent",
    allowed: settingNames,
  });
}

function valueOf(name: SettingName, value: unknown): unknown {
  const result = tenantSettings[name].schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Refusal("setting.not_valid", `${name}: ${issue?.message ?? "not valid"}.`, {
    kind: "invalid",
  });
}

async function findSetting(tx: Transaction, name: SettingName): Promise<StoredSetting> {
  const found = (await listSettings(tx)).find((setting) => setting.name === name);
  if (found === undefined) throw new Error(`${name} is declared`);
  return found;
}
