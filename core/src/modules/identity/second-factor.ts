import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Seal } from "../../platform/seal.ts";
import type { Person } from "./person.ts";
import { signInNeeded } from "./refresh-session.ts";
import { digestOfRecoveryCode } from "./sign-in.ts";
import { readUser, saveRecoveryCodes, saveTotp } from "./store/users.ts";
import { openTotpSecret, sealTotpSecret } from "./totp-secret.ts";
import { newTotpSecret, stepOfCode, totpUri } from "./totp.ts";

type Deps = { platform: Platform; seal: Seal };

/** A new secret, which counts from `confirmTotp` on. @throws Refusal totp.exists */
export async function proposeTotp(
  { platform, seal }: Deps,
  { tenantId, userId }: Pick<Person, "tenantId" | "userId">,
) {
  return platform.db.inTenant(tenantId, async (tx) => {
    const user = await readUser(tx, userId, { lock: true });
    if (user === null) throw signInNeeded();
    if (user.hasTotp) {
      throw new Refusal("totp.exists", "There is a second factor. Remove it first.");
    }
    const secret = newTotpSecret();
    const sealed = await sealTotpSecret(seal, userId, secret);
    await saveTotp(tx, userId, { sealed, confirmedTime: null, lastStep: null });
    return { secret, uri: totpUri(secret, user) };
  });
}

/** Makes the proposed secret count, proven by one of its codes. @throws Refusal totp.not_proposed · totp.code_wrong */
export async function confirmTotp(
  { platform, seal }: Deps,
  { tenantId, userId, actor }: Person,
  code: string,
): Promise<{ recoveryCodes: string[] }> {
  const now = platform.clock.now();
  return platform.db.inTenant(tenantId, async (tx) => {
    const user = await readUser(tx, userId, { lock: true });
    if (user?.totpSecret == null || user.hasTotp) {
      throw new Refusal("totp.not_proposed", "Ask for a new secret first.");
    }
    const secret = await openTotpSecret(seal, userId, user.totpSecret);
    const step = secret === null ? null : stepOfCode(secret, { code, now, lastStep: null });
    if (step === null || secret === null) {
      throw new Refusal("totp.code_wrong", "This is not the code shown now. Is the clock right?", {
        kind: "invalid",
      });
    }
    const sealed = await sealTotpSecret(seal, userId, secret);
    await saveTotp(tx, userId, { sealed, confirmedTime: now, lastStep: step });
    const recoveryCodes = Array.from({ length: recoveryCodesMade }, newRecoveryCode);
    const digests = await Promise.all(recoveryCodes.map(digestOfRecoveryCode));
    await saveRecoveryCodes(tx, userId, digests);
    noteTotp(tx, { userId, name: user.name, actor }, { before: false, after: true });
    return { recoveryCodes };
  });
}

/** Takes the second factor away; the caller has proven who asks. */
export async function removeTotp(
  tx: Transaction,
  { userId, name, actor }: Pick<Person, "userId" | "name" | "actor">,
): Promise<void> {
  await saveTotp(tx, userId, { sealed: null, confirmedTime: null, lastStep: null });
  await saveRecoveryCodes(tx, userId, []);
  noteTotp(tx, { userId, name, actor }, { before: true, after: false });
}

function noteTotp(
  tx: Transaction,
  { userId, name, actor }: Pick<Person, "userId" | "name" | "actor">,
  { before, after }: { before: boolean; after: boolean },
): void {
  recordChange(tx, {
    objectType: "user",
    objectId: userId,
    label: name,
    // Not `hasTotp`: names with totp in them are masked, and this is no secret.
    before: { secondFactor: before },
    after: { secondFactor: after },
    by: actor,
  });
}

const recoveryCodesMade = 10;

/** 50 random bits as `xxxxx-xxxxx`: without letters that look alike. */
function newRecoveryCode(): string {
  const letters = Array.from(
    crypto.getRandomValues(new Uint8Array(10)),
    (byte) => "abcdefghjkmnpqrstuvwxyz234567892"[byte % 32] ?? "",
  ).join("");
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}
