import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

import type { DatabaseKind } from "../database/programs.ts";
import { kindFromEnvironment } from "../database/server.ts";
import { listMigrations, migrate } from "../migrate/migrate.ts";
import { type RoleUrls, roleUrls, withDatabase } from "../migrate/roles.ts";
import { type FirstTenant, seedAccess, seedFirstTenant } from "../seed/first-tenant.ts";
import { registerTenant } from "../tenant/create-tenant.ts";
import { type TestServer, sharedServer } from "./server.ts";

export type TestDatabase = AsyncDisposable & {
  /** One connection string per role; the roles are real, none of them passes row security. */
  readonly urls: RoleUrls;
  /** The same of the database the tenant lives in: another one when `isolation` is `database`. */
  readonly home: RoleUrls;
  readonly kind: DatabaseKind;
  readonly tenantId: string;
  readonly siteId: string;
  /** Sparkplug group of the site, random. */
  readonly groupId: string;
  /** API key of an administrator of the tenant. */
  readonly apiKey: string;
};

/** How tenants are kept apart: by row security in one database, or each in a database of its own. */
export type Isolation = "shared" | "database";

/**
 * A fresh installation for one test: cloned from the migrated template in about 0.1 s, with one tenant
 * and one site. Dropped when disposed, open connections or not. `isolation` is that of the layer
 * (vitest.config.ts), so that the same test runs in both modes. Without `hasPolicy` nobody may do
 * anything, as in a tenant that was never seeded.
 */
export async function createTestDatabase({
  isolation = isolationOfLayer(),
  hasPolicy = true,
}: { isolation?: Isolation; hasPolicy?: boolean } = {}): Promise<TestDatabase> {
  const server = await sharedServer(kindFromEnvironment());
  await using making = new AsyncDisposableStack();
  const installation = making.use(await cloneTemplate(server));
  const home = isolation === "shared" ? installation : making.use(await cloneTemplate(server));
  const first = await seedTestTenant(home.urls, hasPolicy);
  if (home !== installation) {
    await registerTenant(installation.urls.owner, { ...first, address: home.name });
  }
  const made = making.move();
  return {
    urls: installation.urls,
    home: home.urls,
    kind: server.kind,
    ...first,
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

export type TestTenant = FirstTenant & { readonly apiKey: string };

/** One more tenant of an installation under test, in the shared database or in one of its own. */
export async function addTestTenant(
  { urls }: Pick<TestDatabase, "urls">,
  isolation: Isolation,
): Promise<TestTenant & AsyncDisposable & { home: RoleUrls; name: string | null }> {
  if (isolation === "shared") {
    return {
      ...(await seedTestTenant(urls)),
      home: urls,
      name: null,
      [Symbol.asyncDispose]: nothing,
    };
  }
  const home = await cloneTemplate(await sharedServer(kindFromEnvironment()));
  const tenant = await seedTestTenant(home.urls);
  await registerTenant(urls.owner, { ...tenant, address: home.name });
  const drop = () => home[Symbol.asyncDispose]();
  return { ...tenant, home: home.urls, name: home.name, [Symbol.asyncDispose]: drop };
}

// The shared database goes with its test.
const nothing = () => Promise.resolve();

async function seedTestTenant({ owner }: RoleUrls, hasPolicy = true): Promise<TestTenant> {
  const first = {
    tenantId: randomUUID(),
    siteId: randomUUID(),
    groupId: `plant-${randomBytes(4).toString("hex")}`,
  };
  await seedFirstTenant(owner, first);
  if (!hasPolicy) return { ...first, apiKey: "" };
  const administrator = { name: "Test", roles: ["administrator"] };
  const [apiKey = ""] = await seedAccess(owner, [administrator], first);
  return { ...first, apiKey };
}

async function cloneTemplate(
  server: TestServer,
): Promise<AsyncDisposable & { urls: RoleUrls; name: string }> {
  const template = await ensureTemplate(server);
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asSuperuser(server, (admin) =>
    admin.query(`create database ${name} template ${template} owner mw_owner`),
  );
  const drop = `drop database if exists ${name} with (force)`;
  return {
    name,
    urls: roleUrls(withDatabase(server.superuserUrl, name), server.dataDir),
    [Symbol.asyncDispose]: async () => {
      await asSuperuser(server, (admin) => admin.query(drop));
    },
  };
}

function isolationOfLayer(): Isolation {
  return process.env["TEST_ISOLATION"] === "database" ? "database" : "shared";
}

const templates = new Map<string, Promise<string>>();

/** Migrates the template once per server and set of migrations; everybody else finds it there. */
export function ensureTemplate(server: TestServer): Promise<string> {
  const name = `template_${hashOfSchema()}`;
  const key = `${server.superuserUrl} ${name}`;
  const made = templates.get(key) ?? makeTemplate(server, name);
  templates.set(key, made);
  return made;
}

async function makeTemplate(server: TestServer, name: string): Promise<string> {
  await asSuperuser(server, async (admin) => {
    // Test workers start together; the first one migrates, the others wait here.
    await admin.query("select pg_advisory_lock(4711, 3)");
    const found = await admin.query(
      "select from pg_database where datname = $1 and not datallowconn",
      [name],
    );
    if (found.rowCount !== 0) return;
    await migrate({ adminUrl: server.superuserUrl, dataDir: server.dataDir, database: name });
    // Nobody may be connected to a template while it is cloned.
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [
      name,
    ]);
  });
  return name;
}

// Whatever decides the schema: the migrations and the grants.
function hashOfSchema(): string {
  const hash = createHash("sha256");
  const grants = join(import.meta.dirname, "../migrate/grants.ts");
  for (const path of [...listMigrations(), grants]) hash.update(path).update(readFileSync(path));
  return hash.digest("hex").slice(0, 12);
}

async function asSuperuser<T>(
  server: TestServer,
  work: (admin: pg.Client) => Promise<T>,
): Promise<T> {
  const admin = new pg.Client({ connectionString: server.superuserUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
