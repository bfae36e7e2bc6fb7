import { sql } from "kysely";

import type { Databases } from "../../../platform/db/databases.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";

/** A provider as it is stored; its secret can only be read by who has the key. */
export type ProviderRow = {
  providerId: string;
  name: string;
  issuer: string;
  clientId: string;
  clientSecretSealed: string;
  scopes: string;
  isActive: boolean;
  provisions: boolean;
  defaultRoles: string[];
  roleClaim: string | null;
  rolesByClaim: Record<string, string>;
  version: number;
};

const columns = sql.raw(`
  provider_id as "providerId", name, issuer, client_id as "clientId",
  client_secret_sealed as "clientSecretSealed", scopes, is_active as "isActive", provisions,
  default_roles as "defaultRoles", role_claim as "roleClaim", roles_by_claim as "rolesByClaim", version`);

/** By name, at most 20: a sign-in page with more buttons helps nobody. */
export async function readProviders(tx: Transaction): Promise<ProviderRow[]> {
  const { rows } = await sql<ProviderRow>`
    select ${columns} from identity.oidc_provider order by name limit 20`.execute(tx.over());
  return rows;
}

export async function readProvider(
  tx: Transaction,
  providerId: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<ProviderRow | null> {
  const { rows } = await sql<ProviderRow>`
    select ${columns}
      from identity.oidc_provider
     where provider_id = ${providerId}
       ${lock ? sql`for update` : sql``}`.execute(tx.over());
  return rows[0] ?? null;
}

export async function insertProvider(tx: Transaction, provider: ProviderRow): Promise<void> {
  const p = provider;
  await sql`
    insert into identity.oidc_provider
      (provider_id, tenant_id, name, issuer, client_id, client_secret_sealed, scopes, is_active,
       provisions, default_roles, role_claim, roles_by_claim)
    values (${p.providerId}, ${tx.tenantId}, ${p.name}, ${p.issuer}, ${p.clientId},
            ${p.clientSecretSealed}, ${p.scopes}, ${p.isActive}, ${p.provisions},
            ${p.defaultRoles}, ${p.roleClaim}, ${JSON.stringify(p.rolesByClaim)}::jsonb)`.execute(
    tx.over(),
  );
}

export async function updateProvider(tx: Transaction, provider: ProviderRow): Promise<void> {
  const p = provider;
  await sql`
    update identity.oidc_provider
       set name = ${p.name}, issuer = ${p.issuer}, client_id = ${p.clientId},
           client_secret_sealed = ${p.clientSecretSealed}, scopes = ${p.scopes},
           is_active = ${p.isActive}, provisions = ${p.provisions},
           default_roles = ${p.defaultRoles}, role_claim = ${p.roleClaim},
           roles_by_claim = ${JSON.stringify(p.rolesByClaim)}::jsonb, version = ${p.version}
     where provider_id = ${p.providerId}`.execute(tx.over());
}

export async function deleteProvider(tx: Transaction, providerId: string): Promise<void> {
  await sql`delete from identity.oidc_provider where provider_id = ${providerId}`.execute(
    tx.over(),
  );
}

/** Whether a provider of the company has this name, other than `providerId`. */
export async function isNameTaken(
  tx: Transaction,
  asked: { name: string; providerId: string },
): Promise<boolean> {
  const { rows } = await sql`
    select provider_id
      from identity.oidc_provider
     where name = ${asked.name}
       and provider_id <> ${asked.providerId}`.execute(tx.over());
  return rows.length > 0;
}

/** The user a person of a provider is; null before their first sign-in by it. */
export async function findLinkedUser(
  tx: Transaction,
  person: { providerId: string; subject: string },
): Promise<string | null> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id
      from identity.oidc_account
     where provider_id = ${person.providerId}
       and subject = ${person.subject}`.execute(tx.over());
  return rows[0]?.user_id ?? null;
}

export async function findUserByEmail(tx: Transaction, email: string): Promise<string | null> {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from identity.app_user where lower(email) = lower(${email}) for update`.execute(
    tx.over(),
  );
  return rows[0]?.user_id ?? null;
}

/** False when the user is already another person of this provider. */
export async function linkUser(
  tx: Transaction,
  link: { providerId: string; subject: string; userId: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    insert into identity.oidc_account (tenant_id, provider_id, subject, user_id, linked_time)
    values (${tx.tenantId}, ${link.providerId}, ${link.subject}, ${link.userId}, ${link.now})
    on conflict do nothing
    returning user_id`.execute(tx.over());
  return rows.length === 1;
}

/** The buttons of the sign-in page, of every database that answers. */
export async function readSignInProviders(
  db: Databases,
): Promise<{ tenantId: string; providerId: string; name: string }[]> {
  const found = await Promise.allSettled(
    db.homes().map(async ({ db: home }) =>
      home.query(sql<{ tenantId: string; providerId: string; name: string }>`
        select tenant_id as "tenantId", provider_id as "providerId", name
          from identity.sign_in_providers()`),
    ),
  );
  return found
    .flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
    .slice(0, providersMax);
}

const providersMax = 50;
