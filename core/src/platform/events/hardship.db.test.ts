import { sql } from "kysely";
import pg from "pg";
import { expect, test } from "vitest";

import { TcpProxy } from "../../../../deploy/test/tcp-proxy.ts";
import { until } from "../../../../deploy/test/until.ts";
import { openPlatform } from "../open-platform.ts";
import { readSubscriptions } from "./operate-subscription.ts";
import { openRecordingPlant, recording } from "./recording.fixture.ts";
import { SubscriptionRunner } from "./run-subscription.ts";

test("PostgreSQL is gone for a while: nothing is lost or doubled, and work resumes by itself", async () => {
  await using plant = await openRecordingPlant();
  const url = new URL(plant.database.urls.worker);
  await using wire = await TcpProxy.start(`${url.searchParams.get("host")}/.s.PGSQL.5432`);
  url.searchParams.delete("host");
  url.host = `127.0.0.1:${wire.port}`;
  await using worker = await openPlatform({
    process: "test",
    databaseUrl: url.toString(),
    logLevel: "silent",
  });
  const { runner, home } = runnerOf(worker);
  await using running = runner;
  running.start();
  await plant.emit(["a/1"]);
  await until("the first effect", async () => (await plant.recorded()).length === 1);

  wire.cut();
  await plant.emit(["a/2", "b/3"]);
  await expect(home.db.query(sql`select 1`)).rejects.toThrow("not reachable");
  expect((await plant.inTenant(readSubscriptions))[0]?.eventsBehind).toBe(2);
  // Some rounds of trying in vain; the length of the cut changes nothing, there is no count of tries.
  await new Promise((resume) => setTimeout(resume, 2500));
  expect(await plant.recorded()).toEqual(["1"]);
  wire.mend();
  await until("all effects", async () => (await plant.recorded()).length === 3);
  expect(await plant.recorded()).toEqual(["1", "2", "3"]);
  expect(await plant.parked()).toEqual([]);
});

test("a clock that jumps years ahead and back: order and effects hold, no age is negative", async () => {
  await using plant = await openRecordingPlant();
  await using runner = plant.runner(recording());
  runner.start();
  await plant.emit(["a/1"]);
  // As if the server's clock had stood in another year while these were written.
  await writeAt(plant, "2", "2031-05-05T05:05:05Z");
  await writeAt(plant, "3", "2020-01-01T00:00:00Z");
  await plant.emit(["a/4"]);
  await until("all effects", async () => (await plant.recorded()).length === 4);
  expect(await plant.recorded()).toEqual(["1", "2", "3", "4"]);
  const [state] = await plant.inTenant(readSubscriptions);
  expect(state).toMatchObject({ eventsBehind: 0, secondsBehind: 0 });
});

test("months are made ahead; what a jump put beside them moves into its month", async () => {
  await using plant = await openRecordingPlant();
  const inFiveMonths = new Date(Date.now() + 150 * 86_400_000).toISOString();
  await writeAt(plant, "early", inFiveMonths);
  const beyond = () => asOwner(plant, "select count(*)::integer as n from platform.event_beyond");
  expect(await beyond()).toEqual([{ n: 1 }]);
  expect(await asOwner(plant, "select platform.keep_event_partitions(6) as made")).toEqual([
    { made: 4 },
  ]);
  expect(await beyond()).toEqual([{ n: 0 }]);
  const runner = plant.runner(recording());
  while (await runner.catchUp());
  expect(await plant.recorded()).toEqual(["early"]);
});

type Plant = Awaited<ReturnType<typeof openRecordingPlant>>;

function runnerOf(worker: Awaited<ReturnType<typeof openPlatform>>) {
  const [home] = worker.db.homes();
  if (home === undefined) throw new Error("no database");
  return { home, runner: new SubscriptionRunner(recording(), { ...worker, ...home }) };
}

async function writeAt(plant: Plant, name: string, time: string): Promise<void> {
  await asOwner(
    plant,
    `insert into platform.event
       (position, tenant_id, stream, type, type_version, payload, actor, recorded_time)
     values (nextval('platform.event_position'), '${plant.tenantId}', 'edge_node:a',
             'equipment.edge_node_changed', 1, '{"groupId":"plant","edgeNodeId":"${name}"}',
             '{"kind":"system","id":"test"}', '${time}')`,
  );
}

async function asOwner(plant: Plant, statement: string): Promise<unknown[]> {
  const owner = new pg.Client({ connectionString: plant.database.urls.owner });
  await owner.connect();
  try {
    return (await owner.query(statement)).rows;
  } finally {
    await owner.end();
  }
}
