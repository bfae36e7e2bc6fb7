import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import {
  DataType,
  encodePayload,
  formatTopic,
  metric,
  MetricName,
} from "@millwright/contracts/sparkplug";
import { connectAsync } from "mqtt";
import { pino } from "pino";

import { connectExternal } from "../../ingest/src/broker/external.ts";
import { TestEdgeNode } from "../../ingest/src/broker/test-edge-node.ts";
import { planBatch } from "../../ingest/src/derive/batch-plan.ts";
import { Cell } from "../../ingest/src/session/cell.ts";
import { SparkplugHost } from "../../ingest/src/session/host.ts";
import type { EdgeNode } from "../../ingest/src/session/edge-node.ts";
import type { InboundItem } from "../../ingest/src/session/messages.ts";
import { until } from "../test/until.ts";
import { openTap } from "./tap.ts";
import { type Trace, typeOf } from "./trace.ts";

const groupId = "plant-h";
const hostId = "millwright";
/** Above the host's reorder timeout of 2 s. */
const reorderWaitMs = 2600;

/**
 * Our host application at a real broker with edge nodes of another maker: births and deaths, messages
 * out of order, late and lost, a lie about the host's own state, a broken line, a goodbye. What the
 * host hands to its store is planned as the store would and noted as effects.
 */
export async function recordHost(brokerPort: number): Promise<Trace> {
  const trace: Trace = [];
  await using stack = new AsyncDisposableStack();
  const tap = stack.use(await openTap({ brokerPort, client: "host", trace }));
  const nodeTap = stack.use(await openTap({ brokerPort, client: "foreign", trace }));
  const peer = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { protocolVersion: 4 });
  stack.defer(() => peer.endAsync(true));
  const act = (what: string) => {
    trace.push({ kind: "act", at: Date.now(), client: "peer", connection: 0, what });
  };

  const nodes = new Set<EdgeNode>();
  const cell = new Cell();
  const tokenSha256 = createHash("sha256").update("secret").digest();
  const tenantId = "00000000-0000-4000-8000-000000000001";
  const registered = ["lathe", "oven"].map((edgeNodeId) => ({
    groupId,
    edgeNodeId,
    tenantId,
    tokenSha256,
  }));
  cell.replace(registered, []);
  const host = new SparkplugHost({ hostId, cell, logger: pino({ level: "silent" }) });
  host.connect({
    offer: (items) => {
      for (const { node } of items) nodes.add(node);
      noteEffects(trace, items);
      return undefined;
    },
    complain: ({ reason }) => {
      act(`host complains: ${reason}`);
      return false;
    },
    recordGap: () => {},
  });
  const transport = await connectExternal({
    url: tap.url,
    will: { topic: host.stateTopic, payload: () => host.stateWill() },
    onConnect: () => host.announceBirth(),
    events: { receive: (topic, payload) => host.receive(topic, payload), refused: () => {} },
  });
  host.attach(transport);
  await host.announceBirth();
  const ticks = setInterval(
    () => host.tick(({ epoch }) => (epoch === null ? null : { contiguous: 3, ranges: [] })),
    100,
  );
  stack.defer(() => clearInterval(ticks));

  const connect = (edgeNodeId: string, epoch: string | null) =>
    TestEdgeNode.connect({
      url: nodeTap.url,
      groupId,
      edgeNodeId,
      token: "secret",
      epoch,
      metrics: { count: DataType.UInt32, level: DataType.Double },
    });
  const effects = (what: string) =>
    trace.filter((entry) => entry.kind === "effect" && entry.what === what).length;
  const commands = () =>
    trace.filter((e) => e.kind === "publish" && e.client === "host" && typeOf(e) === "NCMD").length;
  let value = 0;
  const data = async (node: TestEdgeNode, seq?: number) => {
    value += 1;
    const reading = { name: "count", value, time: Date.now() };
    await node.data([reading], seq === undefined ? {} : { seq });
  };

  const lathe = stack.use(await connect("lathe", null));
  const oven = stack.use(await connect("oven", "0123456789abcdef0123456789abcdef"));
  await lathe.birth();
  await oven.birth();
  await data(lathe);
  await data(oven);
  await until("data of both", () => effects("data") >= 2);

  // NBIRTH 0, DBIRTH 1, DATA 2: 4 comes before 3.
  act("swapped");
  await data(lathe, 4);
  await pause(100);
  await data(lathe, 3);
  await until("both in order", () => effects("data") >= 4);
  await pause(reorderWaitMs);
  act("swap is over");

  lathe.skip({ sequence: 4 });
  act("message lost");
  await data(lathe);
  await until("rebirth asked", () => lathe.rebirthsAsked > 0);
  act("rebirth was asked");
  await lathe.birth();
  await data(lathe);

  host.noteStored(nodes);
  await until("commands", () => commands() >= 1);

  act("device dies");
  await lathe.send("DDEATH", []);
  await until("device offline", () => effects("device offline") >= 1);
  await lathe.birth();
  await until("devices online", () => effects("device online") >= 4);

  act("late death of another session");
  await lathe.raw(
    formatTopic({ type: "NDEATH", groupId, edgeNodeId: "lathe", deviceId: null }),
    lateDeath(),
  );
  await pause(200);
  act("late death is over");
  act("node dies");
  lathe.cut();
  await until("node offline", () => effects("node offline") >= 1);

  act("lie about the host");
  const lie = JSON.stringify({ online: false, timestamp: Date.now() });
  await peer.publishAsync(host.stateTopic, lie, { qos: 1, retain: true });
  await pause(300);
  act("line cut");
  const connects = trace.filter((e) => e.kind === "connect" && e.client === "host").length;
  tap.cut();
  await until(
    "host is back",
    () =>
      trace.filter((e) => e.kind === "connect" && e.client === "host").length > connects &&
      trace.findLast(
        (e) => e.client === "host" && e.kind === "publish" && e.direction === "sent",
      ) !== undefined,
  );
  await pause(300);
  act("asked to stop");
  host.stopIntake();
  await host.announceDeath();
  await transport[Symbol.asyncDispose]();
  await pause(100);
  await peer.publishAsync(host.stateTopic, "", { retain: true });
  return trace;
}

/** An NDEATH whose bdSeq belongs to a session long gone. */
function lateDeath(): Uint8Array {
  const value = metric({ name: MetricName.bdSeq, datatype: DataType.Int64, value: 77n });
  return encodePayload({ timestamp: Date.now(), metrics: [value], seq: null });
}

/** Plans the items as the store would before it writes, and notes what they come to. */
function noteEffects(trace: Trace, items: readonly InboundItem[]): void {
  for (const item of items) {
    // The database gives metrics their ids; the plan tells stale ones by them.
    let metricId = 0;
    const metrics = new Map<number, string | null>();
    for (const series of item.node.series()) {
      metricId += 1;
      series.metricId = metricId;
      metrics.set(metricId, series.deviceId);
    }
    const plan = planBatch([item], {
      watermark: () => ({ contiguous: 0, ranges: [] }),
      bindingsOfDevice: () => [],
      storedBefore: () => 0,
    });
    const note = (what: string, deviceId: string | null, time: number) => {
      const at = Date.now();
      const node = item.node.key;
      trace.push({ kind: "effect", at, client: "host", connection: 0, what, node, deviceId, time });
    };
    if (item.kind === "data") note("data", item.deviceId, item.payloadMs);
    for (const { deviceId, isOnline, sinceMs } of plan.devices.values()) {
      const state = isOnline ? "online" : "offline";
      note(
        deviceId === null || deviceId === "" ? `node ${state}` : `device ${state}`,
        deviceId,
        sinceMs,
      );
    }
    const time = item.kind === "device_death" ? item.payloadMs : item.receivedMs;
    for (const id of plan.stale) note("metric stale", metrics.get(id) ?? null, time);
  }
}
