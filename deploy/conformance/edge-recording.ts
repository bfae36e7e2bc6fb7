import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  DataType,
  encodePayload,
  formatTopic,
  type HostState,
  metric,
  MetricName,
} from "@millwright/contracts/sparkplug";
import { connectAsync } from "mqtt";
import { pino } from "pino";

import { Agent } from "../../edge-agent/src/agent.ts";
import { parseConfig } from "../../edge-agent/src/config/load.ts";
import { ModbusTestDevice } from "../../edge-agent/src/drivers/modbus-tcp/test-device.ts";
import { until } from "../test/until.ts";
import { openTap } from "./tap.ts";
import { type Trace, typeOf } from "./trace.ts";

export const edgeIds = { groupId: "plant-a", edgeNodeId: "gateway-1" };
/** More than one turn of the sequence number. */
const dataMessages = 300;

/**
 * Our edge agent between a real Modbus server and a real broker, through everything the specification
 * asks of an edge node: waiting for its host, births, data over the turn of `seq`, a device lost and
 * found, a rebirth, a line that breaks, a host that goes and comes, a goodbye.
 */
export async function recordEdge(brokerPort: number): Promise<Trace> {
  const trace: Trace = [];
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "mw-conformance-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const plc = await ModbusTestDevice.make();
  await plc.start();
  stack.defer(() => plc.stop());
  const tap = stack.use(await openTap({ brokerPort, client: "edge", trace }));
  const peer = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { protocolVersion: 4 });
  stack.defer(() => peer.endAsync(true));
  peer.on("message", (topic) => act(`broker delivers ${typeOf({ topic })}`));
  await peer.subscribeAsync(formatTopic({ type: "NDEATH", ...edgeIds, deviceId: null }));

  const act = (what: string) => {
    trace.push({ kind: "act", at: Date.now(), client: "peer", connection: 0, what });
  };
  const state = async (
    state: HostState,
    { hostId = "millwright", retain = true }: { hostId?: string; retain?: boolean } = {},
  ) => {
    const topic = formatTopic({ type: "STATE", hostId });
    await peer.publishAsync(topic, JSON.stringify(state), { qos: 1, retain });
  };
  const heard = (what: string) =>
    trace.filter((entry) => entry.kind === "act" && entry.what === what).length;
  const sent = (type: string) =>
    trace.filter((e) => e.kind === "publish" && e.direction === "sent" && typeOf(e) === type)
      .length;
  const reaches = (kind: "connect" | "closed", count: number) =>
    until(`${count}. ${kind}`, () => trace.filter((e) => e.kind === kind).length >= count);
  let counter = 0;
  const produce = async (type: string, count: number) => {
    const goal = sent(type) + count;
    await until(`${goal} ${type}`, () => {
      plc.setCounter((counter += 1));
      return sent(type) >= goal;
    });
  };
  const pulse = setInterval(() => plc.setCounter((counter += 1)), 20);
  stack.defer(() => clearInterval(pulse));

  const config = parseConfig({ file: "conformance.yaml", text: configText(tap.url, plc.port) });
  const start = () => Agent.start({ config, dataDir, logger: pino({ level: "silent" }) });
  const now = Date.now();
  await state({ online: false, timestamp: now });
  let agent = await start();
  try {
    await until("it subscribes", () => trace.some(({ kind }) => kind === "subscribe"));
    await state({ online: true, timestamp: now }, { hostId: "another-host" });
    await state({ online: true, timestamp: now - 60_000 }, { retain: false });
    await new Promise((resolve) => setTimeout(resolve, 300));
    act("nothing said yet");
    await state({ online: true, timestamp: now + 1 });
    await produce("DDATA", 3);
    await state({ online: false, timestamp: now - 60_000 }, { retain: false });
    act("stale death of the host");
    await produce("DDATA", 5);
    await until("the turn of seq", () => sent("DDATA") >= dataMessages, 60_000);

    act("device lost");
    await plc.stop();
    await until("DDEATHs", () => sent("DDEATH") >= 2);
    await plc.start();
    await until("devices born again", () => sent("DBIRTH") >= 4);
    await produce("DDATA", 3);

    const births = sent("NBIRTH");
    act("rebirth asked");
    await peer.publishAsync(formatTopic({ type: "NCMD", ...edgeIds, deviceId: null }), rebirth());
    await until("rebirth", () => sent("NBIRTH") > births);
    await produce("DDATA", 3);

    act("line cut");
    tap.cut();
    await reaches("connect", 2);
    await until("the will", () => heard("broker delivers NDEATH") >= 1);
    await produce("DDATA", 3);

    act("host offline");
    await state({ online: false, timestamp: now + 2 });
    await reaches("closed", 2);
    await reaches("connect", 3);
    await state({ online: true, timestamp: now + 3 });
    await until("born again", () => sent("NBIRTH") >= 4);
    await produce("DDATA", 3);
    act("asked to stop");
    await agent[Symbol.asyncDispose]();
    await reaches("closed", 3);
    agent = await start();
    await until("born after a restart", () => sent("NBIRTH") >= 5);
    await produce("DDATA", 3);
  } finally {
    await agent[Symbol.asyncDispose]();
  }
  // The host's state must not stay behind on a broker that others use.
  await peer.publishAsync(formatTopic({ type: "STATE", hostId: "millwright" }), "", {
    retain: true,
  });
  await peer.publishAsync(formatTopic({ type: "STATE", hostId: "another-host" }), "", {
    retain: true,
  });
  return trace;
}

function rebirth(): Buffer {
  const value = metric({ name: MetricName.rebirth, datatype: DataType.Boolean, value: true });
  return Buffer.from(encodePayload({ timestamp: Date.now(), metrics: [value], seq: null }));
}

function configText(url: string, port: number): string {
  return JSON.stringify({
    group: edgeIds.groupId,
    edgeNode: edgeIds.edgeNodeId,
    broker: { url, token: "secret" },
    devices: ["saw", "drill"].map((id) => ({
      id,
      driver: "modbus-tcp",
      host: "127.0.0.1",
      port,
      pollMs: 20,
      timeoutMs: 500,
      metrics: [
        { name: "count.good", register: "holding:0", type: "uint32", unit: "pcs" },
        { name: "state", register: "holding:2" },
        { name: "missing", register: "holding:5000" },
      ],
    })),
  });
}
