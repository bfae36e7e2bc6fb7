import { createHash } from "node:crypto";

import { DataType, formatTopic } from "@millwright/contracts/sparkplug";
import { connectAsync } from "mqtt";

import { listenEmbedded } from "../../ingest/src/broker/embedded.ts";
import { TestEdgeNode } from "../../ingest/src/broker/test-edge-node.ts";
import { Cell } from "../../ingest/src/session/cell.ts";
import { until } from "../test/until.ts";
import { openTap } from "./tap.ts";
import type { Trace } from "./trace.ts";

const groupId = "plant-b";
const hostId = "millwright";

/**
 * Our embedded broker between a node and a listener of the same group: both qualities of service,
 * retained messages, a will, and the births that are kept for whoever comes late.
 */
export async function recordBroker(): Promise<Trace> {
  const trace: Trace = [];
  await using stack = new AsyncDisposableStack();
  const cell = new Cell();
  const tokenSha256 = createHash("sha256").update("secret").digest();
  const tenantId = "00000000-0000-4000-8000-000000000001";
  cell.replace(
    ["lathe", "listener"].map((edgeNodeId) => ({ groupId, edgeNodeId, tenantId, tokenSha256 })),
    [],
  );
  const hostHeard: string[] = [];
  const broker = stack.use(
    await listenEmbedded({
      host: "127.0.0.1",
      port: 0,
      cell,
      events: {
        receive: (topic, payload) => {
          hostHeard.push(topic);
          trace.push({
            kind: "effect",
            at: Date.now(),
            client: "host",
            connection: 0,
            what: "delivered to the host",
            node: topic,
            deviceId: null,
            time: payload.length,
          });
        },
        refused: () => {},
      },
    }),
  );
  const state = (online: boolean) =>
    broker.publish(
      formatTopic({ type: "STATE", hostId }),
      Buffer.from(JSON.stringify({ online, timestamp: Date.now() })),
      { qos: 1, retain: true },
    );
  await state(true);
  const nodeTap = stack.use(await openTap({ brokerPort: broker.port, client: "foreign", trace }));
  const listenerTap = stack.use(await openTap({ brokerPort: broker.port, client: "peer", trace }));
  const node = stack.use(
    await TestEdgeNode.connect({
      url: nodeTap.url,
      groupId,
      edgeNodeId: "lathe",
      token: "secret",
      epoch: null,
      metrics: { count: DataType.UInt32 },
    }),
  );
  await node.birth();
  await node.data([{ name: "count", value: 1, time: Date.now() }]);
  await until("the broker has both births", () => hostHeard.length >= 3);
  const listener = await connectAsync(listenerTap.url, {
    protocolVersion: 4,
    username: `${groupId}/listener`,
    password: "secret",
  });
  stack.defer(() => listener.endAsync(true));
  await listener.subscribeAsync(`$sparkplug/certificates/spBv1.0/${groupId}/#`, { qos: 0 });
  await listener.subscribeAsync(formatTopic({ type: "STATE", hostId }), { qos: 1 });
  const heard = () => trace.filter((e) => e.kind === "publish" && e.direction === "received");
  await until("kept births and the state", () => heard().length >= 4);
  await state(false);
  const ncmd = formatTopic({ type: "NCMD", groupId, edgeNodeId: "lathe", deviceId: null });
  await broker.publish(ncmd, Buffer.from([8, 1]), { qos: 0, retain: false });
  await until("state and command", () => heard().length >= 7);
  node.cut();
  await until("the will", () => hostHeard.some((topic) => topic.includes("/NDEATH/")));
  return trace;
}
