import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DataType, MetricName, Quality } from "@millwright/contracts/sparkplug";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { Agent } from "../agent.ts";
import { parseConfig } from "../config/load.ts";
import { ModbusTestDevice } from "../drivers/modbus-tcp/test-device.ts";
import { named, type Received, TestHost } from "./test-host.ts";

/** The whole agent between a real Modbus server and a real broker; only the host's words are ours. */
describe("edge node", { timeout: 60_000 }, () => {
  let host: TestHost;
  let plc: ModbusTestDevice;
  let dataDir: string;
  let agent: Agent | null = null;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "mw-agent-"));
    plc = await ModbusTestDevice.make();
    await plc.start();
    host = await TestHost.start();
  });

  afterEach(async () => {
    await stopAgent();
    await host.down();
    await plc.stop();
    await rm(dataDir, { recursive: true });
  });

  async function startAgent({ devices = 1, metrics = defaultMetrics } = {}): Promise<void> {
    const config = parseConfig({
      file: "test.yaml",
      text: JSON.stringify({
        group: host.group,
        edgeNode: host.edgeNode,
        broker: { url: `mqtt://127.0.0.1:${host.port}`, token: "secret" },
        devices: Array.from({ length: devices }, (_, index) => ({
          id: index === 0 ? "saw" : `saw-${index}`,
          driver: "modbus-tcp",
          host: "127.0.0.1",
          port: plc.port,
          pollMs: 20,
          timeoutMs: 500,
          metrics,
        })),
      }),
    });
    agent = await Agent.start({ config, dataDir, logger: pino({ level: "silent" }) });
  }

  async function stopAgent(): Promise<void> {
    const running = agent;
    agent = null;
    await running?.[Symbol.asyncDispose]();
  }

  /** Counts up until the host has seen `count` more DATA messages. */
  async function produce(count: number): Promise<void> {
    const target = host.data().length + count;
    let value = plc.holding.readUInt32BE(0);
    await host.until(() => {
      value += 1;
      plc.setCounter(value);
      return host.data().length >= target;
    });
  }

  /** Acks everything that came so far, as an honest host would. */
  function honestAck(): { epoch: string; contiguous: string; missing: [string, string][] } {
    const offsets = new Set(host.offsets());
    const highest = Math.max(0, ...offsets);
    let contiguous = 0;
    while (offsets.has(contiguous + 1)) contiguous += 1;
    const missing: [string, string][] = [];
    for (let offset = contiguous + 1; offset < highest; offset += 1) {
      if (offsets.has(offset)) continue;
      const last = missing.at(-1);
      if (last !== undefined && Number(last[1]) === offset - 1) last[1] = String(offset);
      else missing.push([String(offset), String(offset)]);
    }
    return { epoch: host.epoch(), contiguous: String(contiguous), missing };
  }

  test("births in order, complete and with their flags, before any data", async () => {
    plc.setCounter(41);
    await host.state(true);
    await startAgent();
    await produce(1);
    const types = host.received.map(({ type }) => type);
    expect(types[0]).toBe("NBIRTH");
    expect(types.indexOf("DBIRTH")).toBeLessThan(types.indexOf("DDATA"));
    expect(host.received.map(({ seq }) => seq)).toEqual(host.received.map((_, index) => index));
    expect(host.received.every(({ qos, retain }) => qos === 0 && !retain)).toBe(true);

    const [nbirth] = host.all("NBIRTH");
    expect(named(nbirth, MetricName.bdSeq)).toMatchObject({
      datatype: DataType.Int64,
      value: 0n,
      alias: null,
    });
    expect(named(nbirth, MetricName.rebirth)).toMatchObject({
      datatype: DataType.Boolean,
      value: false,
      alias: null,
    });
    expect(named(nbirth, MetricName.epoch)?.value).toMatch(/^[0-9a-f]{32}$/);
    expect(named(nbirth, MetricName.offset)).toMatchObject({
      datatype: DataType.UInt64,
      value: 1n,
    });
    expect(named(nbirth, MetricName.ack)).toMatchObject({ datatype: DataType.String, value: null });

    await host.rebirth();
    await host.until(() => host.all("NBIRTH").length === 2 && host.all("DBIRTH").length > 1);
    const dbirth = host.all("DBIRTH", "saw").at(-1);
    expect(named(dbirth, "count.good")).toMatchObject({
      datatype: DataType.UInt32,
      value: expect.any(Number),
      engUnit: "pcs",
    });
    expect(named(dbirth, "missing")).toMatchObject({ value: null, quality: Quality.bad });
    expect(named(dbirth, MetricName.heartbeat)?.datatype).toBe(DataType.DateTime);
    const births = [...(nbirth?.metrics ?? []), ...(dbirth?.metrics ?? [])];
    const aliases = births.flatMap(({ alias }) => (alias === null ? [] : [alias]));
    expect(new Set(aliases).size).toBe(aliases.length);
    expect(births.every(({ timestamp }) => timestamp !== null)).toBe(true);
  });

  test("data names metrics by alias only, by exception, in strictly increasing time", async () => {
    await host.state(true);
    await startAgent();
    await produce(30);
    const dbirth = host.all("DBIRTH", "saw").at(-1);
    const alias = named(dbirth, "count.good")?.alias;
    const times: number[] = [];
    for (const { message } of host.data()) {
      for (const { name, datatype, alias, timestamp } of message.metrics) {
        expect([name, datatype]).toEqual([null, null]);
        expect(alias).not.toBeNull();
        expect(timestamp).not.toBeNull();
      }
      const count = message.metrics.find((metric) => metric.alias === alias);
      if (count !== undefined) times.push(count.timestamp ?? 0);
      // The state register never moved: it is in the first record alone.
      expect(message.metrics.length).toBeLessThanOrEqual(times.length <= 1 ? 4 : 2);
    }
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    const offsets = host.data().map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.map((_, index) => (offsets[0] ?? 0) + index));
  });

  test("the sequence number wraps over 600 messages", async () => {
    await host.state(true);
    await startAgent({ devices: 10 });
    await produce(600);
    expect(host.received.length).toBeGreaterThan(600);
    expect(host.received.map(({ seq }) => seq)).toEqual(
      host.received.map((_, index) => index % 256),
    );
  });

  test("waits for its primary host, and heeds no other and no older word", async () => {
    await startAgent();
    // Before that it would see the retained one of several states only.
    await host.until(() => host.subscribed.length === 2);
    await host.state(true, { hostId: "other" });
    await host.state(false, { timestamp: 2000 });
    await host.state(true, { timestamp: 1000 });
    const before = plc.requestCount;
    await host.until(() => plc.requestCount > before + 10);
    expect(host.received).toEqual([]);
    await host.state(true, { timestamp: 3000 });
    await produce(1);
    await host.state(false, { timestamp: 2500 });
    await produce(3);

    await host.state(false, { timestamp: 4000 });
    await host.until(() => host.all("NDEATH").length > 0);
    const [ndeath] = host.all("NDEATH");
    expect(ndeath?.seq).toBeNull();
    expect(ndeath?.metrics.map(({ name, value }) => [name, value])).toEqual([["bdSeq", 0n]]);
    await host.until(() => host.connectionCount === 1);
    await host.state(true, { timestamp: 5000 });
    await host.until(() => host.all("NBIRTH").length === 2);
    const bdSeq = Number(named(host.all("NBIRTH")[1], MetricName.bdSeq)?.value);
    expect(bdSeq).toBeGreaterThan(0);
  });

  test("bdSeq counts over connections and restarts, in the will as in the birth", async () => {
    await host.state(true);
    await startAgent();
    await host.until(() => host.all("NBIRTH").length === 1);
    await host.down();
    await host.up();
    await host.state(true);
    await host.until(() => host.all("NBIRTH").length === 2);
    await stopAgent();
    await startAgent();
    await host.until(() => host.all("NBIRTH").length === 3);
    const births = host.all("NBIRTH").map((birth) => Number(named(birth, MetricName.bdSeq)?.value));
    expect(births).toEqual([...births].toSorted((a, b) => a - b));
    expect(new Set(births).size).toBe(3);
    // The goodbye of the stopped run carried the bdSeq of its births.
    const deaths = host.all("NDEATH").map(({ metrics }) => Number(metrics[0]?.value));
    expect(deaths).toContain(births[1]);
  });

  test("a connection that breaks leaves the will: NDEATH, QoS 1, not retained", async () => {
    await host.state(true);
    await startAgent();
    await host.until(() => host.all("NBIRTH").length === 1);
    host.cut();
    await host.until(() => host.all("NDEATH").length === 1);
    expect(host.all("NDEATH")[0]).toMatchObject({ qos: 1, retain: false, seq: null });
    await host.until(() => host.all("NBIRTH").length === 2);
  });

  test("a rebirth repeats all births with the same bdSeq and goes on", async () => {
    await host.state(true);
    await startAgent({ devices: 2 });
    await produce(5);
    await host.rebirth();
    await host.until(() => host.all("NBIRTH").length === 2);
    await produce(5);
    const again = host.received.slice(host.received.lastIndexOf(lastOf(host.all("NBIRTH"))));
    expect(again.slice(0, 3).map(({ type, seq }) => [type, seq])).toEqual([
      ["NBIRTH", 0],
      ["DBIRTH", 1],
      ["DBIRTH", 2],
    ]);
    expect(again.map(({ seq }) => seq)).toEqual(again.map((_, index) => index));
    expect(host.all("NBIRTH").map((birth) => named(birth, MetricName.bdSeq)?.value)).toEqual([
      0n,
      0n,
    ]);
  });

  test("a lost device dies and is born again, in its place among the data", async () => {
    await host.state(true);
    await startAgent();
    await produce(3);
    await plc.stop();
    await host.until(() => host.all("DDEATH").length === 1);
    expect(lastOf(host.received).type).toBe("DDEATH");
    plc.setCounter(7777);
    await plc.start();
    const births = host.all("DBIRTH").length;
    await host.until(() => host.all("DBIRTH").length > births);
    expect(named(host.all("DBIRTH").at(-1), "count.good")?.value).toBe(7777);
    await produce(3);
    const seqs = host.received.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index));
  });

  test("what an outage kept back is replayed as historical, and nothing is missing", async () => {
    await host.state(true);
    await startAgent();
    await produce(20);
    await host.ack(honestAck());
    await host.down();
    const before = plc.requestCount;
    let value = 1_000_000;
    await host.until(() => {
      value += 1;
      plc.setCounter(value);
      return plc.requestCount > before + 60;
    });
    await host.up();
    await host.state(true);
    const seen = host.data().length;
    await host.until(() => host.all("NBIRTH").length === 2);
    await produce(3);
    // Live goes on at once; the rest comes when the host has said what it lacks.
    expect(
      host
        .data()
        .slice(seen)
        .every(({ isHistorical }) => !isHistorical),
    ).toBe(true);
    await host.ack(honestAck());
    await host.until(() => {
      const offsets = host.offsets();
      return offsets.length > 50 && offsets.every((offset, index) => offset === index + 1);
    });
    const replayed = host
      .data()
      .slice(seen)
      .filter(({ isHistorical }) => isHistorical);
    expect(replayed.length).toBeGreaterThan(20);
    const order = replayed.map(({ offset }) => offset);
    expect(order).toEqual(order.toSorted((a, b) => a - b));

    // Acked, it is not replayed again after a restart.
    await host.ack(honestAck());
    await stopAgent();
    const saved: unknown = JSON.parse(await readFile(join(dataDir, "log", "epoch.json"), "utf8"));
    expect(saved).toMatchObject({ epoch: host.epoch() });
  });

  test("a range that the host misses is sent again; other hosts, epochs and nonsense are ignored", async () => {
    await host.state(true);
    await startAgent();
    await produce(20);
    const { epoch } = honestAck();
    const missing: [string, string][] = [["6", "9"]];
    await host.ack({ host: "other", epoch, contiguous: "0", missing });
    await host.ack({ epoch: "0".repeat(32), contiguous: "0", missing });
    await host.ack({ epoch, contiguous: "five", missing });
    await produce(3);
    expect(host.data().filter(({ isHistorical }) => isHistorical)).toEqual([]);
    // The first ack that counts: offsets 6 to 9 never arrived.
    await host.ack({ epoch, contiguous: "5", missing });
    await host.until(() => host.data().filter(({ isHistorical }) => isHistorical).length >= 4);
    await produce(3);
    const again = host.data().filter(({ isHistorical }) => isHistorical);
    expect(again.map(({ offset }) => offset)).toEqual([6, 7, 8, 9]);
    const original = host.data().find(({ offset }) => offset === 7)?.message;
    expect(
      again[1]?.message.metrics.map(({ alias, value, timestamp }) => [alias, value, timestamp]),
    ).toEqual(original?.metrics.map(({ alias, value, timestamp }) => [alias, value, timestamp]));
  });

  test("a host that knows more than the log makes it begin a new epoch", async () => {
    await host.state(true);
    await startAgent();
    await produce(5);
    const epoch = host.epoch();
    await host.ack({ epoch, contiguous: "999999", missing: [] });
    await host.until(() => host.epoch() !== epoch);
    await produce(2);
    expect(host.data().at(-1)?.offset).toBeLessThan(20);
  });

  test("records of a device that left the configuration are still delivered", async () => {
    await host.state(true);
    await startAgent({ devices: 2 });
    await produce(4);
    await host.down();
    const before = plc.requestCount;
    plc.setCounter(555);
    await host.until(() => plc.requestCount > before + 10);
    await stopAgent();
    await host.up();
    await host.state(true);
    host.received.length = 0;
    await startAgent({ devices: 1 });
    await host.until(() => host.all("DDEATH", "saw-1").length === 1);
    await host.ack({ epoch: host.epoch(), contiguous: "0", missing: [] });
    await host.until(() => host.all("DDATA", "saw-1").length >= 2);
    const alias = named(host.all("DBIRTH", "saw-1")[0], "count.good")?.alias;
    const values = host.all("DDATA", "saw-1").flatMap(({ metrics }) => metrics);
    expect(values.some((metric) => metric.alias === alias && metric.value === 555)).toBe(true);
  });
});

const defaultMetrics = [
  { name: "count.good", register: "holding:0", type: "uint32", unit: "pcs" },
  { name: "state", register: "holding:2" },
  { name: "missing", register: "holding:5000" },
];

function lastOf(messages: readonly Received[]): Received {
  const message = messages.at(-1);
  if (message === undefined) throw new Error("nothing was received");
  return message;
}
