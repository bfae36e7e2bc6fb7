import pg from "pg";

import { urlOfAddress } from "../../core/src/platform/db/address.ts";
import { messageOf } from "../refusal.ts";
import { type Migrated, migrate } from "./migrate.ts";

/** A tenant that has a database of its own. */
export type TenantDatabase = { readonly tenantId: string; readonly address: string };

/** What migrating one of them came to. */
export type TenantMigrated = {
  readonly address: string;
  readonly applied: readonly string[];
  /** Null when it went well. */
  readonly problem: string | null;
};

/** The registry of the installation, in the order in which tenants joined. */
export async function listTenantDatabases(ownerUrl: string): Promise<TenantDatabase[]> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const { rows } = await owner.query<TenantDatabase>(
      `select tenant_id as "tenantId", address from platform.tenant_databases()`,
    );
    return rows;
  } finally {
    await owner.end();
  }
}

/**
 * Brings every database of the registry to the schema of this source tree, with the owner's login. One
 * that is away or refuses is told and passed over: it takes down its tenants only, because processes
 * do not open a database with an older schema.
 */
export async function migrateTenantDatabases(
  installation: Migrated,
  { dataDir }: { dataDir: string },
): Promise<TenantMigrated[]> {
  const { owner } = installation.urls;
  const registered = await listTenantDatabases(owner);
  const done: TenantMigrated[] = [];
  for (const address of new Set(registered.map((tenant) => tenant.address))) {
    try {
      const adminUrl = urlOfAddress(address, owner);
      const { applied } = await migrate({ adminUrl, dataDir });
      done.push({ address, applied, problem: null });
    } catch (error) {
      done.push({ address, applied: [], problem: messageOf(error) });
    }
  }
  return done;
}
