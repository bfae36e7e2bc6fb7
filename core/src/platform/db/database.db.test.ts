import { sql } from "kysely";
import { expect, it } from "vitest";

import { tenantIdSchema } from "@millwright/contracts/units";

import { createTestDatabase } from "../../../../deploy/test/database.ts";
import { Database } from "./database.ts";

it("survives a connection that the server ends between two statements, and saves nothing of it", async () => {
  await using test = await createTestDatabase();
  const idle: Error[] = [];
  await using database = new Database(test.urls.core, {
    poolMax: 2,
    onError: (error) => idle.push(error),
  });
  const tenantId = tenantIdSchema.parse(test.tenantId);

  const attempt = database.inTenant(tenantId, async (tx) => {
    await sql`update identity.site set name = 'renamed'`.execute(tx.over());
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.over());
    await database.query(sql`select pg_terminate_backend(${rows[0]?.pid ?? 0})`);
    // The end of the connection is an event of the socket: the next statement comes after it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sql`select 1`.execute(tx.over());
  });
  await expect(attempt).rejects.toThrow();

  const names = await database.inTenant(tenantId, async (tx) =>
    sql<{ name: string }>`select name from identity.site`.execute(tx.over()),
  );
  expect(names.rows.map(({ name }) => name)).not.toContain("renamed");
});
