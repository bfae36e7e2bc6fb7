import { setTimeout as pause } from "node:timers/promises";

import { DataType, encodePayload, metric } from "@millwright/contracts/sparkplug";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../deploy/test/database.ts";
import { eventually, freePort, ingestOn, type PlantProcess } from "../../deploy/test/plant.ts";
import { TestEdgeNode } from "./broker/test-edge-node.ts";
import { TestCell, type TestGateway } from "./store/test-cell.ts";

// What a shop floor, or somebody who means harm, sends: nothing crashes, nothing is counted twice,
// and each case leaves a trace. One process takes all of it, one gateway per test.

const metrics = { count: DataType.UInt32, level: DataType.Double, text: DataType.String };
const day = 86_400_000;
let database: TestDatabase;
let cell: TestCell;
let ingest: PlantProcess;
let url: string;

beforeAll(async () => {
  database = await createTestDatabase();
  cell = await TestCell.open(database);
  const port = await freePort();
  url = `mqtt://127.0.0.1:${port}`;
  ingest = ingestOn(database, port);
  await ingest.start();
}, 60_000);

afterAll(async () => {
  await ingest.stop();
  await cell[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

async function connect(
  gateway: TestGateway,
  options: { epoch?: null } = {},
): Promise<TestEdgeNode> {
  // Ingest hears of a new gateway within seconds.
  const node = await eventually("gateway may connect", () =>
    TestEdgeNode.connect({ url, metrics, ...gateway, ...options }),
  );
  onTestFinished(() => node[Symbol.asyncDispose]());
  return node;
}

async function bornNode() {
  const gateway = await cell.gateway();
  const node = await connect(gateway);
  await node.birth();
  return { gateway, node };
}

const letterOf = (gateway: TestGateway, pattern: RegExp) =>
  eventually(`dead letter ${pattern.source}`, async () => {
    const letters = await cell.deadLetters(gateway);
    return letters.find(({ reason }) => pattern.test(reason)) ?? null;
  });

/** Good data still gets through: whatever came before has not harmed anybody. */
async function expectStillServing(): Promise<void> {
  const { gateway, node } = await bornNode();
  await node.data([{ name: "level", value: 1, time: Date.now() }]);
  await eventually("still serving", async () =>
    (await cell.samples(gateway, "level")).length === 1 ? true : null,
  );
}

it("refuses a wrong token, an unknown gateway and a name without a gateway", async () => {
  const { groupId, edgeNodeId, token } = await cell.gateway();
  await connect({ groupId, edgeNodeId, token });
  const refused = [
    { groupId, edgeNodeId, token: "wrong" },
    { groupId, edgeNodeId: "nobody", token },
    { groupId: "", edgeNodeId: "", token: "" },
  ];
  for (const login of refused) {
    await expect(TestEdgeNode.connect({ url, metrics, ...login })).rejects.toThrow(
      /not authorized/i,
    );
  }
  await eventually("logged", async () => (/login/.test(ingest.output) ? true : null));
});

it("ends the connection of a gateway that publishes in another's name, and stores nothing of it", async () => {
  const victim = await bornNode();
  const { gateway, node } = await bornNode();
  const payload = encodePayload({
    timestamp: Date.now(),
    seq: 2,
    metrics: [metric({ alias: 11n, value: 666, timestamp: Date.now() })],
  });
  await node.raw(victim.node.topic("DDATA"), payload);
  await eventually("disconnected", async () => (node.isConnected ? null : true));
  expect(victim.node.isConnected).toBe(true);
  expect(await cell.samples(victim.gateway, "level")).toEqual([]);
  expect(ingest.output).toContain(victim.gateway.edgeNodeId);
  for (const topic of ["spBv1.0/STATE/millwright", "$SYS/x", node.topic("NCMD")]) {
    const intruder = await connect(gateway);
    await intruder.raw(topic, payload);
    await eventually(`refused ${topic}`, async () => (intruder.isConnected ? null : true));
  }
});

it("lets nobody end another gateway's connection by taking its client id", async () => {
  const { node: victim } = await bornNode();
  const other = await cell.gateway();
  const thief = await eventually("thief may connect", () =>
    TestEdgeNode.connect({ url, metrics, ...other, clientId: victim.clientId }),
  );
  onTestFinished(() => thief[Symbol.asyncDispose]());
  await thief.birth();
  await eventually("thief is heard", async () =>
    (await cell.isOnline(other, "machine")) === true ? true : null,
  );
  expect(victim.isConnected).toBe(true);
});

it("keeps a malformed payload as it came, and the connection", async () => {
  const { gateway, node } = await bornNode();
  await node.raw(node.topic("DDATA"), new Uint8Array([0x12, 0xff, 0xff, 0x03, 1, 2, 3]));
  expect(await letterOf(gateway, /./)).toMatchObject({ bytes: 7, kept: 7 });
  expect(node.isConnected).toBe(true);
});

it("keeps data with an unknown alias and asks for births", async () => {
  const { gateway, node } = await bornNode();
  await node.send("DDATA", [
    metric({ alias: 999n, datatype: DataType.Double, value: 1, timestamp: Date.now() }),
    metric({ alias: 2n, datatype: DataType.UInt64, value: 1n, timestamp: Date.now() }),
  ]);
  await letterOf(gateway, /unknown alias 999/);
  await eventually("births asked", async () => (node.rebirthsAsked > 0 ? true : null));
});

it("keeps a value whose type is not the born one, and stores the rest of the message", async () => {
  const { gateway, node } = await bornNode();
  const time = Date.now();
  await node.send("DDATA", [
    metric({ alias: 11n, value: "hot", timestamp: time }),
    metric({ alias: 10n, datatype: DataType.UInt32, value: 5, timestamp: time }),
    metric({ alias: 2n, datatype: DataType.UInt64, value: 1n, timestamp: time }),
  ]);
  await letterOf(gateway, /level/);
  await eventually("the rest", async () =>
    (await cell.samples(gateway, "count")).length === 1 ? true : null,
  );
  expect(await cell.samples(gateway, "level")).toEqual([]);
});

it("stores readings of 1970 and 2100 at the received time, marked", async () => {
  const { gateway, node } = await bornNode();
  const before = Date.now();
  await node.data([{ name: "level", value: 1970, time: 0 }]);
  await node.data([{ name: "level", value: 2100, time: Date.UTC(2100, 0, 1) }]);
  await node.data([{ name: "level", value: 399, time: before - 399 * day }]);
  const samples = await eventually("stored", async () => {
    const rows = await cell.samples(gateway, "level");
    return rows.length === 3 ? rows : null;
  });
  const uncertain = samples.filter(({ quality }) => quality === 64);
  expect(new Set(uncertain.map(({ value }) => value))).toEqual(new Set([1970, 2100]));
  for (const { time } of uncertain) {
    expect(time.getTime()).toBeGreaterThanOrEqual(before);
    expect(time.getTime()).toBeLessThanOrEqual(Date.now());
  }
  expect(samples.find(({ value }) => value === 399)).toMatchObject({ quality: 192 });
  await eventually("counted", async () =>
    /uncertain/i.test(JSON.stringify(await cell.status())) ? true : null,
  );
});

it("stores NaN and infinities as no value of bad quality", async () => {
  const { gateway, node } = await bornNode();
  const time = Date.now();
  await node.data([{ name: "level", value: Number.NaN, time }]);
  await node.data([{ name: "level", value: Number.POSITIVE_INFINITY, time: time + 1 }]);
  const samples = await eventually("stored", async () => {
    const rows = await cell.samples(gateway, "level");
    return rows.length === 2 ? rows : null;
  });
  expect(samples).toMatchObject([
    { value: null, quality: 0 },
    { value: null, quality: 0 },
  ]);
});

it("never counts backwards: a reset counts what came after it, a rollover what came over it", async () => {
  const gateway = await cell.gateway();
  const plain = await cell.workUnit(gateway, { "count.good": "count" });
  const rolling = await cell.workUnit(gateway, { "count.total": "count" }, { rolloverAt: "65535" });
  const node = await connect(gateway);
  await node.birth();
  const time = Date.now() - 60_000;
  const readings = [65_530, 65_535, 4, 10, 3];
  for (const [i, value] of readings.entries()) {
    await node.data([{ name: "count", value, time: time + i * 1000 }]);
  }
  // Plain: 5 + (reset) 4 + 6 + (reset) 3; rolling: 5 + 5 + 6 + (reset) 3.
  await eventually("plain", async () => ((await cell.counted(plain)) === 18 ? true : null));
  await eventually("rolling", async () => ((await cell.counted(rolling)) === 19 ? true : null));
  const events = await cell.events(plain);
  expect(events.some(({ payload }) => payload["reset"] === true)).toBe(true);
  expect(events.every(({ payload }) => Number(payload["delta"] ?? 0) >= 0)).toBe(true);
});

it("ends the connection of a client that sends 10 MB, without holding them in memory", async () => {
  const { gateway, node } = await bornNode();
  await node.raw(node.topic("DDATA"), new Uint8Array(10 * 1024 * 1024));
  await eventually("disconnected", async () => (node.isConnected ? null : true));
  expect(await cell.samples(gateway, "level")).toEqual([]);
  await eventually("logged", async () => (/refused: packet/.test(ingest.output) ? true : null));
  await expectStillServing();
});

it("stores text with a zero byte, which PostgreSQL cannot, and goes on", async () => {
  const { gateway, node } = await bornNode();
  await node.data([{ name: "text", value: "a\0b", time: Date.now() }]);
  await eventually("stored", async () =>
    (await cell.samples(gateway, "text")).length === 1 ? true : null,
  );
});

it("survives a device and a metric whose names hold a zero byte", async () => {
  const gateway = await cell.gateway();
  const node = await connect(gateway);
  await node.birth();
  await node.send("DBIRTH", [
    metric({
      name: "bad\0name",
      alias: 77n,
      datatype: DataType.Int32,
      value: 1,
      timestamp: Date.now(),
    }),
  ]);
  await expectStillServing();
});

it("lives through a client that floods small packets, and serves the others meanwhile", async () => {
  const { gateway: flooding, node: flood } = await bornNode();
  const { gateway, node } = await bornNode();
  const junk = new Uint8Array([0xff]);
  const calm = new AbortController();
  const flooded = (async () => {
    for (let i = 0; i < 200_000 && !calm.signal.aborted && flood.isConnected; i += 1) {
      const sent = flood.raw(flood.topic("DDATA"), junk);
      if (i % 500 === 0) await sent;
    }
  })();
  const started = Date.now();
  for (let i = 0; i < 10; i += 1) {
    await node.data([{ name: "level", value: i, time: Date.now() }]);
    await pause(20);
  }
  await eventually("the other is stored", async () =>
    (await cell.samples(gateway, "level")).length === 10 ? true : null,
  );
  expect(Date.now() - started).toBeLessThan(15_000);
  calm.abort();
  await flooded;
  // Kept as examples only: a flood must not fill the disk.
  const letters = await cell.deadLetters(flooding);
  expect(letters.length).toBeGreaterThan(0);
  expect(letters.length).toBeLessThan(20_000);
  await expectStillServing();
}, 60_000);
