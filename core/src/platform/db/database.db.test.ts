import { sql } from "kysely";
import { expect, it } from "vitest";

import { tenantIdSchema } from "@millwright/contracts/units";

import { createTestDatabase } from "../../../../deploy/test/database.ts";
import { readStream } from "../events/log.ts";
import { newEvent } from "../events/new-event.ts";
import { Database } from "./database.ts";
import type { Transaction } from "./transaction.ts";

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

it("begins with the first of several statements at once, and forgets the tenant at the end", async () => {
  await using test = await createTestDatabase();
  await using db = new Database(test.home.core, { poolMax: 1, onError: () => undefined });
  const tenantId = tenantIdSchema.parse(test.tenantId);
  const [, seen] = await db.inTenant(tenantId, async (tx) =>
    Promise.all([rename(tx, "renamed"), names(tx)]),
  );
  expect(seen.rows).toEqual([{ name: "renamed" }]);
  // The only connection has just been a tenant's.
  expect(await db.query(sql`select from identity.site`)).toEqual([]);
});

it("saves nothing of a transaction whose first statement, last statement or emit fails, and goes on", async () => {
  await using test = await createTestDatabase();
  await using db = new Database(test.home.core, { poolMax: 1, onError: () => undefined });
  const tenantId = tenantIdSchema.parse(test.tenantId);
  const stream = "edge_node:1";
  const event = (streamVersion: number | null) =>
    newEvent("equipment.edge_node_changed@1", {
      tenantId,
      stream,
      streamVersion,
      payload: { groupId: "plant", edgeNodeId: "1" },
      actor: { kind: "system", id: "test" },
    });

  await expect(db.inTenant(tenantId, fail)).rejects.toThrow(/division/);
  const late = db.inTenant(tenantId, async (tx) => {
    tx.emit([event(null)]);
    await rename(tx, "late");
    await fail(tx);
  });
  await expect(late).rejects.toThrow(/division/);
  const swallowed = db.inTenant(tenantId, async (tx) => {
    tx.emit([event(null)]);
    await rename(tx, "swallowed");
    await fail(tx).catch(() => undefined);
  });
  await expect(swallowed).rejects.toThrow(/aborted/);
  const refused = db.inTenant(tenantId, async (tx) => {
    await rename(tx, "refused");
    tx.emit([event(7)]);
  });
  await expect(refused).rejects.toMatchObject({ code: "concurrent_change" });

  await db.inTenant(tenantId, (tx) => Promise.resolve(tx.emit([event(1), event(2)])));
  const [events, sites] = await db.reading(tenantId, async (tx) => [
    await readStream(tx, stream),
    (await names(tx)).rows,
  ]);
  expect(events.map(({ streamVersion }) => streamVersion)).toEqual([1, 2]);
  expect(sites.map(({ name }) => name)).not.toContain("refused");
  expect(sites.map(({ name }) => name)).not.toContain("late");
});

it("sends what is queued in front of the next statement or the commit, in order, and fails with it", async () => {
  await using test = await createTestDatabase();
  await using db = new Database(test.home.core, { poolMax: 1, onError: () => undefined });
  const tenantId = tenantIdSchema.parse(test.tenantId);
  const seen = await db.inTenant(tenantId, async (tx) => {
    queueName(tx, "first");
    queueName(tx, "second");
    const rows = await names(tx);
    queueName(tx, "last");
    return rows.rows;
  });
  expect(seen).toEqual([{ name: "second" }]);
  const read = async () => (await db.reading(tenantId, names)).rows;
  expect(await read()).toEqual([{ name: "last" }]);

  const broken = db.inTenant(tenantId, async (tx) => {
    queueName(tx, "broken");
    tx.queue(sql`select 1 / ${0}::integer`);
    await names(tx);
  });
  await expect(broken).rejects.toThrow(/division/);
  const atCommit = db.inTenant(tenantId, async (tx) => {
    queueName(tx, "broken");
    return Promise.resolve(tx.queue(sql`select 1 / ${0}::integer`));
  });
  await expect(atCommit).rejects.toThrow(/division/);
  expect(await read()).toEqual([{ name: "last" }]);
});

it("queues values of every kind as the driver sends them", async () => {
  await using test = await createTestDatabase();
  await using db = new Database(test.home.core, { poolMax: 1, onError: () => undefined });
  const tenantId = tenantIdSchema.parse(test.tenantId);
  const values = [
    null,
    -1.5,
    true,
    new Date("2026-11-21T22:30:00.250Z"),
    new Uint8Array([0, 92, 255]),
    ['a "b" \\c', "", "{d,e}", "null"],
    [],
  ];
  const asked = sql`
    select jsonb_build_array(${values[0]}::text, ${values[1]}::numeric, ${values[2]}::boolean,
             ${values[3]}::timestamptz, ${values[4]}::bytea, ${values[5]}::text[], ${values[6]}::uuid[])::text
             as text`;
  const texts = await db.inTenant(tenantId, async (tx) => {
    tx.queue(sql`create temporary table queued (text text) on commit drop`);
    await sql`select`.execute(tx.over());
    tx.queue(sql`insert into queued ${asked}`);
    await sql`insert into queued ${asked}`.execute(tx.over());
    return (await sql<{ text: string }>`select text from queued`.execute(tx.over())).rows;
  });
  expect(texts[0]?.text).toContain('a \\"b\\"');
  expect(texts[0]).toEqual(texts[1]);
});

function queueName(tx: Transaction, name: string): void {
  tx.queue(sql`update identity.site set name = ${name}`);
}

function rename(tx: Transaction, name: string) {
  return sql`update identity.site set name = ${name}`.execute(tx.over());
}

function names(tx: Transaction) {
  return sql<{ name: string }>`select name from identity.site`.execute(tx.over());
}

function fail(tx: Transaction) {
  return sql`select 1 / ${0}::integer`.execute(tx.over());
}
