import { resolve } from "node:path";

import { kindFromEnvironment, startServer } from "./database/server.ts";
import { DATABASE_NAME, migrate } from "./migrate/migrate.ts";
import { migrateTenantDatabases } from "./migrate/tenant-databases.ts";
import { StartRefusal } from "./refusal.ts";
import { seedFirstTenant } from "./seed/first-tenant.ts";

/**
 * `node deploy/migrate.ts`: migrates and seeds DATABASE_URL, or the private server of DATA_DIR while
 * the plant is stopped, and every database of its registry. Returns the exit code.
 */
async function migrateFromEnvironment(env: NodeJS.ProcessEnv): Promise<number> {
  try {
    const dataDir = resolve(env["DATA_DIR"] ?? "data");
    const external = env["DATABASE_URL"];
    if (external !== undefined && external !== "") {
      await migrateAndReport({ adminUrl: external, dataDir });
      return 0;
    }
    const kind = kindFromEnvironment();
    await using server = await startServer({ dataDir, ...(kind && { kind }), say: console.error });
    await migrateAndReport({ adminUrl: server.superuserUrl(), dataDir, database: DATABASE_NAME });
    return 0;
  } catch (error) {
    if (!(error instanceof StartRefusal)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function migrateAndReport(asked: Parameters<typeof migrate>[0]): Promise<void> {
  const installation = await migrate(asked);
  await seedFirstTenant(installation.urls.owner);
  console.log(sentenceOf(installation.applied));
  for (const { address, applied, problem } of await migrateTenantDatabases(installation, asked)) {
    if (problem === null) console.log(`${address}: ${sentenceOf(applied)}`);
    else console.error(`${address} is left as it is, and its companies stay away: ${problem}`);
  }
}

function sentenceOf(applied: readonly string[]): string {
  return applied.length === 0 ? "up to date" : `applied ${applied.join(", ")}`;
}

process.exitCode = await migrateFromEnvironment(process.env);
