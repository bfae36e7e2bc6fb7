import type { ApiKey } from "@millwright/contracts/api";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Policy } from "../../platform/authz/policy.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { changeAccess } from "./change-access.ts";
import { refuseBeyondOwn, refuseUnknownRoles } from "./guard-rights.ts";
import { apiKeyPrefixLength } from "./seed-access.ts";
import { readApiKeys, revokeStoredKey, saveApiKey } from "./store/api-keys.ts";
import { makeTenantSecret } from "./tenant-secret.ts";

type By = { caller: Caller; now: Date };

/**
 * Makes a key with at most the rights of who makes it; the answer is the only one that shows it.
 * @throws Refusal role.unknown · role.beyond_own · api_key.ends_before_now · api_key.too_many
 */
export async function createApiKey(
  tx: Transaction,
  { caller, now, policy }: By & { policy: Policy },
  asked: { apiKeyId: string; name: string; roles: readonly string[]; expiresTime: string | null },
): Promise<{ apiKey: ApiKey; key: string }> {
  const roles = [...new Set(asked.roles)];
  refuseUnknownRoles(policy, roles);
  refuseBeyondOwn(policy, { roles, departmentId: null }, caller);
  const expiresTime = asked.expiresTime === null ? null : new Date(asked.expiresTime);
  if (expiresTime !== null && expiresTime <= now) {
    throw new Refusal("api_key.ends_before_now", "The key would have ended already.", {
      kind: "invalid",
    });
  }
  if ((await readApiKeys(tx)).length >= keysMax) {
    throw new Refusal("api_key.too_many", `There are ${keysMax} keys already.`);
  }
  const { text, sha256 } = await makeTenantSecret("mw_", tx.tenantId);
  const { apiKeyId, name } = asked;
  const prefix = text.slice(0, apiKeyPrefixLength);
  const createdBy = caller.name;
  await saveApiKey(tx, {
    apiKeyId,
    name,
    prefix,
    sha256,
    roles,
    createdTime: now,
    createdBy,
    expiresTime,
  });
  const after = { name, roles, expiresTime: asked.expiresTime };
  const change = { objectType: "api_key", objectId: apiKeyId, label: name, before: null };
  recordChange(tx, { ...change, after, by: caller.actor });
  return { apiKey: await readOne(tx, apiKeyId), key: text };
}

/** Ends a key in every process at once. Safe to repeat. @throws Refusal api_key.unknown */
export async function revokeApiKey(
  tx: Transaction,
  { caller, now }: By,
  apiKeyId: string,
): Promise<ApiKey> {
  const found = await readOne(tx, apiKeyId);
  if (await revokeStoredKey(tx, apiKeyId, now)) {
    changeAccess(tx, { apiKeyId, reason: "key_revoked" }, caller.actor);
    recordChange(tx, {
      objectType: "api_key",
      objectId: apiKeyId,
      label: found.name,
      before: { isRevoked: false },
      after: { isRevoked: true },
      by: caller.actor,
    });
  }
  return readOne(tx, apiKeyId);
}

async function readOne(tx: Transaction, apiKeyId: string): Promise<ApiKey> {
  const [key] = await readApiKeys(tx, apiKeyId);
  if (key !== undefined) return key;
  throw new Refusal("api_key.unknown", `There is no API key ${apiKeyId}.`, { kind: "absent" });
}

// The list is one answer.
const keysMax = 500;
