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

/** Where and when a read happened: those of one message share a connection and the moment it began. */
const place = sql<{ place: string }>`select pg_backend_pid() || ' ' || now() as place`;

test("what waits goes out together, of one tenant and in few messages", async () => {
  await using db = new Database(database.home.core, { poolMax: 4, onError: () => undefined });
  const [one, other] = [crypto.randomUUID(), crypto.randomUUID()].map((id) =>
    tenantIdSchema.parse(id),
  ) as [TenantId, TenantId];
  const read = (tenantId: TenantId) =>
    db.reading(tenantId, async (tx) => (await place.execute(tx.over())).rows[0]?.place);
  const of = (tenantId: TenantId) => Promise.all(Array.from({ length: 40 }, () => read(tenantId)));
  const [ones, others] = await Promise.all([of(one), of(other)]);
  // Two leave at once, alone; then sixteen at most, of each tenant in turn.
  expect(new Set(ones).size + new Set(others).size).toBeLessThanOrEqual(8);
  expect(ones.filter((shared) => others.includes(shared))).toEqual([]);
});

test("one that fails in a message fails alone", async () => {
  await using db = new Database(database.home.core, { poolMax: 2, onError: () => undefined });
  const mine = tenantIdSchema.parse(database.tenantId);
  const divide = (by: number) =>
    db.reading(mine, async (tx) => {
      const { rows } = await sql<{ n: number }>`select 12 / ${by}::integer as n`.execute(tx.over());
      return rows[0]?.n;
    });
  const answers = await Promise.allSettled([1, 2, 3, 4, 0, 6, 0, 12].map(divide));
  expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : null))).toEqual([
    12,
    6,
    4,
    3,
    null,
    2,
    null,
    1,
  ]);
});

test("nobody waits for a slow read of somebody else: it is answered alone, and goes alone next time", async () => {
  await using db = new Database(database.home.core, { poolMax: 4, onError: () => undefined });
  const mine = tenantIdSchema.parse(database.tenantId);
  const order: string[] = [];
  const run = (name: string, statement: typeof place) =>
    db.reading(mine, async (tx) => {
      await statement.execute(tx.over());
      order.push(name);
    });
  const sleep = sql<{ place: string }>`select pg_sleep(0.5)::text as place`;
  for (let round = 0; round < 2; round += 1) {
    order.length = 0;
    const quick = Array.from({ length: 20 }, () => run("quick", place));
    await Promise.all([run("slow", sleep), ...quick, run("slow", sleep)]);
    expect(order.slice(-2)).toEqual(["slow", "slow"]);
    expect(order).toHaveLength(22);
  }
});
