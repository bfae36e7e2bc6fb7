import { eventSchemas } from "@millwright/contracts/events";
import { DataType } from "@millwright/contracts/sparkplug";
import { expect, it, onTestFinished } from "vitest";

import { createTestDatabase } from "../../deploy/test/database.ts";
import { eventually, freePort, ingestOn } from "../../deploy/test/plant.ts";
import { TestEdgeNode } from "./broker/test-edge-node.ts";
import { TestCell, type TestGateway } from "./store/test-cell.ts";

const metrics = {
  count: DataType.UInt32,
  state: DataType.Int32,
  reason: DataType.Int32,
  "Millwright/Heartbeat": DataType.DateTime,
};

/** A gateway whose device counts and has a state, both bound to one work unit, and not born yet. */
async function boundMachine(
  roles: Readonly<Record<string, string>> = { "count.good": "count", state: "state" },
) {
  const stack = new AsyncDisposableStack();
  onTestFinished(() => stack.disposeAsync());
  const database = stack.use(await createTestDatabase());
  const cell = stack.use(await TestCell.open(database));
  const gateway = await cell.gateway();
  const workUnitId = await cell.workUnit(gateway, roles);
  const port = await freePort();
  const ingest = stack.use(ingestOn(database, port));
  await ingest.start();
  const connect = async (epoch?: string | null) =>
    stack.use(
      await TestEdgeNode.connect({
        url: `mqtt://127.0.0.1:${port}`,
        metrics,
        ...gateway,
        ...(epoch === undefined ? {} : { epoch }),
      }),
    );
  return { cell, gateway, workUnitId, connect, node: await connect() };
}

const at = (name: string, value: number, time: number) => ({ name, value, time });
const heartbeat = (time: number) => ({ name: "Millwright/Heartbeat", value: BigInt(time), time });

it("tells the first piece at once and the rest of a second in one event", async () => {
  const { cell, workUnitId, node } = await boundMachine();
  await node.birth();
  const time = Date.now();
  await node.data([at("count", 1000, time)]);
  await node.data([at("count", 1001, time + 1)]);
  const leading = await eventually(
    "leading edge",
    async () => (await cell.events(workUnitId))[0] ?? null,
    900,
  );
  expect(leading).toMatchObject({
    type: "machine.count_observed",
    payload: { delta: "1", from: "1000", to: "1001" },
  });
  for (let i = 2; i <= 200; i += 1) await node.data([at("count", 1000 + i, time + i)]);
  await eventually("all told", async () =>
    (await cell.counted(workUnitId)) === 200 ? true : null,
  );
  const events = await cell.events(workUnitId);
  expect(events.length).toBeLessThanOrEqual(4);
  // Each begins where the one before ended: the chain has no hole.
  for (const [i, event] of events.slice(1).entries()) {
    expect(event.payload["from"]).toBe(events[i]?.payload["to"]);
  }
});

it("writes events that keep their contract", async () => {
  const { cell, workUnitId, node } = await boundMachine();
  await node.birth({ values: { state: 0 } });
  const time = Date.now() - 300_000;
  await node.data([at("count", 5, time), at("state", 1, time)]);
  node.skip({ offsets: 1 });
  await node.data([at("count", 9, time + 200_000), at("state", 2, time + 200_000)]);
  // Only a reading that comes after what was told has to be redistributed.
  await eventually("told", async () => ((await cell.counted(workUnitId)) === 4 ? true : null));
  await node.data([at("count", 7, time + 100_000), at("state", 0, time + 100_000)], {
    offset: 2,
    isHistorical: true,
  });
  await eventually("all kinds", async () => {
    const types = new Set((await cell.events(workUnitId)).map(({ type }) => type));
    return types.size === 4 ? true : null;
  });
  for (const { type, payload } of await cell.events(workUnitId)) {
    const schema = new Map<string, { parse: (value: unknown) => unknown }>(
      Object.entries(eventSchemas),
    ).get(`${type}@1`);
    expect(schema?.parse(payload)).toEqual(payload);
  }
});

// They belong to different writers, each with a memory of its own.
it("tells each change of a state that two gateways tell, and the pieces of both", async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase());
  const cell = stack.use(await TestCell.open(database));
  const gateways = [await cell.gateway(), await cell.gateway()] as const;
  const workUnitId = await cell.workUnit(gateways[0], { "count.good": "count", state: "state" });
  await cell.bind(gateways[1], workUnitId, { "count.good": "count", state: "state" });
  const port = await freePort();
  const ingest = stack.use(ingestOn(database, port));
  await ingest.start();
  const url = `mqtt://127.0.0.1:${port}`;
  const connect = async (gateway: TestGateway) => {
    const node = stack.use(await TestEdgeNode.connect({ url, metrics, ...gateway }));
    await node.birth();
    return node;
  };
  const nodes = [await connect(gateways[0]), await connect(gateways[1])] as const;
  const said = [
    [0, 1, "producing"],
    [1, 2, "down"],
    [0, 1, "producing"],
    [1, 1, "producing"],
    [1, 0, "idle"],
  ] as const;
  const time = Date.now();
  for (const [nth, [gateway, state, name]] of said.entries()) {
    await nodes[gateway].data([at("state", state, time + nth), at("count", nth, time + nth)]);
    await eventually(`${nth}: ${name}`, async () =>
      (await cell.states(workUnitId)).at(-1) === `${name} (metric)` ? true : null,
    );
  }
  expect(await cell.states(workUnitId)).toEqual(
    ["producing", "down", "producing", "idle"].map((name) => `${name} (metric)`),
  );
  // 0 to 2 by the one, 1 to 4 by the other; what waits at a kill is told once, by its own writer.
  await nodes[0].data([at("count", 12, time + 10)]);
  await nodes[1].data([at("count", 14, time + 10)]);
  await eventually("all is stored", async () => {
    const marks = await Promise.all(gateways.map((gateway) => cell.watermark(gateway)));
    return marks[0]?.contiguous === 3 && marks[1]?.contiguous === 4 ? true : null;
  });
  await ingest.kill();
  await ingest.start();
  await eventually("all is told", async () =>
    (await cell.counted(workUnitId)) === 12 + 13 ? true : null,
  );
});

it("tells a state when it changes, and no_data when the gateway is gone", async () => {
  const { cell, workUnitId, node, connect } = await boundMachine();
  await node.birth({ values: { state: 0 } });
  const time = Date.now();
  await node.data([at("state", 1, time)]);
  await node.data([at("state", 1, time + 1)]);
  await node.data([at("state", 2, time + 2)]);
  await eventually("down", async () =>
    (await cell.states(workUnitId)).at(-1) === "down (metric)" ? true : null,
  );
  node.cut();
  await eventually("no data", async () =>
    (await cell.states(workUnitId)).at(-1) === "no_data (death)" ? true : null,
  );
  const back = await connect(node.epoch);
  await back.birth({ values: { state: 1 } });
  await eventually("born again", async () =>
    (await cell.states(workUnitId)).at(-1) === "producing (birth)" ? true : null,
  );
  expect(await cell.states(workUnitId)).toEqual([
    "idle (birth)",
    "producing (metric)",
    "down (metric)",
    "no_data (death)",
    "producing (birth)",
  ]);
});

it("is no_data while the state is of bad quality", async () => {
  const { cell, workUnitId, node } = await boundMachine();
  await node.birth({ values: { state: 1 } });
  const time = Date.now();
  await node.data([{ ...at("state", 1, time), quality: 0 }]);
  await node.data([at("state", 1, time + 1)]);
  await eventually("back", async () =>
    (await cell.states(workUnitId)).length === 3 ? true : null,
  );
  expect(await cell.states(workUnitId)).toEqual([
    "producing (birth)",
    "no_data (quality)",
    "producing (metric)",
  ]);
});

it("takes several readings of one metric in one message in their order", async () => {
  const { cell, workUnitId, node } = await boundMachine();
  await node.birth({ values: { state: 0 } });
  const time = Date.now();
  await node.data([
    at("state", 1, time),
    at("state", 2, time + 1),
    at("count", 1, time),
    at("count", 2, time + 1),
  ]);
  await eventually("both", async () =>
    (await cell.states(workUnitId)).length === 3 ? true : null,
  );
  expect(await cell.states(workUnitId)).toEqual([
    "idle (birth)",
    "producing (metric)",
    "down (metric)",
  ]);
  await eventually("counted", async () => ((await cell.counted(workUnitId)) === 1 ? true : null));
});

it("a replay tells what the machine did, and moves neither the live value nor the live state", async () => {
  const { cell, gateway, workUnitId, node } = await boundMachine();
  await node.birth({ values: { state: 1 } });
  const time = Date.now() - 600_000;
  const minute = (n: number) => time + n * 60_000;
  await node.data([at("count", 100, minute(0)), at("state", 1, minute(0)), heartbeat(minute(0))]);
  node.skip({ offsets: 30 });
  await node.data([at("count", 130, minute(6)), at("state", 0, minute(6)), heartbeat(minute(6))]);
  await eventually("live", async () => ((await cell.counted(workUnitId)) === 30 ? true : null));
  const statesBefore = await cell.states(workUnitId);
  // 30 records of ten seconds each: one piece a record, down from the third to the fifth minute.
  for (let i = 1; i <= 30; i += 1) {
    const recorded = minute(0) + i * 10_000;
    const state = i >= 18 && i < 30 ? 2 : 1;
    await node.data(
      [at("count", 100 + i, recorded), at("state", state, recorded), heartbeat(recorded)],
      {
        offset: 1 + i,
        isHistorical: true,
      },
    );
  }
  await eventually("stored", async () =>
    (await cell.watermark(gateway))?.contiguous === 32 ? true : null,
  );
  const events = await eventually("backfilled", async () => {
    const all = await cell.events(workUnitId);
    return all.some(({ type }) => type === "machine.state_backfilled") &&
      all.some(({ type }) => type === "machine.count_redistributed")
      ? all
      : null;
  });
  expect(await cell.counted(workUnitId)).toBe(30);
  expect(await cell.states(workUnitId)).toEqual(statesBefore);
  expect(await cell.live(gateway, "count")).toMatchObject({ value: 130 });
  // Together the windows say: producing, then down at minute 3, producing again at minute 5.
  const points = events
    .filter(({ type }) => type === "machine.state_backfilled")
    .flatMap(
      ({ payload }) =>
        JSON.parse(JSON.stringify(payload["points"])) as { state: string; sourceTime: string }[],
    );
  const changes = points.filter(({ state }, i) => state !== points[i - 1]?.state);
  expect(
    changes.map(({ state, sourceTime }) => [state, (Date.parse(sourceTime) - time) / 60_000]),
  ).toEqual([
    ["producing", expect.any(Number)],
    ["down", 3],
    ["producing", 5],
  ]);
});

it("counts records that come late and are the newest known, though nothing live follows them", async () => {
  const { cell, workUnitId, node } = await boundMachine();
  await node.birth();
  const time = Date.now() - 60_000;
  // Written before the births, so they are history; then the machine stops for the night.
  await node.data([at("count", 10, time)], { isHistorical: true });
  await node.data([at("count", 17, time + 1000)], { isHistorical: true });
  await eventually("counted", async () => ((await cell.counted(workUnitId)) === 7 ? true : null));
});

it("knows what a machine does when its state is bound while it runs and says nothing new", async () => {
  const { cell, gateway, node } = await boundMachine();
  await node.birth({ values: { state: 1 } });
  await node.data([at("state", 2, Date.now())]);
  await cell.query("update equipment.binding set valid_to = now() where role = 'state'", []);
  const other = await cell.workUnit(gateway, { state: "state" });
  await eventually("the second unit has the machine's state", async () =>
    (await cell.states(other)).at(-1) === "down (metric)" ? true : null,
  );
});

it("counts on when the clock of the device steps back an hour", async () => {
  const { cell, workUnitId, node } = await boundMachine();
  await node.birth();
  const time = Date.now();
  await node.data([at("count", 1_000_000, time)]);
  await node.data([at("count", 1_000_001, time + 1)]);
  for (const piece of [2, 3, 4]) {
    await node.data([at("count", 1_000_000 + piece, time - 3_600_000 + piece)]);
  }
  await eventually("all told", async () => ((await cell.counted(workUnitId)) === 4 ? true : null));
});

it("tells the reasons a machine gives when they change, also those that come late, as they are", async () => {
  const roles = { state: "state", "state.reason": "reason" };
  const { cell, workUnitId, node } = await boundMachine(roles);
  await node.birth({ values: { state: 1, reason: 0 } });
  const time = Date.now() - 60_000;
  const second = (n: number) => time + n * 1000;
  const said = async () =>
    (await cell.events(workUnitId)).flatMap(({ type, payload }) =>
      type === "machine.reason_observed"
        ? [[payload["code"], (Date.parse(String(payload["sourceTime"])) - time) / 1000]]
        : [],
    );
  await node.data([at("state", 2, second(1)), at("reason", 17, second(1))]);
  await node.data([at("reason", 17, second(2))]);
  // A reason that cannot be read says nothing.
  await node.data([{ ...at("reason", 5, second(3)), quality: 0 }]);
  node.skip({ offsets: 1 });
  await node.data([at("state", 1, second(9)), at("reason", 0, second(9))]);
  await node.data([at("reason", 4, second(5))], { offset: 4, isHistorical: true });
  await eventually("all told", async () => ((await said()).length === 4 ? true : null));
  expect(await said()).toEqual([
    ["", expect.any(Number)],
    ["17", 1],
    ["", 9],
    ["4", 5],
  ]);
});
