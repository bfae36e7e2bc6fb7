import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { client as modbus } from "jsmodbus";
import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import { AttributeIds, MessageSecurityMode, OPCUAClient, SecurityPolicy } from "node-opcua-client";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type Device, devices } from "../devices.ts";
import { advancePlant, buildPlant, machineOf } from "../machines/plant.ts";
import { aroundTheClock } from "../machines/shifts.ts";
import { openPanels, type Panels, writeSetpoint } from "../panel.ts";
import { servePlant } from "./serve-plant.ts";
import { orderHashOf } from "./setpoint.ts";

/**
 * Real clients against the real servers: what the edge agent and the operator will see. One plant
 * for the file, because an OPC UA server takes seconds to start; each test uses its own machine.
 */
const plant = buildPlant({ seed: 1, calendar: aroundTheClock });
let dir = "";
let served: Awaited<ReturnType<typeof servePlant>>;
let panels: Panels;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "mw-demo-plant-"));
  served = await servePlant(plant, { ports: {}, pkiDir: dir });
  panels = await openPanels({ ports: served.ports, pkiDir: dir });
}, 60_000);

afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

test("an operator sets a job over Modbus, and the registers count its pieces", async () => {
  const saw = deviceOf("saw");
  const orderHash = orderHashOf("WO-1001");
  await writeSetpoint(panels, saw, { command: "takeJob", orderHash, quantity: 5 });
  advancePlant(plant, 2_000, 0);
  const registers = await readInputs("saw", 32);
  expect(registers.readUInt32BE(2 * 4), "count.good").toBe(5);
  expect(registers.readUInt32BE(2 * 20), "job.order_hash").toBe(orderHash);
  expect(registers.readUInt16BE(0), "state: idle").toBe(0);
  expect(registers.readUInt16BE(2), "reason: no job").toBe(3);
  expect(registers.readUInt32BE(2 * 8) / 100, "energy").toBeCloseTo(
    machineOf(plant, "saw").memory.energyKwh,
    1,
  );
});

test("stop and start at the panel", async () => {
  const pack = deviceOf("pack");
  const panel = (command: "start" | "stop") =>
    writeSetpoint(panels, pack, { command, orderHash: 0, quantity: 0 });
  await panel("stop");
  expect(machineOf(plant, "pack").memory.isStoppedByOperator).toBe(true);
  await panel("start");
  expect(machineOf(plant, "pack").memory.isStoppedByOperator).toBe(false);
});

test("the scale sends the low word first", async () => {
  plant.pallet.weightKg = 41.5;
  const registers = await readInputs("scale", 4);
  const float = Buffer.concat([registers.subarray(2, 4), registers.subarray(0, 2)]);
  expect(float.readFloatBE(0)).toBeCloseTo(41.5, 3);
});

test("an operator sets a job over OPC UA, and an encrypted client reads the mill", async () => {
  const orderHash = orderHashOf("WO-1002");
  await writeSetpoint(panels, deviceOf("mill1"), {
    command: "takeJob",
    orderHash,
    quantity: 3,
  });
  expect(machineOf(plant, "mill1").memory.job).toEqual({ orderHash, quantity: 3, good: 0 });

  const clientCertificateManager = new OPCUACertificateManager({
    rootFolder: join(dir, "client"),
    automaticallyAcceptUnknownCertificate: true,
  });
  await clientCertificateManager.initialize();
  const client = OPCUAClient.create({
    clientCertificateManager,
    securityMode: MessageSecurityMode.SignAndEncrypt,
    securityPolicy: SecurityPolicy.Basic256Sha256,
    connectionStrategy: { maxRetry: 0 },
  });
  await client.connect(`opc.tcp://127.0.0.1:${served.ports["opc-ua"]}`);
  const session = await client.createSession();
  try {
    await expect
      .poll(async () => {
        const nodes = ["mill1.state", "mill1.job.order_hash", "silo.level"];
        const values = await session.read(
          nodes.map((node) => ({ nodeId: `ns=1;s=${node}`, attributeId: AttributeIds.Value })),
        );
        return values.map(({ value }) => value.value);
      })
      .toEqual([expect.any(String), orderHash, expect.closeTo(1_600, 0)]);
  } finally {
    await session.close();
    await client.disconnect();
    await clientCertificateManager.dispose();
  }
});

test("keeps its certificates where it was told", async () => {
  expect((await readdir(dir)).sort()).toEqual(["client", "operator", "server", "users"]);
});

function deviceOf(id: string): Device {
  const device = devices.find((candidate) => candidate.id === id);
  if (!device) throw new Error(`no device ${id}`);
  return device;
}

async function readInputs(id: string, count: number): Promise<Buffer> {
  const socket = new Socket();
  const client = new modbus.TCP(socket, 1, 2_000);
  try {
    const connected = once(socket, "connect");
    socket.connect({ host: "127.0.0.1", port: served.ports[id] ?? 0 });
    await connected;
    const { response } = await client.readInputRegisters(0, count);
    return response.body.valuesAsBuffer;
  } finally {
    socket.destroy();
  }
}
