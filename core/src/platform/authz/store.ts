import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";
import { z } from "zod";

import type { Database } from "../db/database.ts";
import type { Transaction } from "../db/transaction.ts";
import { defaultModel } from "./model.ts";
import type { PolicyDocument } from "./policy.ts";

export type StoredPolicy = { readonly version: bigint; readonly document: PolicyDocument };

/** Version of the tenant's policy; 0 when it has none. Moves with every change, by trigger. */
export async function readVersion(tx: Transaction): Promise<bigint> {
  const { rows } = await sql<{ version: string }>`
    select version from platform.authz_policy`.execute(tx.over());
  return BigInt(rows[0]?.version ?? "0");
}

/** The tenant's policy and the version it has. A tenant without one has no roles and no rules. */
export async function readPolicy(tx: Transaction): Promise<StoredPolicy> {
  // One statement is one snapshot: rules of one version are never read with roles of another.
  const { rows } = await sql`
    select p.version::text as version, p.model,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'role', r.role,
                     'title', r.title,
                     'parents', (select coalesce(jsonb_agg(i.parent order by i.parent), '[]')
                                   from platform.authz_role_parent i
                                  where i.role = r.role)) order by r.role), '[]')
              from platform.authz_role r) as roles,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'ruleId', u.rule_id,
                     'role', u.role,
                     'objectType', u.object_type,
                     'action', u.action,
                     'effect', u.effect,
                     'condition', u.condition) order by u.rule_id), '[]')
              from platform.authz_rule u) as rules
      from platform.authz_policy p`.execute(tx.over());
  const [row] = storedSchema.parse(rows);
  if (row === undefined) {
    return { version: 0n, document: { model: defaultModel, roles: [], rules: [] } };
  }
  const { version, ...document } = row;
  return { version: BigInt(version), document };
}

const storedSchema = z
  .array(
    z.object({
      version: z.string(),
      model: z.string(),
      roles: z.array(
        z.object({ role: z.string(), title: z.string(), parents: z.array(z.string()) }),
      ),
      rules: z.array(
        z.object({
          ruleId: z.string(),
          role: z.string(),
          objectType: z.string(),
          action: z.string(),
          effect: z.enum(["allow", "deny"]),
          condition: z.string().nullable(),
        }),
      ),
    }),
  )
  .max(1);

/** Versions of these tenants' policies, whoever asks; one without a policy is left out. */
export async function readVersions(
  db: Database,
  tenantIds: readonly TenantId[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.query(sql<{ tenant_id: string; version: string }>`
    select tenant_id, version from platform.authz_versions(${tenantIds})`);
  return new Map(rows.map(({ tenant_id, version }) => [tenant_id, BigInt(version)]));
}

/** Locks the tenant's policy until the end of the transaction and returns its version. */
export async function lockPolicy(tx: Transaction): Promise<bigint> {
  await sql`
    insert into platform.authz_policy (tenant_id) values (${tx.tenantId})
    on conflict do nothing`.execute(tx.over());
  const { rows } = await sql<{ version: string }>`
    select version from platform.authz_policy for update`.execute(tx.over());
  return BigInt(rows[0]?.version ?? "0");
}

/** Makes the stored policy this document. Whole, because roles and rules are only right together. */
export async function writePolicy(tx: Transaction, document: PolicyDocument): Promise<void> {
  const roles = JSON.stringify(document.roles);
  const rules = JSON.stringify(document.rules);
  const tenantId = tx.tenantId;
  const over = tx.over();
  await sql`update platform.authz_policy set model = ${document.model}`.execute(over);
  // Rules and inheritance go with their roles, by foreign key.
  await sql`delete from platform.authz_rule`.execute(over);
  await sql`delete from platform.authz_role`.execute(over);
  await sql`
    insert into platform.authz_role (tenant_id, role, title)
    select ${tenantId}, r.role, r.title
      from jsonb_to_recordset(${roles}::jsonb) as r (role text, title text)`.execute(over);
  await sql`
    insert into platform.authz_role_parent (tenant_id, role, parent)
    select ${tenantId}, r.role, p.parent
      from jsonb_to_recordset(${roles}::jsonb) as r (role text, parents jsonb),
           jsonb_array_elements_text(r.parents) as p (parent)`.execute(over);
  await sql`
    insert into platform.authz_rule
      (tenant_id, rule_id, role, object_type, action, effect, condition)
    select ${tenantId}, u."ruleId", u.role, u."objectType", u.action, u.effect, u.condition
      from jsonb_to_recordset(${rules}::jsonb) as u
           ("ruleId" uuid, role text, "objectType" text, action text, effect text, condition text)
  `.execute(over);
}
