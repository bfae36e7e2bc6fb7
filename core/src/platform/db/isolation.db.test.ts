import { tenantIdSchema, type TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";

import {
  addTestTenant,
  createTestDatabase,
  type Isolation,
  type TestDatabase,
} from "../../../../deploy/test/database.ts";
import { until } from "../../../../deploy/test/until.ts";
import { registerTenant } from "../../../../deploy/tenant/create-tenant.ts";
import { newEvent } from "../events/new-event.ts";
import { runs } from "../events/run-subscription.ts";
import type { Subscription } from "../events/subscription.ts";
import { readHealth } from "../http/health.ts";
import { openPlatform } from "../open-platform.ts";
import type { Platform } from "../platform.ts";
import type { Transaction } from "./transaction.ts";

// Two companies of one installation, in both modes: what one writes the other never sees, in tables,
// events, cursors and notices, though ids, names and positions are the same.

const modes: { mode: string; isolation: Isolation }[] = [
  { mode: "in one database behind row security", isolation: "shared" },
  { mode: "each in a database of its own", isolation: "database" },
];

describe.each(modes)("two tenants $mode", ({ isolation }) => {
  const open = new AsyncDisposableStack();
  let platform: Platform;
  let own: TenantId;
  let other: TenantId;

  beforeAll(async () => {
    const database = open.use(await createTestDatabase({ isolation }));
    const second = open.use(await addTestTenant(database, isolation));
    platform = open.use(await openTest(database));
    own = tenantIdSchema.parse(database.tenantId);
    other = tenantIdSchema.parse(second.tenantId);
  });
  afterAll(() => open.disposeAsync());

  test("share no row, whatever id or number is asked for", async () => {
    const itemId = crypto.randomUUID();
    await platform.db.inTenant(own, (tx) => insertItem(tx, itemId));
    const found = (tenantId: TenantId) =>
      platform.db.inTenant(tenantId, async (tx) => {
        const { rows } = await sql`
          select item_id from engineering.item where item_id = ${itemId} or number = 'same'`.execute(
          tx.over(),
        );
        return rows.length;
      });
    expect([await found(own), await found(other)]).toEqual([1, 0]);
    const changed = await platform.db.inTenant(other, (tx) =>
      sql`update engineering.item set name = 'taken' where item_id = ${itemId}`.execute(tx.over()),
    );
    expect(changed.numAffectedRows).toBe(0n);
  });

  test("cannot write a row in the other's name", async () => {
    const attempt = platform.db.inTenant(other, (tx) =>
      sql`
        insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
        values (gen_random_uuid(), ${own}, 'forged', 'forged', 'buy', 'pc')`.execute(tx.over()),
    );
    await expect(attempt).rejects.toThrow(/row-level security/);
  });

  test("have their events handled once, each in its own transaction", async () => {
    const heard: string[] = [];
    const subscription: Subscription = {
      name: "test.isolation",
      keys: ["equipment.edge_node_changed@1"],
      handle: async (tx, events) => {
        for (const event of events) heard.push(`${event.tenantId} in ${tx.tenantId}`);
        await Promise.resolve();
      },
    };
    await using running = await platform.db.everywhere(runs(subscription, platform));
    await emit(platform, own);
    await emit(platform, other);
    await until("both are heard", () => Promise.resolve(heard.length >= 2));
    expect(heard.toSorted()).toEqual([`${own} in ${own}`, `${other} in ${other}`].toSorted());
    expect(running).toBeDefined();
  });

  test("are fenced also inside one database: a transaction without a tenant sees no row", async () => {
    for (const { db } of platform.db.homes()) {
      expect(await db.query(sql`select item_id from engineering.item`)).toEqual([]);
    }
  });
});

describe("a database per tenant", () => {
  let open: AsyncDisposableStack;
  let database: TestDatabase;
  let platform: Platform;

  beforeEach(async () => {
    open = new AsyncDisposableStack();
    database = open.use(await createTestDatabase({ isolation: "database" }));
    platform = open.use(await openTest(database));
  });
  afterEach(() => open.disposeAsync());

  test("has its own log and cursors: the installation's show nothing of it", async () => {
    const tenantId = tenantIdSchema.parse(database.tenantId);
    await emit(platform, tenantId);
    const { db } = await platform.db.homeOf(tenantId);
    const last = sql<{ last: string }>`select platform.last_position() as last`;
    expect(await platform.db.query(last)).toEqual([{ last: "0" }]);
    expect(await db.query(last)).toEqual([{ last: "1" }]);
  });

  test("that joins is found by a running process, and its subscriptions run there", async () => {
    const heard: string[] = [];
    const subscription: Subscription = {
      name: "test.joining",
      keys: ["equipment.edge_node_changed@1"],
      handle: async (_, events) => {
        heard.push(...events.map((event) => event.tenantId));
        await Promise.resolve();
      },
    };
    open.use(await platform.db.everywhere(runs(subscription, platform)));
    const joined = open.use(await addTestTenant(database, "database"));
    const tenantId = tenantIdSchema.parse(joined.tenantId);
    await emit(platform, tenantId);
    await until("the new one is heard", () => Promise.resolve(heard.includes(tenantId)));
  });

  test("that is away takes down its tenant only, and health says which", async () => {
    const tenantId = tenantIdSchema.parse(database.tenantId);
    const lost = tenantIdSchema.parse(crypto.randomUUID());
    const address = "no_such_database";
    await registerTenant(database.urls.owner, { tenantId: lost, address });
    await expect(platform.db.inTenant(lost, (tx) => countItems(tx))).rejects.toThrow(
      "The database of this company is not reachable.",
    );
    expect(await platform.db.inTenant(tenantId, countItems)).toBe(0);
    const health = await readHealth(platform);
    expect(health.status).toBe("degraded");
    expect(health.components[`database ${address}`]?.detail).toMatch(/^away: /);
    expect(health.components["database"]?.status).toBe("ok");
  });

  test("is a secret to nobody who reads the registry: an address holds no login", async () => {
    for (const address of [
      "postgresql://mw_core:secret@db/x",
      "postgresql://db/x?password=secret",
      "postgresql://db/x?user=a",
      "Not A Name",
    ]) {
      const entry = { tenantId: crypto.randomUUID(), address };
      await expect(registerTenant(database.urls.owner, entry)).rejects.toThrow(
        /tenant_database_address_check/,
      );
    }
  });
});

async function openTest({ urls }: TestDatabase): Promise<Platform & AsyncDisposable> {
  return openPlatform({ process: "test", databaseUrl: urls.worker, logLevel: "silent" });
}

async function insertItem(tx: Transaction, itemId: string): Promise<void> {
  await sql`
    insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
    values (${itemId}, ${tx.tenantId}, 'same', 'Same', 'buy', 'pc')`.execute(tx.over());
}

async function countItems(tx: Transaction): Promise<number> {
  const { rows } = await sql<{ items: number }>`
    select count(*)::integer as items from engineering.item`.execute(tx.over());
  return rows[0]?.items ?? 0;
}

async function emit({ db }: Platform, tenantId: TenantId): Promise<void> {
  await db.inTenant(tenantId, async (tx) => {
    tx.emit([
      newEvent("equipment.edge_node_changed@1", {
        tenantId,
        stream: "edge_node:same",
        streamVersion: null,
        payload: { groupId: "plant", edgeNodeId: "same" },
        actor: { kind: "system", id: "test" },
      }),
    ]);
    await Promise.resolve();
  });
}
