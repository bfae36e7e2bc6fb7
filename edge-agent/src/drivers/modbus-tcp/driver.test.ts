import { createServer } from "node:net";

import { DataType } from "@millwright/contracts/sparkplug";
import { afterEach, describe, expect, test } from "vitest";

import { describeDriver, Recorder, silentLog } from "../conformance.ts";
import { startDriver } from "./driver.ts";
import { modbusDeviceSchema } from "./device-schema.ts";
import { planReads, splitSpan } from "./read-plan.ts";
import { valueOf } from "./register-value.ts";
import { ModbusTestDevice } from "./test-device.ts";

function deviceOn(port: number, metrics: object[]) {
  return modbusDeviceSchema.parse({
    id: "saw",
    driver: "modbus-tcp",
    host: "127.0.0.1",
    port,
    pollMs: 20,
    timeoutMs: 300,
    metrics,
  });
}

const counter = { name: "counter", register: "holding:0", type: "uint32" };
const missing = { name: "missing", register: "holding:5000" };

describeDriver("modbus-tcp", {
  makeDevice: () => ModbusTestDevice.make(),
  startDriver(device, events) {
    if (!(device instanceof ModbusTestDevice)) throw new TypeError("not a Modbus device");
    const config = deviceOn(device.port, [counter, missing]);
    return startDriver({ device: config, events, log: silentLog, dataDir: "" });
  },
  counterDatatype: DataType.UInt32,
});

describe("against a real server", { timeout: 30_000 }, () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  async function observe(metrics: object[], prepare: (device: ModbusTestDevice) => void) {
    const device = await ModbusTestDevice.make();
    prepare(device);
    await device.start();
    stops.push(() => device.stop());
    const seen = new Recorder();
    const config = deviceOn(device.port, metrics);
    const driver = startDriver({
      device: config,
      events: seen.events,
      log: silentLog,
      dataDir: "",
    });
    stops.push(() => driver.stop());
    return { device, seen };
  }

  test("coils, an address in the middle that does not exist, and its neighbours", async () => {
    const { device, seen } = await observe(
      [
        { name: "running", register: "coil:3" },
        { name: "last", register: "holding:199" },
        { name: "beyond", register: "holding:200" },
        { name: "first", register: "holding:195" },
      ],
      ({ coils, holding }) => {
        coils[0] = 0b1000;
        holding.writeUInt16BE(11, 195 * 2);
        holding.writeUInt16BE(22, 199 * 2);
      },
    );
    await seen.until(() => seen.last("last")?.value === 22);
    expect(seen.last("running")?.value).toBe(true);
    expect(seen.last("first")?.value).toBe(11);
    expect(seen.last("beyond")).toMatchObject({ value: null, isGood: false });
    device.coils[0] = 0;
    await seen.until(() => seen.last("running")?.value === false);
  });

  test("goes on polling when the gateway's clock is set back an hour", async () => {
    const { device, seen } = await observe([counter], () => {});
    const realNow = Date.now;
    stops.push(async () => {
      Date.now = realNow;
    });
    Date.now = () => realNow() + 3_600_000;
    device.setCounter(1);
    await seen.until(() => seen.last("counter")?.value === 1);
    Date.now = realNow;
    // The first poll was due already.
    for (const value of [2, 3]) {
      device.setCounter(value);
      await seen.until(() => seen.last("counter")?.value === value);
    }
  });

  test("an answer that never comes is a lost connection", async () => {
    const { device, seen } = await observe([counter], () => {});
    await seen.until(() => seen.count("connected") === 1);
    await device.stop();
    const silent = createServer((socket) => socket.on("error", () => {}).resume());
    silent.listen(device.port, "127.0.0.1");
    stops.push(async () => {
      silent.close();
    });
    await seen.until(() => seen.count("disconnected") === 1);
    expect(seen.count("connected")).toBe(1);
  });
});

function planOf(registers: [string, string?][]): string[] {
  const metrics = registers.map(([register, type], index) => ({
    name: `m${index}`,
    register,
    type,
  }));
  return planReads(deviceOn(1, metrics).metrics).map(
    ({ table, address, count }) => `${table}:${address}+${count}`,
  );
}

describe("read plan", () => {
  test("neighbours share a request, whatever their order in the file", () => {
    expect(planOf([["holding:4", "float64"], ["holding:0", "uint32"], ["holding:9"]])).toEqual([
      "holding:0+10",
    ]);
  });

  test("a wide gap, another table and 125 registers begin a new one", () => {
    expect(planOf([["holding:0"], ["holding:40"], ["input:1"], ["coil:0"], ["coil:1500"]])).toEqual(
      ["coil:0+1", "coil:1500+1", "holding:0+1", "holding:40+1", "input:1+1"],
    );
    const hundred = Array.from({ length: 70 }, (_, i): [string, string] => [
      `holding:${i * 2}`,
      "uint32",
    ]);
    expect(planOf(hundred)).toEqual(["holding:0+124", "holding:124+16"]);
  });

  test("a refused span is halved down to the one metric that is wrong", () => {
    const [span] = planReads(deviceOn(1, [counter, { ...missing, register: "holding:2" }]).metrics);
    if (span === undefined) throw new Error("no span");
    const halves = splitSpan(span);
    expect(halves?.map(({ address, count }) => [address, count])).toEqual([
      [0, 2],
      [2, 1],
    ]);
    expect(halves?.map(splitSpan)).toEqual([null, null]);
  });
});

function valueFrom(hex: string, metric: object) {
  const [parsed] = deviceOn(1, [{ name: "m", register: "holding:0", ...metric }]).metrics;
  if (parsed === undefined) throw new Error("no metric");
  return valueOf(parsed, Buffer.from(hex, "hex"));
}

describe("register values", () => {
  // 0x12345678 in the four orders that devices use (Modbus folklore: ABCD, CDAB, BADC, DCBA).
  test.each([
    ["12345678", { byteOrder: "big", wordOrder: "big" }],
    ["56781234", { byteOrder: "big", wordOrder: "little" }],
    ["34127856", { byteOrder: "little", wordOrder: "big" }],
    ["78563412", { byteOrder: "little", wordOrder: "little" }],
  ])("%s as %o", (hex, order) => {
    expect(valueFrom(hex, { type: "uint32", ...order })).toBe(0x12345678);
  });

  test.each([
    ["ffff", { type: "int16" }, -1],
    ["ffff", { type: "uint16" }, 65_535],
    ["fffffffe", { type: "int32" }, -2],
    ["3fc00000", { type: "float32" }, 1.5],
    ["3ff8000000000000", { type: "float64" }, 1.5],
    ["ffffffffffffffff", { type: "uint64" }, 18_446_744_073_709_551_615n],
    ["fffffffffffffffb", { type: "int64" }, -5n],
    ["0102030405060708", { type: "uint64", wordOrder: "little" }, 0x0708050603040102n],
    ["0100", { type: "bool" }, true],
    ["00c8", { type: "uint16", scale: 0.1, offset: -5 }, 15],
  ])("%s %o = %s", (hex, metric, expected) => {
    expect(valueFrom(hex, metric)).toBe(expected);
  });
});
