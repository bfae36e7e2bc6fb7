import { rename } from "node:fs/promises";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { DataType } from "@millwright/contracts/sparkplug";
import { expect, test } from "vitest";

import { describeDriver, Recorder, silentLog } from "../conformance.ts";
import type { DriverEvents } from "../driver.ts";
import { startDriver } from "./driver.ts";
import { opcUaDeviceSchema } from "./device-schema.ts";
import { OpcUaTestDevice, typedNodes } from "./test-device.ts";

function start(device: OpcUaTestDevice, events: DriverEvents, more: object = {}) {
  const config = opcUaDeviceSchema.parse({
    id: "saw",
    driver: "opc-ua",
    endpoint: device.endpoint,
    publishMs: 50,
    timeoutMs: 2000,
    metrics: [
      { name: "counter", node: "ns=1;s=counter" },
      { name: "missing", node: "ns=1;s=missing" },
    ],
    ...more,
  });
  return startDriver({
    device: config,
    events,
    log: silentLog,
    dataDir: join(device.folder, "agent"),
  });
}

describeDriver("opc-ua", {
  makeDevice: () => OpcUaTestDevice.make(),
  startDriver(device, events) {
    if (!(device instanceof OpcUaTestDevice)) throw new TypeError("not an OPC UA device");
    return start(device, events);
  },
  counterDatatype: DataType.UInt32,
});

test("types come from the server; 64-bit integers stay exact", { timeout: 30_000 }, async () => {
  await using device = await OpcUaTestDevice.make();
  await device.start();
  const seen = new Recorder();
  const metrics = typedNodes.map(({ name }) => ({ name, node: `ns=1;s=${name}` }));
  const driver = start(device, seen.events, { metrics });
  await seen.until(() => seen.readings.size === typedNodes.length);
  await driver.stop();
  const values = Object.fromEntries([...seen.readings].map(([name, { value }]) => [name, value]));
  expect(values).toEqual({
    Boolean: true,
    Int16: -5,
    Int64: -5n,
    UInt64: 4_294_967_298n,
    Float: 1.5,
    Double: 0.1,
    String: "lot 7",
    DateTime: 1_700_000_000_000n,
  });
  expect(seen.metrics.map(({ datatype }) => datatype)).toEqual([
    DataType.Boolean,
    DataType.Int16,
    DataType.Int64,
    DataType.UInt64,
    DataType.Float,
    DataType.Double,
    DataType.String,
    DataType.DateTime,
  ]);
});

test(
  "a secure endpoint is used only once its certificate is trusted",
  { timeout: 60_000 },
  async () => {
    await using device = await OpcUaTestDevice.make();
    await device.start();
    device.setCounter(3);
    const seen = new Recorder();
    const driver = start(device, seen.events, { security: "basic256sha256" });
    const certificates = join(device.folder, "agent", "certificates");
    const rejected = () => readdir(join(certificates, "rejected")).catch((): string[] => []);
    let names: string[] = [];
    await expect
      .poll(async () => (names = await rejected()).length, { timeout: 20_000 })
      .toBeGreaterThan(0);
    expect(seen.log).toEqual([]);
    for (const name of names) {
      await rename(
        join(certificates, "rejected", name),
        join(certificates, "trusted", "certs", name),
      );
    }
    await seen.until(() => seen.last("counter")?.value === 3);
    await driver.stop();
  },
);
