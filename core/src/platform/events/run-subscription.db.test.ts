import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import { Broadcast } from "./broadcast.ts";
import { nameOf, openRecordingPlant, recording, type RecordingPlant } from "./recording.fixture.ts";

let plant: RecordingPlant;

beforeEach(async () => {
  plant = await openRecordingPlant();
});
afterEach(async () => {
  await plant?.[Symbol.asyncDispose]();
});

test("every event is applied once and in order, also by a second process", async () => {
  const names = ["a", "b", "c", "d"];
  await plant.emit(names);
  const runners = [1, 2].map(() => plant.runner(recording()));
  await Promise.allSettled(runners.map((runner) => runner.catchUp()));
  for (const runner of runners) await runner.catchUp();
  expect(await plant.recorded()).toEqual(names);
});

test("an effect that fails half-way leaves nothing behind, and is done whole afterwards", async () => {
  await plant.emit(["a", "b"]);
  let fails = 1;
  const runner = plant.runner(
    recording((event) => {
      if (nameOf(event) === "b" && fails-- > 0) throw new Error("killed in the middle");
    }),
  );
  await runner.catchUp();
  expect(await plant.recorded()).toEqual(["a", "b"]);
});

test("a running subscription wakes by the commit, and stops when disposed", async () => {
  const runner = plant.runner(recording());
  runner.start();
  await plant.emit(["a"]);
  await until("the effect", async () => (await plant.recorded()).length === 1);
  await runner[Symbol.asyncDispose]();
  await plant.emit(["b"]);
  expect(await plant.recorded()).toEqual(["a"]);
});

test("a subscription goes on after its database connections were ended", async () => {
  await using runner = plant.runner(recording());
  runner.start();
  await plant.emit(["a"]);
  await until("the effect", async () => (await plant.recorded()).length === 1);
  await endConnections();
  await plant.emit(["b"]);
  await until("the effect", async () => (await plant.recorded()).length === 2);
});

test("a broadcast tells what is committed from now on", async () => {
  await plant.emit(["before"]);
  const heard: string[] = [];
  const broadcast = new Broadcast(
    ["equipment.edge_node_changed@1"],
    (events) => heard.push(...events.map(nameOf)),
    { ...plant.platform, ...plant.home },
  );
  await broadcast.start();
  await plant.emit(["after"]);
  await until("the effect", async () => Promise.resolve(heard.length > 0));
  await broadcast[Symbol.asyncDispose]();
  expect(heard).toEqual(["after"]);
});

/** The role may end its own sessions: what a restarting server does to us. */
async function endConnections(): Promise<void> {
  await plant.inTenant((tx) =>
    sql`
      select pg_terminate_backend(pid)
        from pg_stat_activity
       where usename = current_user and datname = current_database() and pid <> pg_backend_pid()`.execute(
      tx.over(),
    ),
  );
}
