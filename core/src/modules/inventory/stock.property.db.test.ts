import type { MoveToPost } from "@millwright/contracts/api";
import { tenantIdSchema, toQuantity } from "@millwright/contracts/units";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { Database } from "../../platform/db/database.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { engineering } from "../engineering/index.ts";
import { inventory, rebuildBalances, verifyStock } from "./index.ts";

/**
 * The books under whatever happens: a small world of three items (by quantity, by lot, by serial) in
 * three bins, with so little stock that half of what is asked is refused.
 */
let database: TestDatabase;
let db: Database;
const deps = { engineering, newId: () => crypto.randomUUID() };
const now = new Date("2026-11-20T10:00:00Z");
const by = { actor: { kind: "system", id: "test" } as const, now };
const writers = 50;

beforeAll(async () => {
  database = await createTestDatabase();
  db = new Database(database.urls.core, { poolMax: writers, onError: () => undefined });
});
afterAll(async () => {
  await db?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const places = ["supplier", "production", "scrap", "A", "B", "C"] as const;
const anyMove = fc.record({
  item: fc.constantFrom("plain", "lot", "serial"),
  from: fc.constantFrom(...places),
  to: fc.constantFrom(...places),
  quantity: fc.integer({ min: 1, max: 8 }),
  lot: fc.constantFrom("1", "2", "3"),
});
type Asked = typeof anyMove extends fc.Arbitrary<infer T> ? T : never;
const anyPosting = fc.array(anyMove, { minLength: 1, maxLength: 6 });

test("whatever is posted, twice or once, by 50 writers: the books hold and nothing is half done", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyPosting, { minLength: writers, maxLength: 2 * writers }),
      async (postings) => {
        const world = await makeWorld();
        const all = postings.map((posting) => posting.map((move) => world.toMove(move)));
        // Every third posting comes a second time, at once.
        const sent = [...all, ...all.filter((_, index) => index % 3 === 0)];
        const answers = await inParallel(sent, (moves) =>
          inTenant((tx) => inventory.postMoves(tx, deps, moves, by)),
        );
        const posted = answers.reduce((sum, answer) => sum + (answer?.posted ?? 0), 0);
        expect(await countMoves(world.itemIds)).toBe(posted);
        expect(await inTenant(verifyStock)).toEqual([]);
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
}, 120_000);

test("50 writers who take the last pieces get exactly what was there", async () => {
  const world = await makeWorld();
  await post([world.toMove({ item: "plain", from: "supplier", to: "A", quantity: 30, lot: "1" })]);
  const takes = Array.from({ length: writers }, () => [
    world.toMove({ item: "plain", from: "A", to: "production", quantity: 1, lot: "1" }),
  ]);
  const answers = await inParallel(takes, post);
  expect(answers.filter((answer) => answer !== null)).toHaveLength(30);
  expect(await inTenant(verifyStock)).toEqual([]);
});

test("50 writers who post the same moves in any order post them once", async () => {
  const world = await makeWorld();
  const moves = Array.from({ length: 20 }, () =>
    world.toMove({ item: "lot", from: "supplier", to: "B", quantity: 1, lot: "1" }),
  );
  const sent = Array.from({ length: writers }, (_, index) =>
    index % 2 === 0 ? moves : moves.toReversed(),
  );
  const answers = await inParallel(sent, post);
  expect(answers.reduce((sum, answer) => sum + (answer?.posted ?? 0), 0)).toBe(20);
  expect(await inTenant(verifyStock)).toEqual([]);
});

test("a serial that 50 writers receive is received once", async () => {
  const world = await makeWorld();
  const sent = Array.from({ length: writers }, () => [
    world.toMove({ item: "serial", from: "supplier", to: "C", quantity: 1, lot: "1" }),
  ]);
  const answers = await inParallel(sent, post);
  expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
});

describe("reservations", () => {
  test("keep stock from everybody but who picked it, and are consumed", async () => {
    const world = await makeWorld();
    const put = world.toMove({ item: "plain", from: "supplier", to: "A", quantity: 5, lot: "1" });
    await post([put]);
    const asked = reservationOf(put, "3");
    await reserve(asked);
    await reserve(asked);
    expect(await available(put.itemId)).toEqual(["2"]);
    await expect(reserve(reservationOf(put, "3"))).rejects.toMatchObject({
      code: "stock.not_available",
    });
    const out = { ...put, fromLocationId: put.toLocationId, toLocationId: world.at("production") };
    const take = (quantity: number, reservationId: string | null) =>
      post([
        { ...out, moveId: crypto.randomUUID(), quantity: toQuantity(quantity), reservationId },
      ]);
    await expect(take(3, null)).rejects.toMatchObject({ code: "stock.reserved" });
    await inTenant((tx) => inventory.pickReservation(tx, asked.reservationId));
    await take(1, asked.reservationId);
    await take(2, asked.reservationId);
    expect(await available(put.itemId)).toEqual(["2"]);
    await expect(
      inTenant((tx) => inventory.releaseReservation(tx, asked.reservationId)),
    ).rejects.toMatchObject({ code: "reservation.transition_refused", current: "consumed" });
    expect(await inTenant(verifyStock)).toEqual([]);
  });

  test("give back what is left when they are released", async () => {
    const world = await makeWorld();
    const put = world.toMove({ item: "plain", from: "supplier", to: "A", quantity: 5, lot: "1" });
    await post([put]);
    const asked = reservationOf(put, "5");
    await reserve(asked);
    expect(await available(put.itemId)).toEqual([]);
    await inTenant((tx) => inventory.releaseReservation(tx, asked.reservationId));
    expect(await available(put.itemId)).toEqual(["5"]);
    expect(await inTenant(verifyStock)).toEqual([]);
  });

  test("by 50 writers at once never keep more than is there", async () => {
    const world = await makeWorld();
    const put = world.toMove({ item: "plain", from: "supplier", to: "A", quantity: 20, lot: "1" });
    await post([put]);
    const asked = Array.from({ length: writers }, () => reservationOf(put, "1"));
    const answers = await inParallel(asked, async (one) => (await reserve(one), true));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(20);
  });
});

describe("the projection", () => {
  test("is the same after it was rebuilt, and while others post", async () => {
    const world = await makeWorld();
    const receive = () =>
      post([world.toMove({ item: "plain", from: "supplier", to: "A", quantity: 2, lot: "1" })]);
    await inParallel(Array.from({ length: 20 }), async (_, index) => {
      await (index === 10 ? inTenant(rebuildBalances) : receive());
    });
    expect(await available(world.itemIds[0] ?? "")).toEqual(["38"]);
    await inTenant(rebuildBalances);
    expect(await available(world.itemIds[0] ?? "")).toEqual(["38"]);
    expect(await inTenant(verifyStock)).toEqual([]);
  });

  test("that is not the fold is found, and mended by a rebuild", async () => {
    const world = await makeWorld();
    await post([world.toMove({ item: "plain", from: "supplier", to: "A", quantity: 2, lot: "1" })]);
    await inTenant((tx) =>
      sql`update inventory.balance set quantity = quantity + 1
           where location_id = ${world.at("A")}`.execute(tx.over()),
    );
    const rules = (await inTenant(verifyStock)).map(({ rule }) => rule);
    expect(rules.toSorted()).toEqual(["balance_is_not_fold", "sum_is_not_zero"]);
    await inTenant(rebuildBalances);
    expect(await inTenant(verifyStock)).toEqual([]);
  });
});

describe("the database itself", () => {
  test.each([
    ["changes no move", "update inventory.stock_move set quantity = 1", "never changed"],
    ["deletes no move", "delete from inventory.stock_move", "never changed"],
    [
      "lets nothing below zero",
      "update inventory.balance set quantity = -1 where not allows_negative",
      "balance_not_negative",
    ],
  ])("%s", async (_what, statement, message) => {
    const world = await makeWorld();
    await post([world.toMove({ item: "plain", from: "supplier", to: "A", quantity: 1, lot: "1" })]);
    await expect(inTenant((tx) => sql.raw(statement).execute(tx.over()))).rejects.toThrow(message);
  });

  test("shows a tenant its own stock only", async () => {
    const world = await makeWorld();
    const put = world.toMove({ item: "lot", from: "supplier", to: "A", quantity: 1, lot: "1" });
    await post([put]);
    const other = tenantIdSchema.parse(crypto.randomUUID());
    const seen = await db.inTenant(other, async (tx) => {
      const tables = ["location", "stocked_item", "lot", "stock_move", "balance", "reservation"];
      const counts = tables.map((table) => `select count(*) as n from inventory.${table}`);
      const { rows } = await sql
        .raw<{ n: string }>(
          `${counts.join(" union all ")} union all select count(*) from inventory.v_available`,
        )
        .execute(tx.over());
      return rows.map(({ n }) => n);
    });
    expect(new Set(seen)).toEqual(new Set(["0"]));
    await expect(
      db.inTenant(other, (tx) => inventory.postMoves(tx, deps, [put], by)),
    ).rejects.toMatchObject({ code: "item.unknown" });
  });

  test("fences every table of the context, also from its owner", async () => {
    const open = await inTenant(async (tx) => {
      const { rows } = await sql`
        select relname from pg_class
         where relnamespace = 'inventory'::regnamespace and relkind = 'r'
           and not (relrowsecurity and relforcerowsecurity)`.execute(tx.over());
      return rows;
    });
    expect(open).toEqual([]);
  });
});

/** Items and places of their own for one test. */
async function makeWorld() {
  const name = crypto.randomUUID();
  const ids = { plain: crypto.randomUUID(), lot: crypto.randomUUID(), serial: crypto.randomUUID() };
  const at = await inTenant(async (tx) => {
    for (const [tracking, itemId] of Object.entries(ids)) {
      await sql`
        insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
        values (${itemId}, ${tx.tenantId}, ${`${tracking}-${name}`}, 'Thing', 'buy', 'pc')`.execute(
        tx.over(),
      );
    }
    await inventory.keepItem(tx, engineering, { itemId: ids.lot, tracking: "lot", uomDecimals: 0 });
    const serial = { itemId: ids.serial, tracking: "serial", uomDecimals: 0 } as const;
    await inventory.keepItem(tx, engineering, serial);
    const make = async (
      kind: "site" | "warehouse" | "bin" | "supplier" | "production" | "scrap",
      code: string,
      parentId: string | null,
    ) => {
      const location = { kind, code: `${code}-${name}`, name: code, parentId };
      return (await inventory.createLocation(tx, deps, location)).locationId;
    };
    const warehouseId = await make("warehouse", "W", await make("site", "S", null));
    const made = new Map<string, string>();
    for (const kind of ["supplier", "production", "scrap"] as const) {
      made.set(kind, await make(kind, kind, null));
    }
    for (const code of ["A", "B", "C"]) made.set(code, await make("bin", code, warehouseId));
    return (place: string) => made.get(place) ?? "";
  });
  const toMove = ({ item, from, to, quantity, lot }: Asked): MoveToPost => ({
    moveId: crypto.randomUUID(),
    itemId: item === "plain" ? ids.plain : item === "lot" ? ids.lot : ids.serial,
    quantity: toQuantity(item === "serial" ? 1 : quantity),
    fromLocationId: at(from),
    toLocationId: at(to),
    lotNumber: item === "plain" ? null : lot,
    lotExpiresTime: null,
    lotStatus: "released",
    reservationId: null,
    reason: "test",
    reference: null,
  });
  return { at, toMove, itemIds: Object.values(ids) };
}

function inTenant<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.inTenant(tenantIdSchema.parse(database.tenantId), work);
}

function post(moves: readonly MoveToPost[]) {
  return inTenant((tx) => inventory.postMoves(tx, deps, moves, by));
}

/** All at once; null where the answer is a refusal. A deadlock that reaches us is no refusal of ours. */
function inParallel<A, T>(
  asked: readonly A[],
  act: (one: A, index: number) => Promise<T>,
): Promise<(T | null)[]> {
  return Promise.all(
    asked.map(async (one, index) => {
      try {
        return await act(one, index);
      } catch (error) {
        if (error instanceof Refusal && error.code !== "concurrent_change") return null;
        throw error;
      }
    }),
  );
}

function reservationOf(put: MoveToPost, quantity: string) {
  return {
    reservationId: crypto.randomUUID(),
    itemId: put.itemId,
    locationId: put.toLocationId,
    lotId: null,
    quantity,
    reference: "work_order:1",
  };
}

function reserve(asked: ReturnType<typeof reservationOf>) {
  return inTenant((tx) => inventory.reserveStock(tx, { engineering, now }, asked));
}

function countMoves(itemIds: readonly string[]): Promise<number> {
  return inTenant(async (tx) => {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from inventory.stock_move
       where item_id = any (${[...itemIds]}::uuid[])`.execute(tx.over());
    return rows[0]?.n ?? 0;
  });
}

function available(itemId: string): Promise<string[]> {
  return inTenant(async (tx) => {
    const { rows } = await sql<{ available: string }>`
      select available from inventory.v_available where item_id = ${itemId}`.execute(tx.over());
    return rows.map((row) => row.available);
  });
}
