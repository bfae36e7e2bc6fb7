import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { Database } from "./database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
});

test("what only reads sees its tenant, writes nothing and leaves no tenant behind", async () => {
  await using db = new Database(database.home.core, { poolMax: 1, onError: () => undefined });
  const mine = tenantIdSchema.parse(database.tenantId);
  const tenants = async (tenantId: TenantId) =>
    db.reading(tenantId, async (tx) => {
      const rows = await sql<{ tenant_id: string }>`select tenant_id from identity.tenant`.execute(
        tx.over(),
      );
      return rows.rows.map((row) => row.tenant_id);
    });
  expect(await tenants(mine)).toEqual([mine]);
  expect(await tenants(tenantIdSchema.parse(crypto.randomUUID()))).toEqual([]);
  // The only connection has just been a tenant's: outside of one it shows nothing.
  expect(await db.query(sql`select from identity.tenant`)).toEqual([]);
  const write = sql`update identity.tenant set name = 'x'`;
  await expect(db.reading(mine, (tx) => write.execute(tx.over()))).rejects.toThrow(/read-only/);
  // A failure inside leaves the connection usable, by name and not.
  const wrong = sql`select 1 / ${0}::integer`;
  await expect(db.reading(mine, (tx) => wrong.execute(tx.over()))).rejects.toThrow(/division/);
  await expect(db.reading(mine, (tx) => sql`select no`.execute(tx.over()))).rejects.toThrow(/"no"/);
  expect(await tenants(mine)).toEqual([mine]);
  await db.inTenant(mine, (tx) => write.execute(tx.over()));
  expect(await tenants(mine)).toEqual([mine]);
});

test("many tenants read at once through few connections, each its own", async () => {
  await using db = new Database(database.home.core, { poolMax: 2, onError: () => undefined });
  const tenantIds = Array.from({ length: 40 }, () => tenantIdSchema.parse(crypto.randomUUID()));
  const seen = await Promise.all(
    tenantIds.map((tenantId) =>
      db.reading(tenantId, async (tx) => {
        const current = sql<{ now: string }>`select current_setting('app.tenant_id') as now`;
        const first = await current.execute(tx.over());
        const second = await current.execute(tx.over());
        return [first.rows[0]?.now, second.rows[0]?.now];
      }),
    ),
  );
  expect(seen).toEqual(tenantIds.map((tenantId) => [tenantId, tenantId]));
});
