import { parseArgs } from "node:util";

import { reachInstallation } from "./database/reach.ts";
import { migrate } from "./migrate/migrate.ts";
import { listTenantDatabases } from "./migrate/tenant-databases.ts";
import { StartRefusal, messageOf } from "./refusal.ts";
import { createTenant } from "./tenant/create-tenant.ts";
import { inviteAdministrator } from "./tenant/invite-administrator.ts";

const usage = `usage:
  node deploy/tenant.ts create COMPANY --administrator EMAIL [--site NAME] [--database NAME|URL]
  node deploy/tenant.ts list
Without --database the company shares the installation's database, fenced by row security. NAME is made
on the same server; URL is an existing empty database elsewhere, with a login that may create roles.`;

/** Companies of the installation that DATABASE_URL or DATA_DIR names. Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { positionals, values } = readArguments(args);
  const [command, company] = positionals;
  if (command === "create" && company !== undefined) {
    await using reached = await reachInstallation(process.env);
    const { site = "Main plant", database = null, administrator: email } = values;
    if (email === undefined) throw new StartRefusal(usage);
    const made = await createTenant(reached, { company, site, database });
    console.log(`${company}: tenant ${made.tenantId}`);
    console.log(`database: ${made.address ?? "shared"}`);
    console.log(`Sparkplug group of ${site}: ${made.groupId}`);
    const publicUrl = process.env["PUBLIC_URL"] ?? "http://127.0.0.1:8080";
    const { tenantId } = made;
    const link = await inviteAdministrator(made.ownerUrl, { tenantId, email, publicUrl });
    console.log(`${email} chooses a password here within seven days: ${link}`);
    return 0;
  }
  if (command === "list") {
    await using reached = await reachInstallation(process.env);
    const { adminUrl, dataDir, database } = reached;
    const { urls } = await migrate({ adminUrl, dataDir, ...(database && { database }) });
    for (const { tenantId, address } of await listTenantDatabases(urls.owner)) {
      console.log(`${tenantId}  ${address}`);
    }
    return 0;
  }
  throw new StartRefusal(usage);
}

function readArguments(args: readonly string[]) {
  try {
    const options = {
      administrator: { type: "string" },
      site: { type: "string" },
      database: { type: "string" },
    } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new StartRefusal(`${messageOf(cause)}\n${usage}`, { cause });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartRefusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
