import { randomUUID } from "node:crypto";

import { DataType } from "@millwright/contracts/sparkplug";
import { describe, expect, it, onTestFinished } from "vitest";

import { createTestDatabase } from "../../deploy/test/database.ts";
import { mosquittoAvailable, startMosquitto } from "../../deploy/test/mosquitto.ts";
import { eventually, freePort, ingestOn } from "../../deploy/test/plant.ts";
import { TestEdgeNode } from "./broker/test-edge-node.ts";
import { TestCell, type TestGateway } from "./store/test-cell.ts";

const metrics = { count: DataType.UInt32, state: DataType.Int32, level: DataType.Double };
const brokers = [
  { broker: "embedded", isAvailable: true },
  { broker: "mosquitto", isAvailable: mosquittoAvailable() },
];

/** Ingest as it is deployed: a process of its own, so that it can be killed. */
async function startIngest(broker = "embedded") {
  const stack = new AsyncDisposableStack();
  onTestFinished(() => stack.disposeAsync());
  const database = stack.use(await createTestDatabase());
  const cell = stack.use(await TestCell.open(database));
  const gateway = await cell.gateway();
  const workUnitId = await cell.workUnit(gateway, { "count.good": "count" });
  const mosquitto = broker === "mosquitto" ? stack.use(await startMosquitto()) : null;
  const port = mosquitto?.port ?? (await freePort());
  const ingest = stack.use(
    ingestOn(database, port, mosquitto === null ? {} : { MQTT_URL: mosquitto.url }),
  );
  await ingest.start();
  const url = `mqtt://127.0.0.1:${port}`;
  const connect = async (options: { epoch?: string | null; gateway?: TestGateway } = {}) =>
    stack.use(
      await TestEdgeNode.connect({ url, metrics, ...gateway, ...options.gateway, ...options }),
    );
  return { database, cell, gateway, workUnitId, ingest, connect };
}

/** Sends records `first`…`last` (one piece each, one a second) as the edge log replays them. */
async function replay(
  node: TestEdgeNode,
  { start, offsets }: { start: number; offsets: readonly number[] },
): Promise<void> {
  for (const offset of offsets) {
    const reading = { name: "count", value: 100 + offset, time: start + offset * 1000 };
    await node.data([reading], { offset, isHistorical: true });
  }
}

describe.each(brokers)("delivery through the $broker broker", ({ broker, isAvailable }) => {
  it.skipIf(!isAvailable)("announces itself, stores, and acknowledges what is stored", async () => {
    const { cell, gateway, connect } = await startIngest(broker);
    const node = await connect();
    // Sparkplug 3.0 tck-id-host-topic-phid-birth-payload: retained, so a late subscriber hears it too.
    await eventually("host is online", async () => (node.hostStates.at(-1)?.online ? true : null));
    await node.birth();
    const now = Date.now();
    for (let i = 0; i < 20; i += 1) {
      await node.data([
        { name: "count", value: 100 + i, time: now + i },
        { name: "level", value: i / 4, time: now + i },
      ]);
    }
    await eventually("acknowledged", async () =>
      node.acks.at(-1)?.contiguous === "20" ? true : null,
    );
    expect(node.acks.at(-1)).toEqual({
      host: "millwright",
      epoch: node.epoch,
      contiguous: "20",
      missing: [],
    });
    expect((await cell.samples(gateway, "level")).map(({ value }) => value)).toEqual(
      Array.from({ length: 20 }, (_, i) => i / 4),
    );
    expect(await cell.live(gateway, "count")).toMatchObject({ value: 119, quality: 192 });
  });

  it.skipIf(!isAvailable)(
    "stores each record once, however often and in whatever order it comes",
    async () => {
      const { cell, gateway, workUnitId, connect } = await startIngest(broker);
      const node = await connect();
      await node.birth();
      const start = Date.now() - 120_000;
      // 41 pieces happen; 11 to 30 are lost on the way and come again twice, backwards, among others.
      await node.data([{ name: "count", value: 101, time: start + 1000 }]);
      for (let offset = 2; offset <= 10; offset += 1) {
        await node.data([{ name: "count", value: 100 + offset, time: start + offset * 1000 }]);
      }
      node.skip({ offsets: 20 });
      for (let offset = 31; offset <= 42; offset += 1) {
        await node.data([{ name: "count", value: 100 + offset, time: start + offset * 1000 }]);
      }
      await eventually("the hole is known", async () =>
        node.acks.at(-1)?.missing[0]?.join() === "11,30" ? true : null,
      );
      const lost = Array.from({ length: 20 }, (_, i) => 30 - i);
      await replay(node, { start, offsets: [...lost, 5, 6, 7, 40, ...lost] });
      await eventually("the hole is closed", async () =>
        node.acks.at(-1)?.contiguous === "42" ? true : null,
      );
      await eventually("every piece told", async () =>
        (await cell.counted(workUnitId)) === 41 ? true : null,
      );
      expect((await cell.samples(gateway, "count")).map(({ value }) => value)).toEqual(
        Array.from({ length: 42 }, (_, i) => 101 + i),
      );
      // What the first live reading after the hole had carried was only moved in time.
      const moved = (await cell.events(workUnitId)).filter(({ type }) =>
        type.endsWith("redistributed"),
      );
      expect(moved.every(({ payload }) => payload["sum"] === "0")).toBe(true);
      expect(await cell.live(gateway, "count")).toMatchObject({ value: 142 });
      expect(await cell.gaps(gateway)).toEqual([]);
    },
  );

  it.skipIf(!isAvailable)("counts nothing twice and loses nothing over kill -9", async () => {
    const { cell, gateway, workUnitId, ingest, connect } = await startIngest(broker);
    const epoch = randomUUID();
    const start = Date.now() - 600_000;
    const first = await connect({ epoch });
    await first.birth();
    await first.data([{ name: "count", value: 101, time: start + 1000 }]);
    for (let offset = 2; offset <= 300; offset += 1) {
      await first.data([{ name: "count", value: 100 + offset, time: start + offset * 1000 }]);
    }
    await eventually("some are stored", async () =>
      ((await cell.watermark(gateway))?.contiguous ?? 0) > 0 ? true : null,
    );
    await ingest.kill();
    const stored = (await cell.watermark(gateway))?.contiguous ?? 0;
    await ingest.start();
    const second = await connect({ epoch });
    await second.birth();
    // The edge knows less than the host: it sends everything again that was not acknowledged.
    await replay(second, { start, offsets: Array.from({ length: 300 }, (_, i) => i + 1) });
    await eventually("acknowledged", async () =>
      second.acks.at(-1)?.contiguous === "300" ? true : null,
    );
    await eventually("every piece told", async () =>
      (await cell.counted(workUnitId)) === 299 ? true : null,
    );
    expect(stored).toBeLessThanOrEqual(300);
    expect((await cell.samples(gateway, "count")).map(({ value }) => value)).toEqual(
      Array.from({ length: 300 }, (_, i) => 101 + i),
    );
  });

  it.skipIf(!isAvailable)(
    "stops without losing what it has received, and says that it is offline",
    async () => {
      const { cell, gateway, ingest, connect } = await startIngest(broker);
      const node = await connect();
      await eventually("host is online", async () =>
        node.hostStates.at(-1)?.online ? true : null,
      );
      await node.birth();
      const now = Date.now();
      for (let i = 0; i < 500; i += 1)
        await node.data([{ name: "level", value: i, time: now + i }]);
      await eventually("some are stored", async () =>
        (await cell.samples(gateway, "level")).length > 0 ? true : null,
      );
      await ingest.stop();
      const stored = (await cell.samples(gateway, "level")).length;
      expect((await cell.watermark(gateway))?.contiguous).toBe(stored);
      await eventually("last acknowledgement", async () =>
        node.acks.at(-1)?.contiguous === String(stored) ? true : null,
      );
      // Sparkplug 3.0 tck-id-operational-behavior-host-application-disconnect-intentional
      await eventually("offline", async () =>
        node.hostStates.at(-1)?.online === false ? true : null,
      );
    },
  );
});

const count = (value: number, time: number) => [{ name: "count", value, time }];

describe("delivery", () => {
  it("counts nothing twice when the database drops its connections in the middle", async () => {
    const { cell, gateway, workUnitId, database, connect } = await startIngest();
    const node = await connect();
    await node.birth();
    const killer = await TestCell.open({ ...database, home: { owner: database.home.ingest } });
    onTestFinished(() => killer[Symbol.asyncDispose]());
    const start = Date.now() - 2000;
    for (let i = 0; i < 1000; i += 1) {
      await node.data([{ name: "count", value: i, time: start + i }]);
      if (i % 100 !== 50) continue;
      // A role may end the sessions of its own; whatever they were doing is rolled back.
      await killer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where usename = current_user and datname = current_database() and pid <> pg_backend_pid()`,
      );
    }
    await eventually("acknowledged", async () =>
      node.acks.at(-1)?.contiguous === "1000" ? true : null,
    );
    await eventually("every piece told", async () =>
      (await cell.counted(workUnitId)) === 999 ? true : null,
    );
    expect(await cell.samples(gateway, "count")).toHaveLength(1000);
  });

  it("waits while the database's disk is full, and then stores what waited", async () => {
    const { cell, gateway, workUnitId, ingest, connect } = await startIngest();
    const node = await connect();
    await node.birth();
    const start = Date.now() - 2000;
    await node.data([{ name: "count", value: 100, time: start }]);
    await eventually("stored", async () =>
      (await cell.samples(gateway, "count")).length === 1 ? true : null,
    );
    // What PostgreSQL says when a table cannot grow: every statement that writes a live value fails.
    await cell.query(
      `create function telemetry.refuse() returns trigger language plpgsql as
         $$ begin raise exception 'could not extend file: no space left' using errcode = '53100'; end $$`,
    );
    await cell.query(
      `create trigger full_disk before insert or update on telemetry.last_value
         execute function telemetry.refuse()`,
    );
    const pid = ingest.pid;
    for (let i = 1; i <= 5; i += 1) {
      await node.data([{ name: "count", value: 100 + i, time: start + i }]);
    }
    await eventually("it tries again", async () =>
      Number((await cell.status())["retries"]) > 1 ? true : null,
    );
    await cell.query("drop trigger full_disk on telemetry.last_value");
    await eventually("acknowledged", async () =>
      node.acks.at(-1)?.contiguous === "6" ? true : null,
    );
    expect((await cell.samples(gateway, "count")).map(({ value }) => value)).toEqual([
      100, 101, 102, 103, 104, 105,
    ]);
    await eventually("every piece told", async () =>
      (await cell.counted(workUnitId)) === 5 ? true : null,
    );
    expect(await cell.deadLetters(gateway)).toEqual([]);
    expect(ingest.pid).toBe(pid);
  });

  it("counts replayed records of an impossible time when the log's order says that they are the newest", async () => {
    const { cell, workUnitId, connect } = await startIngest();
    const node = await connect();
    await node.birth();
    const now = Date.now();
    const wrong = now + 3_600_000;
    await node.data([{ name: "count", value: 100, time: now }]);
    node.skip({ offsets: 1 });
    await node.data([{ name: "count", value: 105, time: now + 100 }]);
    // The hole: its pieces came with the reading after it.
    const hole = { offset: 2, isHistorical: true };
    await node.data([{ name: "count", value: 103, time: wrong }], hole);
    // Recorded while the line was down, with the clock an hour ahead; nothing newer follows.
    for (const [offset, value] of [
      [4, 107],
      [5, 109],
    ] as const) {
      const replayed = { offset, isHistorical: true };
      await node.data([{ name: "count", value, time: wrong + offset }], replayed);
    }
    await eventually("acknowledged", async () =>
      node.acks.at(-1)?.contiguous === "5" ? true : null,
    );
    await eventually("every piece told", async () =>
      (await cell.counted(workUnitId)) === 9 ? true : null,
    );
  });

  it("counts replayed records once when the clock was ahead before and has come back", async () => {
    const { cell, workUnitId, connect } = await startIngest();
    const node = await connect();
    await node.birth();
    const now = Date.now();
    await node.data(count(1000, now));
    // Four minutes ahead, which may be, for two pieces; then right again.
    await node.data(count(1001, now + 240_000));
    await node.data(count(1002, now + 240_050));
    // What was recorded while the line was down is replayed: it lies between a right time and a wrong one.
    for (const [offset, value] of [
      [4, 1003],
      [5, 1005],
    ] as const) {
      await node.data(count(value, now + 100 * offset), { offset, isHistorical: true });
    }
    const acknowledged = (contiguous: string) =>
      eventually(`acknowledged ${contiguous}`, async () =>
        node.acks.at(-1)?.contiguous === contiguous ? true : null,
      );
    await acknowledged("5");
    await node.data(count(1006, now + 600));
    await acknowledged("6");
    // Nothing moves after this; its pieces are known by the replay alone.
    node.skip({ offsets: 1 });
    await node.data(count(1007, now + 700), { offset: 7, isHistorical: true });
    await node.data([{ name: "level", value: 1, time: now + 800 }]);
    await acknowledged("8");
    await eventually("the last pieces are told", async () =>
      (await cell.counted(workUnitId)) >= 7 ? true : null,
    );
    expect(await cell.counted(workUnitId)).toBe(7);
  });

  it("writes into the gap ledger what a log can no longer send", async () => {
    const { cell, gateway, connect } = await startIngest();
    const node = await connect();
    await node.birth();
    const now = Date.now();
    for (let i = 1; i <= 5; i += 1) await node.data([{ name: "level", value: i, time: now + i }]);
    node.skip({ offsets: 10 });
    await node.data([{ name: "level", value: 16, time: now + 16 }]);
    await eventually("stored", async () =>
      (await cell.watermark(gateway))?.ranges === "{[16,17)}" ? true : null,
    );
    // Its disk was full: the oldest record is now 12.
    await node.birth({ firstOffset: 12 });
    await eventually("in the ledger", async () =>
      (await cell.gaps(gateway)).length > 0 ? true : null,
    );
    expect(await cell.gaps(gateway)).toMatchObject([{ epoch: node.epoch, first: 6, last: 11 }]);
    await eventually("asked for the rest", async () =>
      node.acks.at(-1)?.missing[0]?.join() === "12,15" ? true : null,
    );
  });

  it("asks a node of another maker for births when a message is missing, and notes the gap", async () => {
    const { cell, gateway, connect } = await startIngest();
    const node = await connect({ epoch: null });
    await node.birth();
    const now = Date.now();
    await node.data([{ name: "level", value: 1, time: now }]);
    node.skip({ sequence: 2 });
    await node.data([{ name: "level", value: 4, time: now + 4 }]);
    await eventually("births asked", async () => (node.rebirthsAsked > 0 ? true : null));
    await eventually("noted", async () => ((await cell.gaps(gateway)).length > 0 ? true : null));
    expect(await cell.gaps(gateway)).toMatchObject([{ epoch: null, first: 3, last: 4 }]);
    // What came after the gap is kept.
    await eventually("kept", async () =>
      (await cell.samples(gateway, "level")).length === 2 ? true : null,
    );
    expect(node.acks).toEqual([]);
  });

  it("asks for births when it hears data of a node it does not know the metrics of", async () => {
    const { cell, gateway, connect } = await startIngest();
    const node = await connect();
    await node.data([{ name: "level", value: 1, time: Date.now() }]);
    await eventually("births asked", async () => (node.rebirthsAsked > 0 ? true : null));
    expect(await cell.samples(gateway, "level")).toEqual([]);
    // Nothing was acknowledged, so the log sends it again after the births.
    expect(node.acks.every(({ contiguous }) => contiguous === "0")).toBe(true);
  });

  it("counts from the reading before, when a counter is bound while the machine runs", async () => {
    const { cell, gateway, connect } = await startIngest();
    const node = await connect();
    await node.birth({ values: { count: 1_000_000 } });
    const now = Date.now();
    await node.data([{ name: "count", value: 1_000_000, time: now - 5000 }]);
    await eventually("stored", async () =>
      (await cell.samples(gateway, "count")).length === 1 ? true : null,
    );
    const workUnitId = await cell.workUnit(gateway, { "count.total": "count" });
    await eventually("bound", async () => {
      await node.data([{ name: "count", value: 1_000_003, time: Date.now() }]);
      return (await cell.counted(workUnitId)) > 0 ? true : null;
    });
    expect(await cell.counted(workUnitId)).toBe(3);
  });

  it("knows a device as online from its birth to the gateway's death", async () => {
    const { cell, gateway, connect } = await startIngest();
    const node = await connect();
    await node.birth({ values: { level: 4 } });
    await eventually("online", async () =>
      (await cell.isOnline(gateway, "machine")) === true ? true : null,
    );
    node.cut();
    await eventually("offline", async () =>
      (await cell.isOnline(gateway, "machine")) === false ? true : null,
    );
    expect(await cell.isOnline(gateway, null)).toBe(false);
    expect(await cell.live(gateway, "level")).toMatchObject({ value: 4, quality: 500 });
    const back = await connect({ epoch: node.epoch });
    await back.birth({ values: { level: 4 } });
    await eventually("good again", async () =>
      (await cell.live(gateway, "level"))?.quality === 192 ? true : null,
    );
  });
});
