import type { ApiKey } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { instantOf } from "../show-session.ts";

export type NewApiKey = {
  apiKeyId: string;
  name: string;
  prefix: string;
  sha256: Uint8Array;
  roles: readonly string[];
  createdTime: Date;
  createdBy: string;
  expiresTime: Date | null;
};

/** Adds a key. One that is there already (the same secret) keeps its name and gets these roles. */
export async function saveApiKey(tx: Transaction, key: NewApiKey): Promise<void> {
  await sql`
    insert into identity.api_key
      (api_key_id, tenant_id, name, prefix, key_sha256, roles, created_time, created_by, expires_time)
    values (${key.apiKeyId}, ${tx.tenantId}, ${key.name}, ${key.prefix}, ${key.sha256},
            ${[...key.roles]}, ${key.createdTime}, ${key.createdBy}, ${key.expiresTime})
    on conflict (key_sha256) do update set roles = excluded.roles`.execute(tx.over());
}

/** A key that may be used now, and who it is; its last use is noted in passing. */
export async function useApiKey(
  tx: Transaction,
  sha256: Uint8Array,
  now: Date,
): Promise<{ apiKeyId: string; name: string; roles: string[]; expiresTime: Date | null } | null> {
  const { rows } = await sql<{
    api_key_id: string;
    name: string;
    roles: string[];
    expires_time: Date | null;
  }>`
    update identity.api_key
       set last_used_time = ${now}
     where key_sha256 = ${sha256}
       and revoked_time is null
       and (expires_time is null or expires_time > ${now})
    returning api_key_id, name, roles, expires_time`.execute(tx.over());
  const [row] = rows;
  if (row === undefined) return null;
  const { api_key_id, name, roles, expires_time } = row;
  return { apiKeyId: api_key_id, name, roles, expiresTime: expires_time };
}

/** Newest first, at most 500; one of them when it is named. */
export async function readApiKeys(tx: Transaction, apiKeyId?: string): Promise<ApiKey[]> {
  const { rows } = await sql<Row>`
    select api_key_id, name, prefix, roles, created_time, created_by, expires_time, last_used_time,
           revoked_time
      from identity.api_key
     where ${apiKeyId ?? null}::uuid is null or api_key_id = ${apiKeyId ?? null}
     order by created_time desc, api_key_id desc
     limit 500`.execute(tx.over());
  return rows.map((row) => ({
    apiKeyId: row.api_key_id,
    name: row.name,
    prefix: row.prefix,
    roles: row.roles,
    createdTime: instantOf(row.created_time),
    createdBy: row.created_by,
    expiresTime: row.expires_time && instantOf(row.expires_time),
    lastUsedTime: row.last_used_time && instantOf(row.last_used_time),
    revokedTime: row.revoked_time && instantOf(row.revoked_time),
  }));
}

type Row = {
  api_key_id: string;
  name: string;
  prefix: string;
  roles: string[];
  created_time: Date;
  created_by: string;
  expires_time: Date | null;
  last_used_time: Date | null;
  revoked_time: Date | null;
};

/** False when it was revoked before. */
export async function revokeStoredKey(
  tx: Transaction,
  apiKeyId: string,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update identity.api_key
       set revoked_time = ${now}
     where api_key_id = ${apiKeyId}
       and revoked_time is null
    returning api_key_id`.execute(tx.over());
  return rows.length === 1;
}
