import { Refusal } from "@millwright/contracts/states";

import type { Transaction } from "../db/transaction.ts";
import type { Catalogue } from "./catalogue.ts";
import { checkPolicy, type PolicyDocument } from "./policy.ts";
import { lockPolicy, readVersion, writePolicy } from "./store.ts";

/**
 * Replaces the tenant's policy when it is still at `expectedVersion` (0: there is none yet); every
 * process hears of it with the commit. Returns the new version.
 * @throws Refusal authz.policy_changed when somebody else saved first · those of `checkPolicy`. Then
 * nothing is saved.
 */
export async function savePolicy(
  tx: Transaction,
  change: { document: PolicyDocument; expectedVersion: bigint; catalogue: Catalogue },
): Promise<bigint> {
  checkPolicy(change.document, change.catalogue);
  const current = await lockPolicy(tx);
  if (current !== change.expectedVersion) {
    throw new Refusal(
      "authz.policy_changed",
      `Somebody else changed the policy: it is at version ${current}. Look at it and save again.`,
      { current: current.toString(), asked: change.expectedVersion.toString() },
    );
  }
  await writePolicy(tx, change.document);
  return readVersion(tx);
}
