import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import {
  DataType,
  decodePayload,
  encodePayload,
  formatTopic,
  metric,
  MetricName,
  parseTopic,
} from "@millwright/contracts/sparkplug";
import { Aedes } from "aedes";
import jsmodbus from "jsmodbus";
import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import { DataType as OpcType, MessageSecurityMode, SecurityPolicy } from "node-opcua-client";
import { OPCUAServer } from "node-opcua-server";

/**
 * The agent's memory at 1,000 changed tags a second, with Modbus alone and with OPC UA beside it.
 * Machines, broker and host run in this process; the agent is a process of its own, as on a gateway.
 * The last line is one JSON object; RSS is the highest seen after the warm-up, in MB of 10^6 bytes.
 */
const tags = 1000;
const warmUpMs = 5_000;
const measureMs = Number(process.env["BENCH_SECONDS"] ?? 30) * 1000;
const group = "bench";
const edgeNode = "gateway";

const folder = await mkdtemp(join(tmpdir(), "mw-bench-"));
const machines = await startMachines();
const broker = await startBroker();
try {
  const modbusOnly = [modbusDevice(tags)];
  const mixed = [modbusDevice(tags / 2), opcUaDevice(tags / 2)];
  // A gateway's second start is its usual one: the first fills the compile cache.
  await startOnce("modbus", modbusOnly);
  const modbus = await measure("modbus", modbusOnly);
  await startOnce("opc-ua", mixed);
  const both = await measure("opc-ua", mixed);
  const result = {
    rss_modbus_mb: modbus.rssMb,
    rss_opcua_mb: both.rssMb,
    tags_s: Math.min(modbus.tagsPerSecond, both.tagsPerSecond),
  };
  console.log(JSON.stringify(result));
} finally {
  await broker.stop();
  await machines.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(name: string, devices: object[]) {
  await using agent = await startAgent(name, devices);
  await wait(warmUpMs);
  const before = broker.metricCount();
  const start = performance.now();
  let rssMb = 0;
  while (performance.now() - start < measureMs) {
    rssMb = Math.max(rssMb, await rssOf(agent.child));
    await wait(250);
  }
  const seconds = (performance.now() - start) / 1000;
  const tagsPerSecond = Math.round((broker.metricCount() - before) / seconds);
  console.log(`${name}: ${rssMb} MB at ${tagsPerSecond} tags/s`);
  return { rssMb, tagsPerSecond };
}

async function startOnce(name: string, devices: object[]): Promise<void> {
  await using _ = await startAgent(name, devices);
}

async function startAgent(name: string, devices: object[]) {
  const file = join(folder, `${name}.yaml`);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const config = { group, edgeNode: `${edgeNode}-${name}`, broker: { url }, devices };
  await writeFile(file, JSON.stringify(config));
  const main = join(import.meta.dirname, "../src/main.ts");
  const child = fork(main, ["--config", file, "--data", join(folder, name)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // As the README says to run it: without it the TypeScript stripper stays in memory, some 20 MB.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compile-cache") },
  });
  await once(child, "message");
  return {
    child,
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function rssOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const [, kib = "0"] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
  return Math.round((Number(kib) * 1024) / 1e6);
}

function modbusDevice(count: number): object {
  return {
    id: "plc",
    driver: "modbus-tcp",
    host: "127.0.0.1",
    port: machines.modbusPort,
    pollMs: 1000,
    metrics: Array.from({ length: count }, (_, i) => ({
      name: `tag-${i}`,
      register: `holding:${i}`,
    })),
  };
}

function opcUaDevice(count: number): object {
  return {
    id: "cnc",
    driver: "opc-ua",
    endpoint: `opc.tcp://127.0.0.1:${machines.opcUaPort}`,
    publishMs: 500,
    metrics: Array.from({ length: count }, (_, i) => ({
      name: `tag-${i}`,
      node: `ns=1;s=tag-${i}`,
    })),
  };
}

/** Every register and every variable changes once a second. */
async function startMachines() {
  const holding = Buffer.alloc(tags * 2);
  const modbus = createServer((socket) => socket.on("error", () => {}));
  const modbusServer = new jsmodbus.server.TCP(modbus, { holding });
  modbusServer.on("connection", () => {});
  modbus.listen(0, "127.0.0.1");
  await once(modbus, "listening");

  const opcUaPort = await freePort();
  const opcUa = new OPCUAServer({
    port: opcUaPort,
    hostname: "127.0.0.1",
    serverCertificateManager: new OPCUACertificateManager({ rootFolder: join(folder, "server") }),
    securityModes: [MessageSecurityMode.None],
    securityPolicies: [SecurityPolicy.None],
    disableDiscovery: true,
  });
  await opcUa.initialize();
  const variables = addVariables(opcUa);
  await opcUa.start();

  let value = 0;
  const timer = setInterval(() => {
    value = (value + 1) % 60_000;
    for (let i = 0; i < tags; i += 1) holding.writeUInt16BE((value + i) % 65_536, i * 2);
    for (const variable of variables) {
      variable.setValueFromSource({ dataType: OpcType.Double, value: value / 7 });
    }
  }, 1000);
  return {
    modbusPort: portOf(modbus.address()),
    opcUaPort,
    async stop() {
      clearInterval(timer);
      modbus.close();
      await opcUa.shutdown(0);
    },
  };
}

function addVariables(server: OPCUAServer) {
  const space = server.engine.addressSpace;
  if (space === null) throw new Error("the server has no address space");
  const namespace = space.getOwnNamespace();
  const machine = namespace.addObject({ browseName: "Cnc", organizedBy: space.rootFolder.objects });
  return Array.from({ length: tags / 2 }, (_, i) =>
    namespace.addVariable({
      componentOf: machine,
      browseName: `tag-${i}`,
      nodeId: `s=tag-${i}`,
      dataType: OpcType.Double,
      value: { dataType: OpcType.Double, value: 0 },
    }),
  );
}

/** A broker with a host in it that counts what comes and acks it once a second. */
async function startBroker() {
  const aedes = await Aedes.createBroker();
  const server = createServer((socket) => aedes.handle(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const publish = (topic: string, payload: Uint8Array, retain: boolean) =>
    aedes.publish(
      { cmd: "publish", topic, payload: Buffer.from(payload), qos: 0, retain, dup: false },
      () => {},
    );
  const state = JSON.stringify({ online: true, timestamp: Date.now() });
  publish(formatTopic({ type: "STATE", hostId: "millwright" }), Buffer.from(state), true);

  let metricCount = 0;
  let node = "";
  let epoch = "";
  let offsetAlias: bigint | null = null;
  let highest = 0n;
  aedes.on("publish", ({ topic, payload }) => {
    const parsed = parseTopic(topic);
    if (parsed === null || parsed.type === "STATE" || typeof payload === "string") return;
    if (!["NBIRTH", "DDATA"].includes(parsed.type)) return;
    const { metrics } = decodePayload(payload);
    if (parsed.type === "NBIRTH") {
      node = parsed.edgeNodeId;
      epoch = String(metrics.find(({ name }) => name === MetricName.epoch)?.value);
      highest = 0n;
      offsetAlias = metrics.find(({ name }) => name === MetricName.offset)?.alias ?? null;
      return;
    }
    const offset = metrics.find(({ alias }) => alias === offsetAlias)?.value;
    if (typeof offset === "bigint") highest = offset;
    metricCount += metrics.length - 1;
  });
  const timer = setInterval(() => {
    const ack = { host: "millwright", epoch, contiguous: String(highest), missing: [] };
    const metrics = [
      metric({ name: MetricName.ack, datatype: DataType.String, value: JSON.stringify(ack) }),
    ];
    const topic = formatTopic({ type: "NCMD", groupId: group, edgeNodeId: node, deviceId: null });
    if (epoch !== "")
      publish(topic, encodePayload({ timestamp: Date.now(), metrics, seq: null }), false);
  }, 1000);
  return {
    port: portOf(server.address()),
    metricCount: () => metricCount,
    async stop() {
      clearInterval(timer);
      server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

/** A port that was free a moment ago; the OPC UA server takes no port 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server.address());
  server.close();
  await once(server, "close");
  return port;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("not a TCP server");
  return address.port;
}
