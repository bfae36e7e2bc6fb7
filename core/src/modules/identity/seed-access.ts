import type { Transaction } from "../../platform/db/transaction.ts";
import { lockPolicy, writePolicy } from "../../platform/authz/store.ts";
import { uuidV7 } from "../../platform/ids.ts";
import { defaultPolicy } from "./default-policy.ts";
import { saveApiKey } from "./store/api-keys.ts";
import { makeTenantSecret } from "./tenant-secret.ts";

/** Gives a tenant that has no policy the default one; one that it has is left as it is. */
export async function seedPolicy(tx: Transaction, now: Date): Promise<void> {
  // Whoever comes second waits, and then finds it there.
  if ((await lockPolicy(tx)) > 0n) return;
  await writePolicy(
    tx,
    defaultPolicy(() => uuidV7(now)),
  );
}

/**
 * A key for the installation's own helpers. The same `random` (43 characters of base64url) makes the same
 * key, so a start that finds it in its secrets gives it again. Returns the key.
 */
export async function seedApiKey(
  tx: Transaction,
  asked: { name: string; roles: readonly string[]; random?: string },
  now: Date,
): Promise<string> {
  const { text, sha256 } = await makeTenantSecret("mw_", tx.tenantId, asked.random);
  await saveApiKey(tx, {
    apiKeyId: uuidV7(now),
    name: asked.name,
    prefix: text.slice(0, apiKeyPrefixLength),
    sha256,
    roles: asked.roles,
    createdTime: now,
    createdBy: "Installation",
    expiresTime: null,
  });
  return text;
}

/** The tenant's part is the same for all: what tells keys apart are the first characters after it. */
export const apiKeyPrefixLength = "mw_".length + 32 + "_".length + 4;
