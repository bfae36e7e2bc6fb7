import { tenantIdSchema } from "@millwright/contracts/units";
import { type RawBuilder, sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { Database } from "./database.ts";
import { statementName } from "./statement-name.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
});

/** With one connection, so that whatever one statement leaves behind the next one meets. */
const open = () => new Database(database.home.core, { poolMax: 1, onError: () => undefined });
const mine = () => tenantIdSchema.parse(database.tenantId);

function read(db: Database, statement: RawBuilder<unknown>): Promise<unknown[]> {
  return db.reading(mine(), async (tx) => (await statement.execute(tx.over())).rows);
}

test("a read that does not parse fails alone, and others after it work", async () => {
  await using db = open();
  const reads = [sql`select 1 as a`, sql`select 2 as a`, sql`select 20 as a`, sql`select nope`];
  const answers = await Promise.allSettled(reads.map((statement) => read(db, statement)));
  expect(answers.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
  expect(await read(db, sql`select 20 as a`)).toEqual([{ a: 20 }]);
});

test("a queued statement that does not parse fails its transaction only", async () => {
  await using db = open();
  const broken = db.inTenant(mine(), async (tx) => {
    tx.queue(sql`select nope`);
    await sql`select 1`.execute(tx.over());
  });
  await expect(broken).rejects.toThrow(/nope/);
  await db.inTenant(mine(), (tx) => sql`select 1`.execute(tx.over()));
});

test("every read gets its own answer, beside a value that cannot be sent and a statement that is none", async () => {
  await using db = open();
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const echo = (value: unknown) => read(db, sql`select ${value}::text as n`);
  const answers = await Promise.allSettled(["1", "2", "a", "b", circular, "d"].map(echo));
  expect(answers.map((one) => (one.status === "fulfilled" ? one.value : null))).toEqual([
    [{ n: "1" }],
    [{ n: "2" }],
    [{ n: "a" }],
    [{ n: "b" }],
    null,
    [{ n: "d" }],
  ]);
  const nothing = read(db, sql`-- nothing`);
  const around = await Promise.all([echo("1"), echo("2"), nothing, echo("a"), echo("b")]);
  expect(around).toEqual([[{ n: "1" }], [{ n: "2" }], [], [{ n: "a" }], [{ n: "b" }]]);
});

test("a locked table keeps nobody from reading others", async () => {
  await using db = new Database(database.home.core, { poolMax: 4, onError: () => undefined });
  await using locking = new Database(database.home.owner, {
    poolMax: 1,
    onError: () => undefined,
  });
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const lock = locking.inTenant(mine(), async (tx) => {
    await sql`lock table identity.site in access exclusive mode`.execute(tx.over());
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const waiting = Promise.all([1, 2, 3].map(() => read(db, sql`select name from identity.site`)));
  for (let n = 0; n < 10; n += 1) expect(await read(db, sql`select 7 as a`)).toEqual([{ a: 7 }]);
  release.resolve();
  await lock;
  expect(await waiting).toHaveLength(3);
});

test(
  "who finds no connection hears it, and so does everybody in line",
  { timeout: 30_000 },
  async () => {
    await using db = open();
    const release = Promise.withResolvers<void>();
    const holding = db.inTenant(mine(), async (tx) => {
      await sql`select 1`.execute(tx.over());
      await release.promise;
    });
    const started = performance.now();
    const reads = Array.from({ length: 70 }, () => read(db, sql`select 8 as a`));
    const answers = await Promise.allSettled(reads);
    expect(answers.every(({ status }) => status === "rejected")).toBe(true);
    expect(performance.now() - started).toBeLessThan(15_000);
    release.resolve();
    await holding;
    expect(await read(db, sql`select 8 as a`)).toEqual([{ a: 8 }]);
  },
);

// Last: it uses up the names that statements of this process get.
test("a queued statement without a name that fails leaves its connection as it was", async () => {
  for (let n = 0; n < 320; n += 1) statementName(`select ${n} as filler`);
  await using db = open();
  const divide = (by: number) =>
    db.inTenant(mine(), (tx) => Promise.resolve(tx.queue(sql`select 1 / ${by}::integer`)));
  await expect(divide(0)).rejects.toThrow(/division/);
  await divide(1);
});
