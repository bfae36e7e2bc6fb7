import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { roleUrls, withDatabase } from "../migrate/roles.ts";
import { listTenantDatabases, migrateTenantDatabases } from "../migrate/tenant-databases.ts";
import { migrate } from "../migrate/migrate.ts";
import { startTestServer } from "../test/server.ts";
import { createTenant, registerTenant } from "./create-tenant.ts";

const run = promisify(execFile);

test("a company gets a database of its own by one command, and every migration reaches it", async () => {
  const { server, stop } = await startTestServer("postgres");
  try {
    const { superuserUrl, dataDir } = server;
    const installation = { adminUrl: superuserUrl, dataDir, database: "millwright" };
    const migrated = await migrate(installation);
    const env = {
      ...process.env,
      DATABASE_URL: withDatabase(superuserUrl, "millwright"),
      DATA_DIR: dataDir,
    };
    const script = join(import.meta.dirname, "../tenant.ts");
    const command = (...args: string[]) => run(process.execPath, [script, ...args], { env });

    const administrator = ["--administrator", "anna@example.com"];
    const { stdout } = await command(
      "create",
      "Berg Metall",
      ...administrator,
      "--database",
      "berg",
    );
    expect(stdout).toMatch(/^Berg Metall: tenant [0-9a-f-]{36}\ndatabase: berg\n/);
    expect(stdout).toMatch(/^anna@example.com chooses .*\/link#token=mwl_/m);
    const [registered] = await listTenantDatabases(migrated.urls.owner);
    expect(registered?.address).toBe("berg");
    expect((await command("list")).stdout).toContain("  berg");

    // The same logins open it, and it is a whole installation's schema.
    const own = roleUrls(withDatabase(superuserUrl, "berg"), dataDir);
    expect(own.core).toContain("/berg");
    const lost = { tenantId: crypto.randomUUID(), address: "no_such_database" };
    await registerTenant(migrated.urls.owner, lost);
    const done = await migrateTenantDatabases(migrated, { dataDir });
    expect(done.map(({ address, applied }) => [address, applied])).toEqual([
      ["berg", []],
      ["no_such_database", []],
    ]);
    expect(done[0]?.problem).toBeNull();
    expect(done[1]?.problem).toContain("no_such_database");

    await expect(
      createTenant(
        { ...installation, [Symbol.asyncDispose]: () => Promise.resolve() },
        { company: "X", site: "Y", database: "Not A Name" },
      ),
    ).rejects.toThrow(/neither a name .* nor a postgresql:\/\/ URL/);
    await expect(command("create", "Nobody")).rejects.toMatchObject({ code: 1 });
  } finally {
    await stop();
  }
});
