import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import type { Transaction } from "../db/transaction.ts";
import { createMetrics } from "../observe/metrics.ts";
import { measureLag } from "./lag.ts";
import { payloadOf, readStream } from "./log.ts";
import { newEvent } from "./new-event.ts";
import {
  askReplay,
  commandParked,
  readParkedPage,
  readSubscriptions,
} from "./operate-subscription.ts";
import { nameOf, openRecordingPlant, recording, type RecordingPlant } from "./recording.fixture.ts";
import type { Subscription } from "./subscription.ts";

let plant: RecordingPlant;
const by = { kind: "person", id: "mei", name: "Mei" } as const;
const subscription = "test.recording";

beforeEach(async () => {
  plant = await openRecordingPlant();
});
afterEach(async () => {
  await plant?.[Symbol.asyncDispose]();
});

test("lag tells events and seconds behind, and the metric says the same", async () => {
  const runner = plant.runner(recording());
  await runner.catchUp();
  await plant.emit(["a", "b", "c"]);
  const [state] = await plant.inTenant(readSubscriptions);
  expect(state).toMatchObject({ name: subscription, eventsBehind: 3, parkedEvents: 0 });
  expect(state?.secondsBehind).toBeGreaterThanOrEqual(0);
  expect(await metrics()).toMatch(
    /subscription_events_behind\{subscription="test.recording".*\} 3/,
  );
  await runner.catchUp();
  expect((await plant.inTenant(readSubscriptions))[0]?.eventsBehind).toBe(0);
});

test("a person tries the first of a stream again, who asked is in the audit trail", async () => {
  await plant.emit(["x/poison", "x/2", "y/3"]);
  let isBroken = true;
  await using runner = plant.runner(
    recording((event) => {
      if (isBroken && nameOf(event) === "poison") throw new Error("no such machine");
    }),
  );
  runner.start();
  await until("parked", async () => (await plant.parked()).length === 2);
  // As if the tries by itself were over: only the person brings it back.
  await plant.inTenant((tx) =>
    sql`update platform.parked_event set next_attempt_time = null`.execute(tx.over()),
  );
  const [first, second] = await page();
  expect(first).toMatchObject({ isFirst: true, reason: "Error: no such machine" });
  expect(second).toMatchObject({ isFirst: false });
  expect(await metrics()).toMatch(/parked_events_now\{subscription="test.recording".*\} 2/);

  await expect(command(second?.position ?? "", "skip")).rejects.toThrow(/earlier event/);
  isBroken = false;
  await command(first?.position ?? "", "retry");
  await until("all applied", async () => (await plant.recorded()).length === 3);
  expect(await plant.recorded()).toEqual(["poison", "2", "3"]);
  await expect(command(first?.position ?? "", "retry")).rejects.toThrow(/not parked/);
  const stream = `parked_event:${subscription}@${first?.position}`;
  const [told] = await plant.inTenant((tx) => readStream(tx, stream));
  expect(told?.actor).toEqual(by);
  expect(told && payloadOf("record.changed@1", told).changes).toEqual([
    { field: "asked", before: null, after: "retry" },
  ]);
});

test("a replay from any position ends in the same state, what was parked is met again", async () => {
  await plant.emit(["x/1", "y/2", "x/3"]);
  await using runner = plant.runner(projecting());
  runner.start();
  await until("applied", async () => (await plant.recorded()).length === 3);
  const before = await plant.recorded();
  const [state] = await plant.inTenant(readSubscriptions);

  // Somebody spoilt the projection; the log knows better.
  await plant.inTenant((tx) =>
    sql`update engineering.item set name = 'spoilt' where name <> '1'`.execute(tx.over()),
  );
  await replay("0");
  await until("replayed", async () => (await plant.recorded()).join() === before.join());
  await until("at the end again", async () => {
    const [now] = await plant.inTenant(readSubscriptions);
    return now?.replayUntil === null && BigInt(now.position) >= BigInt(state?.position ?? 0);
  });
  await plant.emit(["z/4"]);
  await until("goes on", async () => (await plant.recorded()).length === 4);
});

test("an effect that emits is refused while replayed, and not doubled", async () => {
  let handled = 0;
  const emitting: Subscription = {
    ...projecting(),
    handle: async (tx, events) => {
      handled += events.length;
      await projecting().handle(tx, events);
      tx.emit(
        events.map(({ tenantId }) =>
          newEvent("equipment.edge_node_changed@1", {
            tenantId: plant.tenantId,
            stream: `edge_node:echo-${tenantId}`,
            streamVersion: null,
            payload: { groupId: "echo", edgeNodeId: "echo" },
            actor: by,
          }),
        ),
      );
    },
    keys: ["work_order.firmed@1", "equipment.edge_node_changed@1"],
  };
  const runner = plant.runner(emitting);
  await plant.emit(["x/1"]);
  await runner.catchUp();
  expect(handled).toBe(1);
  await replay("0");
  await runner.catchUp();
  await runner.catchUp();
  expect((await plant.parked())[0]?.reason).toMatch(/emits while it is replayed/);
});

test("what emits or adds up is not replayed, nobody skips forward, unknown ones are said so", async () => {
  await plant.emit(["x/1"]);
  await plant.runner(recording()).catchUp();
  await expect(replay("0")).rejects.toThrow(/double its effects/);
  await plant.runner(projecting()).catchUp();
  await expect(replay("999999")).rejects.toThrow(/leave events out/);
  const unknown = plant.inTenant((tx) =>
    askReplay(tx, { subscription: "test.nobody", fromPosition: "0" }, by),
  );
  await expect(unknown).rejects.toThrow(/no subscription/);
});

/** Writes the newest name of each event, keyed by its position: applied again it is the same. */
function projecting(): Subscription {
  return {
    name: subscription,
    keys: ["equipment.edge_node_changed@1"],
    isReplayable: true,
    handle: async (tx, events) => {
      await sql`
        insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
        select gen_random_uuid(), ${tx.tenantId}, number, name, 'buy', 'pc'
          from unnest(${events.map(({ position }) => `${position}:`)}::text[],
                      ${events.map(nameOf)}::text[]) as listed (number, name)
        on conflict (tenant_id, number) do update set name = excluded.name`.execute(tx.over());
    },
  };
}

function page() {
  return plant.inTenant((tx: Transaction) =>
    readParkedPage(tx, { subscription, after: null, limit: 10 }),
  );
}

function command(position: string, asked: "retry" | "skip") {
  return plant.inTenant((tx) => commandParked(tx, { subscription, position, command: asked }, by));
}

function replay(fromPosition: string) {
  return plant.inTenant((tx) => askReplay(tx, { subscription, fromPosition }, by));
}

async function metrics(): Promise<string> {
  const { registry } = createMetrics();
  measureLag(registry, () => plant.platform.db.homes());
  return registry.metrics();
}
