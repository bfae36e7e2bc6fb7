import pg from "pg";
import { expect, test } from "vitest";

import { createTestDatabase } from "../test/database.ts";

test("a test database is migrated, seeded and reachable by its roles", async () => {
  await using db = await createTestDatabase();
  expect(db.kind).toBe(process.env["EMBEDDED_DB"]);
  const core = new pg.Client({ connectionString: db.urls.core });
  await core.connect();
  await core.query("begin");
  await core.query("select set_config('app.tenant_id', $1, true)", [db.tenantId]);
  const { rows } = await core.query("select group_id from identity.site");
  await core.end();
  expect(rows).toEqual([{ group_id: db.groupId }]);
});
