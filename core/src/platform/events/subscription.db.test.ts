import type { LoggedEvent } from "@millwright/contracts/events";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { until } from "../../../../deploy/test/until.ts";
import type { Transaction } from "../db/transaction.ts";
import { openPlatform } from "../open-platform.ts";
import type { Platform } from "../platform.ts";
import { Broadcast } from "./broadcast.ts";
import { newEvent } from "./new-event.ts";
import { type Subscription, SubscriptionRunner } from "./subscription.ts";

let database: TestDatabase;
let platform: Platform & AsyncDisposable;

beforeEach(async () => {
  database = await createTestDatabase();
  platform = await openPlatform({
    process: "test",
    databaseUrl: database.urls.worker,
    logLevel: "silent",
  });
});
afterEach(async () => {
  await platform?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test("every event is applied once and in order, also by a second process", async () => {
  const names = ["a", "b", "c", "d"];
  await emit(names);
  const runners = [1, 2].map(() => new SubscriptionRunner(recording(), here()));
  await Promise.allSettled(runners.map((runner) => runner.catchUp()));
  for (const runner of runners) await runner.catchUp();
  expect(await recorded()).toEqual(names);
});

test("an effect that fails half-way leaves nothing behind, and is done whole afterwards", async () => {
  await emit(["a", "b"]);
  let fails = 1;
  const subscription = recording((event) => {
    if (nameOf(event) === "b" && fails-- > 0) throw new Error("killed in the middle");
  });
  const runner = new SubscriptionRunner(subscription, here());
  await runner.catchUp();
  expect(await recorded()).toEqual(["a", "b"]);
});

test("an event that cannot be digested is parked with its reason; the others go on", async () => {
  await emit(["a", "poison", "b", "c"]);
  const runner = new SubscriptionRunner(
    recording((event) => {
      if (nameOf(event) === "poison") throw new Error("no such machine");
    }),
    here(),
  );
  while (await runner.catchUp());
  expect(await recorded()).toEqual(["a", "b", "c"]);
  const parked = await inTenant(async (tx) => {
    const { rows } = await sql<{ reason: string }>`
      select reason from platform.parked_event`.execute(tx.over());
    return rows;
  });
  expect(parked).toEqual([{ reason: "Error: no such machine" }]);
});

test("a running subscription wakes by the commit, and stops when disposed", async () => {
  const runner = new SubscriptionRunner(recording(), here());
  runner.start();
  await emit(["a"]);
  await until("the effect", async () => (await recorded()).length === 1);
  await runner[Symbol.asyncDispose]();
  await emit(["b"]);
  expect(await recorded()).toEqual(["a"]);
});

test("a subscription goes on after its database connections were ended", async () => {
  const runner = new SubscriptionRunner(recording(), here());
  runner.start();
  await emit(["a"]);
  await until("the effect", async () => (await recorded()).length === 1);
  await endConnections();
  await emit(["b"]);
  await until("the effect", async () => (await recorded()).length === 2);
  await runner[Symbol.asyncDispose]();
});

test("a broadcast tells what is committed from now on", async () => {
  await emit(["before"]);
  const heard: string[] = [];
  const broadcast = new Broadcast(
    ["equipment.edge_node_changed@1"],
    (events) => heard.push(...events.map(nameOf)),
    here(),
  );
  await broadcast.start();
  await emit(["after"]);
  await until("the effect", async () => Promise.resolve(heard.length > 0));
  await broadcast[Symbol.asyncDispose]();
  expect(heard).toEqual(["after"]);
});

/** A runner serves one database; these tests have one. */
function here() {
  return { ...platform, ...platform.db.installation };
}

function inTenant<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return platform.db.inTenant(tenantIdSchema.parse(database.tenantId), work);
}

async function emit(names: readonly string[]): Promise<void> {
  const tenantId = tenantIdSchema.parse(database.tenantId);
  await inTenant(async (tx) => {
    tx.emit(
      names.map((edgeNodeId) =>
        newEvent("equipment.edge_node_changed@1", {
          tenantId,
          stream: "edge_node:test",
          streamVersion: null,
          payload: { groupId: "plant", edgeNodeId },
          actor: { kind: "system", id: "test" },
        }),
      ),
    );
    await Promise.resolve();
  });
}

/** Writes each event down in a table it may write: the effect whose number is asserted. */
function recording(before: (event: LoggedEvent) => void = () => undefined): Subscription {
  return {
    name: "test.recording",
    keys: ["equipment.edge_node_changed@1"],
    handle: async (tx, events) => {
      for (const event of events) {
        before(event);
        await sql`
          insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
          values (gen_random_uuid(), ${tx.tenantId}, ${`${event.position}:${crypto.randomUUID()}`},
                  ${nameOf(event)}, 'buy', 'pc')`.execute(tx.over());
      }
    },
  };
}

function recorded(): Promise<string[]> {
  return inTenant(async (tx) => {
    const { rows } = await sql<{ name: string }>`
      select name from engineering.item order by split_part(number, ':', 1)::bigint`.execute(
      tx.over(),
    );
    return rows.map((row) => row.name);
  });
}

/** The role may end its own sessions: what a restarting server does to us. */
async function endConnections(): Promise<void> {
  await inTenant((tx) =>
    sql`
      select pg_terminate_backend(pid)
        from pg_stat_activity
       where usename = current_user and datname = current_database() and pid <> pg_backend_pid()`.execute(
      tx.over(),
    ),
  );
}

function nameOf(event: LoggedEvent): string {
  const { edgeNodeId } = event.payload as { edgeNodeId: string };
  return edgeNodeId;
}
