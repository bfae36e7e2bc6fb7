import { tenantIdSchema } from "@millwright/contracts/units";
import pg from "pg";

import { seedApiKey, seedPolicy } from "../../core/src/modules/identity/index.ts";
import { Database } from "../../core/src/platform/db/database.ts";

export type FirstTenant = {
  readonly tenantId: string;
  readonly siteId: string;
  /** Sparkplug group of the site; unique in the installation. */
  readonly groupId: string;
};

/** Fixed, so that seeding twice finds what the first time made (row security hides other tenants). */
export const firstTenant: FirstTenant = {
  tenantId: "01a8f5c0-0000-7000-8000-000000000001",
  siteId: "01a8f5c0-0000-7000-8000-000000000002",
  groupId: "plant",
};

/** A key for a helper of the installation, and what it may do. */
export type SeededKey = { name: string; roles: readonly string[]; random?: string };

/**
 * Rights for the first company: the default policy if it has none, and keys for the helpers of this
 * installation. Returns the keys in the order asked for.
 */
export async function seedAccess(
  ownerUrl: string,
  keys: readonly SeededKey[],
  first = firstTenant,
): Promise<string[]> {
  await using db = new Database(ownerUrl, { poolMax: 1, onError: () => undefined });
  const now = new Date();
  return db.inTenant(tenantIdSchema.parse(first.tenantId), async (tx) => {
    await seedPolicy(tx, now);
    const made: string[] = [];
    for (const key of keys) made.push(await seedApiKey(tx, key, now));
    return made;
  });
}

/**
 * One company with one site, in the time zone of this machine. Idempotent: an existing tenant or
 * site of these ids is left as it is, renamed or not.
 */
export async function seedFirstTenant(
  ownerUrl: string,
  first = firstTenant,
  names = { company: "My company", site: "Main plant" },
): Promise<FirstTenant> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query("begin");
    await owner.query("select set_config('app.tenant_id', $1, true)", [first.tenantId]);
    await owner.query(
      `insert into identity.tenant (tenant_id, name) values ($1, $2) on conflict (tenant_id) do nothing`,
      [first.tenantId, names.company],
    );
    await owner.query(
      `insert into identity.site (site_id, tenant_id, name, time_zone, group_id)
       values ($1, $2, $3, $4, $5) on conflict (site_id) do nothing`,
      [first.siteId, first.tenantId, names.site, localTimeZone(), first.groupId],
    );
    await owner.query("commit");
  } finally {
    await owner.end();
  }
  return first;
}

function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
