import { sql } from "kysely";

import { isAlwaysAllowed, isAtMost } from "../../platform/authz/compare-rights.ts";
import type { Policy } from "../../platform/authz/policy.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Caller } from "../../platform/http/caller.ts";

/** Changes of who may do what take turns, so that two at once cannot together take the last right away. */
export async function lockRights(tx: Transaction): Promise<void> {
  await sql`select from identity.tenant for update`.execute(tx.over());
}

/** @throws Refusal role.unknown */
export function refuseUnknownRoles(policy: Policy, roles: readonly string[]): void {
  const unknown = roles.filter((role) => !policy.rolesOf.has(role));
  if (unknown.length === 0) return;
  throw new Refusal("role.unknown", `There is no role ${unknown.join(", ")}.`, { kind: "invalid" });
}

/**
 * Nobody hands on, or takes into their hands, what they may not do themselves: neither by giving a role,
 * nor by an API key, nor by the link of somebody who may do more.
 * @throws Refusal role.beyond_own
 */
export function refuseBeyondOwn(
  policy: Policy,
  given: { roles: readonly string[]; departmentId: string | null },
  { roles: own, attributes }: Pick<Caller, "roles" | "attributes">,
): void {
  // Who is in no department is allowed nothing by a rule that compares it.
  const isSameDepartment = [null, attributes["departmentId"]].includes(given.departmentId);
  if (isAtMost(policy, given.roles, own, { isSameDepartment })) return;
  const where = isSameDepartment ? "" : " in that department";
  const sentence = `${given.roles.join(", ")} may do more${where} than you may (${own.join(", ") || "no role"}).`;
  throw new Refusal("role.beyond_own", sentence, { kind: "not_permitted" });
}

/** Whether these roles can give every right back: edit the policy and the users. */
export function isAdministrator(policy: Policy, roles: readonly string[]): boolean {
  return ["policy", "user"].every((objectType) =>
    isAlwaysAllowed(policy, roles, { objectType, action: "change" }),
  );
}

/**
 * A provider says who people are, administrators included: whoever chooses one could come back as
 * anybody. @throws Refusal oidc_provider.beyond_own
 */
export function refuseVouching(policy: Policy, roles: readonly string[]): void {
  if (isAdministrator(policy, roles)) return;
  throw new Refusal(
    "oidc_provider.beyond_own",
    "A provider vouches for everybody, so only an administrator of users and policy chooses one.",
    { kind: "not_permitted" },
  );
}

/** Whether an active user can give rights back under this policy. Call it after the change, under the lock. */
export async function hasAdministrator(tx: Transaction, policy: Policy): Promise<boolean> {
  const { rows } = await sql<{ roles: string[] }>`
    select distinct roles
      from identity.app_user
     where state = 'active'`.execute(tx.over());
  return rows.some(({ roles }) => isAdministrator(policy, roles));
}
