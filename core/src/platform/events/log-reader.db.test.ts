import { tenantIdSchema } from "@millwright/contracts/units";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { Database } from "../db/database.ts";
import { LogReader } from "./log-reader.ts";
import { newEvent } from "./new-event.ts";

let database: TestDatabase;
let db: Database;
const hearers = new Set<() => void>();
/** Notices that come when the test says so: the fake of a device, the wire. */
const listener = {
  on: (_channel: string, hearer: () => void) => {
    hearers.add(hearer);
    return () => hearers.delete(hearer);
  },
  onReconnect: () => () => undefined,
};
const nodes = new Set(["equipment.edge_node_changed"]);
const bindings = new Set(["equipment.binding_changed"]);

beforeAll(async () => {
  database = await createTestDatabase();
  db = new Database(database.home.worker, { poolMax: 2, onError: () => undefined });
});
afterAll(async () => {
  await db?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

function newReader(): LogReader {
  hearers.clear();
  return new LogReader({ db, listener: listener as never });
}

async function emit(count: number): Promise<void> {
  const tenantId = tenantIdSchema.parse(database.tenantId);
  const events = Array.from({ length: count }, (_, n) =>
    newEvent("equipment.edge_node_changed@1", {
      tenantId,
      stream: `edge_node:${n}`,
      streamVersion: null,
      payload: { groupId: "plant", edgeNodeId: String(n) },
      actor: { kind: "system", id: "test" },
    }),
  );
  await db.inTenant(tenantId, (tx) => Promise.resolve(tx.emit(events)));
}

async function endOf(reader: LogReader): Promise<bigint> {
  return (await reader.read({ after: 0n, limit: 1000, types: nodes, withinMs: 0 })).until;
}

test("what two want is fetched once, and a notice makes both look again", async () => {
  const reader = newReader();
  const after = await endOf(reader);
  await emit(3);
  const ask = { after, limit: 1000, types: nodes, withinMs: 60_000 };
  // Nobody told it: what it read a moment ago is all it knows.
  expect(await reader.read(ask)).toMatchObject({ events: [], isMore: false });
  for (const hear of hearers) hear();
  const [mine, yours] = await Promise.all([reader.read(ask), reader.read(ask)]);
  expect(mine.events).toHaveLength(3);
  expect(mine.isMore).toBe(false);
  expect(yours.events.map((event, n) => event === mine.events[n])).toEqual([true, true, true]);
});

test("without a notice it reads when what it knows is too old", async () => {
  const reader = newReader();
  const after = await endOf(reader);
  await emit(1);
  const { events } = await reader.read({ after, limit: 1000, types: nodes, withinMs: 0 });
  expect(events).toHaveLength(1);
});

test("who wants nothing of what came is not kept from what comes next", async () => {
  const reader = newReader();
  const after = await endOf(reader);
  const ask = { after, limit: 1000, types: bindings, withinMs: 0 };
  expect(await reader.read(ask)).toMatchObject({ events: [], isMore: false });
  await emit(2);
  await reader.read({ ...ask, types: nodes });
  const quiet = await reader.read(ask);
  expect(quiet).toMatchObject({ events: [], isMore: false });
  expect(quiet.until).toBeGreaterThanOrEqual(after + 2n);
});

test("pages of every size and place give each event once and in order, also far behind the window", async () => {
  const reader = newReader();
  const start = await endOf(reader);
  for (let n = 0; n < 5; n += 1) await emit(700);
  const positions = async (limit: number, from: bigint) => {
    const found: bigint[] = [];
    let after = from;
    for (let page = 0; page < 100; page += 1) {
      const read = await reader.read({ after, limit, types: nodes, withinMs: 0 });
      found.push(...read.events.map(({ position }) => BigInt(position)));
      after = found.at(-1) ?? after;
      if (!read.isMore) return found;
    }
    throw new Error("it does not end");
  };
  const all = await positions(1000, start);
  expect(all).toHaveLength(3500);
  expect(all).toEqual(all.toSorted((a, b) => Number(a - b)));
  expect(all.at(-1)).toBe(start + 3500n);
  // The window has moved on: these read for themselves, then from it.
  expect(await positions(300, start)).toEqual(all);
  expect(await positions(300, start + 1600n)).toEqual(all.slice(1600));
});
