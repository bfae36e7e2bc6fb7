import pg from "pg";

import { uuidV7 } from "../../core/src/platform/ids.ts";
import type { Reached } from "../database/reach.ts";
import { type Migrated, migrate } from "../migrate/migrate.ts";
import { StartRefusal, messageOf } from "../refusal.ts";
import { type FirstTenant, seedAccess, seedFirstTenant } from "../seed/first-tenant.ts";

export type AskedTenant = {
  readonly company: string;
  readonly site: string;
  /** A name on the installation's server, or a URL with an administrator's login; null: shared. */
  readonly database: string | null;
};

export type CreatedTenant = FirstTenant & {
  /** As the registry keeps it, without a login; null: the shared database. */
  readonly address: string | null;
  /** Owner's login of the database it lives in. */
  readonly ownerUrl: string;
};

/**
 * Makes a company with its first site: in the shared database, or in one of its own, which is made
 * when it is a name, migrated, seeded and only then registered. Every running process finds it within
 * two seconds. A failure leaves at most an unregistered database behind; run it again.
 * @throws StartRefusal when the database cannot be reached, made or used.
 */
export async function createTenant(reached: Reached, asked: AskedTenant): Promise<CreatedTenant> {
  const { adminUrl, dataDir, database } = reached;
  const installation = await migrate({ adminUrl, dataDir, ...(database && { database }) });
  const tenant = {
    tenantId: uuidV7(new Date()),
    siteId: uuidV7(new Date()),
    groupId: `plant-${crypto.randomUUID().slice(0, 8)}`,
  };
  const names = { company: asked.company, site: asked.site };
  if (asked.database === null) {
    await seedFirstTenant(installation.urls.owner, tenant, names);
    await seedAccess(installation.urls.owner, [], tenant);
    return { ...tenant, address: null, ownerUrl: installation.urls.owner };
  }
  const address = addressOf(asked.database);
  const own = await migrateOwn(asked.database, { adminUrl, dataDir });
  refuseOtherLogins(own, installation);
  await seedFirstTenant(own.urls.owner, tenant, names);
  await seedAccess(own.urls.owner, [], tenant);
  await registerTenant(installation.urls.owner, { tenantId: tenant.tenantId, address });
  return { ...tenant, address, ownerUrl: own.urls.owner };
}

/** What the registry keeps: a name, or a URL without a login. @throws StartRefusal */
function addressOf(database: string): string {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(database)) return database;
  if (/^postgres(ql)?:\/\//.test(database) && URL.canParse(database)) {
    const url = new URL(database);
    url.username = "";
    url.password = "";
    return url.href;
  }
  throw new StartRefusal(
    `--database ${database} is neither a name (a-z, 0-9, _) nor a postgresql:// URL.`,
  );
}

async function migrateOwn(
  database: string,
  { adminUrl, dataDir }: { adminUrl: string; dataDir: string },
): Promise<Migrated> {
  try {
    return database.includes("://")
      ? await migrate({ adminUrl: database, dataDir })
      : await migrate({ adminUrl, dataDir, database });
  } catch (cause) {
    if (cause instanceof StartRefusal || !(cause instanceof pg.DatabaseError)) throw cause;
    throw new StartRefusal(
      `The database ${addressOf(database)} cannot be made (${messageOf(cause)}): make it by hand, or use a login that may.`,
      { cause },
    );
  }
}

function loginOf(url: string): string {
  const { username, password } = new URL(url);
  return `${username}:${password}`;
}

// Processes open every database with the login they already have.
function refuseOtherLogins(own: Migrated, installation: Migrated): void {
  const isSame = (["owner", "core", "worker", "ingest"] as const).every(
    (role) => loginOf(own.urls[role]) === loginOf(installation.urls[role]),
  );
  if (isSame) return;
  throw new StartRefusal(
    "That server has other logins than this installation: give a login there that may create roles, " +
      "or the same login on both.",
  );
}

/** Says where a tenant lives: every running process finds it within two seconds. */
export async function registerTenant(
  ownerUrl: string,
  { tenantId, address }: { tenantId: string; address: string },
): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query("select set_config('app.tenant_id', $1, false)", [tenantId]);
    await owner.query("insert into platform.tenant_database (tenant_id, address) values ($1, $2)", [
      tenantId,
      address,
    ]);
  } finally {
    await owner.end();
  }
}
