import { recordChange } from "../../platform/audit/record-change.ts";
import type { Catalogue } from "../../platform/authz/catalogue.ts";
import { defaultModel } from "../../platform/authz/model.ts";
import { indexPolicy, type PolicyDocument } from "../../platform/authz/policy.ts";
import { savePolicy } from "../../platform/authz/save-policy.ts";
import { readPolicy } from "../../platform/authz/store.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { changedMeanwhile } from "../../platform/http/if-match.ts";
import { refuseWiderPolicy } from "./guard-policy.ts";
import { hasAdministrator, isAdministrator, lockRights } from "./guard-rights.ts";

/**
 * Replaces roles and rules as of the version that was read, when somebody can still give rights back
 * afterwards; every process decides by it at once. Returns the new version.
 * @throws Refusal record.changed_meanwhile · policy.locks_out · policy.beyond_own · those of checkPolicy
 */
export async function replacePolicy(
  tx: Transaction,
  { catalogue, caller }: { catalogue: Catalogue; caller: Caller },
  asked: { version: number; roles: PolicyDocument["roles"]; rules: PolicyDocument["rules"] },
): Promise<bigint> {
  await lockRights(tx);
  const stored = await readPolicy(tx);
  if (stored.version !== BigInt(asked.version)) {
    throw changedMeanwhile(Number(stored.version), asked.version);
  }
  const document = { model: defaultModel, roles: asked.roles, rules: asked.rules };
  const version = await savePolicy(tx, { document, expectedVersion: stored.version, catalogue });
  refuseWiderPolicy(stored.document, document, { catalogue, roles: caller.roles });
  await refuseLockOut(tx, document, { catalogue, caller });
  noteChange(tx, stored.document, document, caller);
  return version;
}

async function refuseLockOut(
  tx: Transaction,
  document: PolicyDocument,
  { catalogue, caller }: { catalogue: Catalogue; caller: Caller },
): Promise<void> {
  const policy = indexPolicy(document, catalogue);
  // A key that asks may put things right again; a company without users has nobody else.
  if (caller.apiKeyId !== null && isAdministrator(policy, caller.roles)) return;
  if (await hasAdministrator(tx, policy)) return;
  throw new Refusal(
    "policy.locks_out",
    "With this policy no active user could change users and policy any more. Leave somebody both.",
  );
}

/** What was added and taken away, as people read it: a policy has thousands of rows. */
function noteChange(
  tx: Transaction,
  before: PolicyDocument,
  after: PolicyDocument,
  { actor }: Caller,
): void {
  const [was, is] = [sayAll(before), sayAll(after)];
  recordChange(tx, {
    objectType: "policy",
    objectId: tx.tenantId,
    label: "Roles and rules",
    before: { taken: [...was].filter((line) => !is.has(line)).slice(0, linesMax) },
    after: { given: [...is].filter((line) => !was.has(line)).slice(0, linesMax) },
    by: actor,
  });
}
const linesMax = 200;

function sayAll({ roles, rules }: PolicyDocument): Set<string> {
  return new Set([
    ...roles.map(({ role, title, parents }) => `role ${role} (${title}): ${parents.join(", ")}`),
    ...rules.map(({ role, effect, action, objectType, condition }) =>
      `${role}: ${effect} ${action} ${objectType} ${condition === null ? "" : `when ${condition}`}`.trim(),
    ),
  ]);
}
