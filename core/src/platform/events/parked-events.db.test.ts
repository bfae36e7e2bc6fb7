import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import { payloadOf } from "./log.ts";
import { nameOf, openRecordingPlant, recording, type RecordingPlant } from "./recording.fixture.ts";
import type { Subscription } from "./subscription.ts";

let plant: RecordingPlant;

beforeEach(async () => {
  plant = await openRecordingPlant();
});
afterEach(async () => {
  await plant?.[Symbol.asyncDispose]();
});

test("the later events of a stream wait for its poison, in order; other streams go on", async () => {
  await plant.emit(["x/1", "x/poison", "y/1", "x/2", "y/2"]);
  const runner = plant.runner(refusing("poison"));
  await settle(runner);
  await plant.emit(["x/3", "y/3"]);
  await settle(runner);
  expect(await plant.recorded()).toEqual(["1", "1", "2", "3"]);
  expect(await plant.parked()).toMatchObject([
    { stream: "edge_node:x", reason: "Error: no such machine" },
    { stream: "edge_node:x", reason: "waits for an earlier event of its stream" },
    { stream: "edge_node:x", reason: "waits for an earlier event of its stream" },
  ]);
});

test("once the cause is mended, the stream is caught up by itself, in order and once", async () => {
  await plant.emit(["x/poison", "x/2", "x/3", "x/4", "y/1"]);
  const poison = new Set(["poison"]);
  const order: string[] = [];
  await using runner = plant.runner(
    recording((event) => {
      if (poison.has(nameOf(event))) throw new Error("no such machine");
      order.push(nameOf(event));
    }),
  );
  runner.start();
  await until("the others went on", async () => (await plant.parked()).length === 4);
  poison.clear();
  await makeDue();
  await until("all are applied", async () => (await plant.parked()).length === 0);
  await plant.emit(["x/5"]);
  await until("the stream goes on", async () => (await plant.recorded()).length === 6);
  expect(await plant.recorded()).toEqual(["poison", "2", "3", "4", "1", "5"]);
  expect(order.filter((name) => name !== "1")).toEqual(["poison", "2", "3", "4", "5"]);
});

test("a skipped poison is left out, and what waited for it follows", async () => {
  await plant.emit(["x/poison", "x/2", "x/3"]);
  await using runner = plant.runner(refusing("poison"));
  runner.start();
  await until("parked", async () => (await plant.parked()).length === 3);
  await plant.inTenant((tx) =>
    sql`
      update platform.parked_event set asked = 'skip'
       where position = (select min(position) from platform.parked_event)`.execute(tx.over()),
  );
  await until("followers", async () => (await plant.parked()).length === 0);
  expect(await plant.recorded()).toEqual(["2", "3"]);
});

test("tries grow apart and stop; then only a person is waited for", async () => {
  await plant.emit(["x/poison"]);
  const runner = plant.runner(refusing("poison"));
  await settle(runner);
  await plant.inTenant((tx) =>
    sql`update platform.parked_event set attempts = 19, next_attempt_time = now()`.execute(
      tx.over(),
    ),
  );
  await using again = plant.runner(refusing("poison"));
  again.start();
  await until("the last try", async () => (await plant.parked())[0]?.attempts === 20);
  const { rows } = await plant.inTenant((tx) =>
    sql<{ n: string | null }>`
      select next_attempt_time::text as n from platform.parked_event`.execute(tx.over()),
  );
  expect(rows).toEqual([{ n: null }]);
});

test("an event whose payload no longer parses is parked with the field that is wrong", async () => {
  await plant.emit(["a/1", "b/2"]);
  await plant.inTenant((tx) =>
    sql`
      select platform.emit(${JSON.stringify([
        {
          tenantId: plant.tenantId,
          stream: "edge_node:c",
          streamVersion: null,
          type: "equipment.edge_node_changed",
          typeVersion: 1,
          payload: { groupId: 7 },
          // Nor can its actor be read, which must not hold up the batch.
          actor: "nobody",
          trace: null,
        },
      ])}::jsonb)`.execute(tx.over()),
  );
  await plant.emit(["d/3"]);
  const runner = plant.runner(
    recording((event) => void payloadOf("equipment.edge_node_changed@1", event)),
  );
  await settle(runner);
  expect(await plant.recorded()).toEqual(["1", "2", "3"]);
  const [parked, ...others] = await plant.parked();
  expect(others).toEqual([]);
  expect(parked?.reason).toMatch(/groupId/);
});

test("a subscriber that always throws stalls, parks little, and goes on by itself when mended", async () => {
  const names = Array.from({ length: 30 }, (_, n) => `s${n}/e${n}`);
  await plant.emit(names);
  let isBroken = true;
  await using runner = plant.runner(
    recording(() => {
      if (isBroken) throw new Error("a release of ours is broken");
    }),
  );
  runner.start();
  await until("it says so", async () => (await stalledReason()) !== null);
  expect(await stalledReason()).toBe("Error: a release of ours is broken");
  expect((await plant.parked()).length).toBe(8);
  await until("the alert", async () => (await alertsOf("subscription_stalled")) === 1);
  isBroken = false;
  await makeDue();
  await until("all are applied", async () => (await plant.recorded()).length === 30);
  expect(await stalledReason()).toBeNull();
  expect(await plant.recorded()).toEqual(names.map((name) => name.split("/")[1]));
});

test("a process that starts while its subscriber is broken parks nothing more", async () => {
  await plant.emit(Array.from({ length: 12 }, (_, n) => `s${n}/e${n}`));
  const broken = recording(() => {
    throw new Error("broken");
  });
  const first = plant.runner(broken);
  first.start();
  await until("stalled", async () => (await stalledReason()) !== null);
  await first[Symbol.asyncDispose]();
  const second = plant.runner(broken);
  await expect(second.catchUp()).rejects.toThrow("broken");
  expect((await plant.parked()).length).toBe(8);
});

function refusing(name: string): Subscription {
  return recording((event) => {
    if (nameOf(event) === name) throw new Error("no such machine");
  });
}

async function alertsOf(kind: string): Promise<number> {
  return plant.inTenant(async (tx) => {
    const { rows } = await sql`select 1 from platform.alert where kind = ${kind}`.execute(
      tx.over(),
    );
    return rows.length;
  });
}

async function settle(runner: { catchUp: () => Promise<boolean> }): Promise<void> {
  while (await runner.catchUp());
}

/** As if the pause before the next try were over. */
async function makeDue(): Promise<void> {
  await plant.inTenant((tx) =>
    sql`update platform.parked_event set next_attempt_time = now()`.execute(tx.over()),
  );
}

async function stalledReason(): Promise<string | null> {
  const [row] = await plant.platform.db.query(sql<{ stalled_reason: string | null }>`
    select stalled_reason from platform.subscription where name = 'test.recording'`);
  return row?.stalled_reason ?? null;
}
