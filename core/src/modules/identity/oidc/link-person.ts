import { recordChange } from "../../../platform/audit/record-change.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import { Refusal } from "../../../platform/errors.ts";
import { uuidV7 } from "../../../platform/ids.ts";
import { findLinkedUser, findUserByEmail, linkUser, type ProviderRow } from "../store/oidc.ts";
import { insertUser, readUser, updateUser, type UserRow } from "../store/users.ts";
import type { Person } from "./provider-client.ts";

/**
 * The user a person of a provider is: the one they were linked to, else the one of their address, else,
 * where the provider provisions, a new one. Only an address that the provider has verified links or makes
 * anybody: who merely claims an address must not become its owner.
 * @throws Refusal oidc.email_not_verified · oidc.not_invited · oidc.already_linked · oidc.user_inactive
 */
export async function userOfPerson(
  tx: Transaction,
  { person, provider, now }: { person: Person; provider: ProviderRow; now: Date },
): Promise<UserRow> {
  const { providerId } = provider;
  const linked = await findLinkedUser(tx, { providerId, subject: person.subject });
  const userId = linked ?? (await link(tx, { person, provider, now }));
  const user = await readUser(tx, userId, { lock: true });
  if (user === null || user.state === "inactive") {
    throw new Refusal("oidc.user_inactive", "Your account is not active. Ask your administrator.");
  }
  // The invitation is accepted by who proves to own the address it went to.
  if (user.state === "invited") await activate(tx, user, provider);
  return { ...user, state: "active" };
}

async function link(
  tx: Transaction,
  { person, provider, now }: { person: Person; provider: ProviderRow; now: Date },
): Promise<string> {
  const { email, subject } = person;
  if (email === null || !person.isEmailVerified) {
    throw new Refusal(
      "oidc.email_not_verified",
      "The provider has not verified your e-mail address, so it proves nothing here.",
    );
  }
  const userId =
    (await findUserByEmail(tx, email)) ?? (await provision(tx, { person, email, provider, now }));
  const { providerId } = provider;
  if (await linkUser(tx, { providerId, subject, userId, now })) return userId;
  throw new Refusal("oidc.already_linked", "This account is another person's at the provider.");
}

async function provision(
  tx: Transaction,
  asked: { person: Person; email: string; provider: ProviderRow; now: Date },
): Promise<string> {
  const { person, email, provider, now } = asked;
  if (!provider.provisions) {
    throw new Refusal("oidc.not_invited", "Nobody has invited this address yet.");
  }
  const userId = uuidV7(now);
  const user = {
    userId,
    name: (person.name ?? email).slice(0, nameLengthMax),
    email,
    state: "active" as const,
    roles: rolesOf(person, provider),
    departmentId: null,
    passwordHash: null,
  };
  await insertUser(tx, user);
  const { name, state, roles } = user;
  recordChange(tx, {
    objectType: "user",
    objectId: userId,
    label: name,
    before: null,
    after: { name, email, state, roles },
    by: { kind: "system", id: `oidc_provider:${provider.providerId}`, name: provider.name },
  });
  return userId;
}

/** The default roles and those that the values of the role claim stand for. */
export function rolesOf(
  { claims }: Pick<Person, "claims">,
  provider: Pick<ProviderRow, "defaultRoles" | "roleClaim" | "rolesByClaim">,
): string[] {
  const { defaultRoles, roleClaim, rolesByClaim } = provider;
  const claimed = roleClaim === null ? [] : [claims[roleClaim]].flat();
  const mapped = claimed.flatMap((value) =>
    typeof value === "string" && Object.hasOwn(rolesByClaim, value)
      ? (rolesByClaim[value] ?? [])
      : [],
  );
  return [...new Set([...defaultRoles, ...mapped])].slice(0, rolesMax);
}

async function activate(tx: Transaction, user: UserRow, provider: ProviderRow): Promise<void> {
  await updateUser(tx, user.userId, { state: "active" });
  recordChange(tx, {
    objectType: "user",
    objectId: user.userId,
    label: user.name,
    before: { state: user.state },
    after: { state: "active" },
    by: { kind: "system", id: `oidc_provider:${provider.providerId}`, name: provider.name },
  });
}

const nameLengthMax = 100;
const rolesMax = 50;
