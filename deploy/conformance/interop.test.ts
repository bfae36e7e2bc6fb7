import { createHash, randomBytes } from "node:crypto";

import {
  DataType,
  decodeDataSet,
  decodePayload,
  decodeTemplate,
  encodeDataSet,
  encodePayload,
  encodeTemplate,
  metric,
  type MetricValue,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";
import { pino } from "pino";
import sparkplugClient from "sparkplug-client";
import sparkplugPayload from "sparkplug-payload";
import { expect, it, onTestFinished } from "vitest";

import { connectExternal } from "../../ingest/src/broker/external.ts";
import { Cell } from "../../ingest/src/session/cell.ts";
import { SparkplugHost } from "../../ingest/src/session/host.ts";
import type { InboundItem } from "../../ingest/src/session/messages.ts";
import { mosquittoAvailable, startMosquitto } from "../test/mosquitto.ts";
import { until } from "../test/until.ts";

// Implementations that are not ours, for both ends. Where they break the standard (SPARKPLUG.md lists
// it) the expectation says what comes out, so that a repaired release is noticed.
const foreign = sparkplugPayload.get("spBv1.0");
if (!foreign) throw new Error("sparkplug-payload has no spBv1.0");
const { encodePayload: encodeForeign, decodePayload: decodeForeign } = foreign;

const wide = [
  { name: "tool", datatype: DataType.Double },
  { name: "state", datatype: DataType.String },
];
const columns = [
  { name: "tool", datatype: DataType.Int32 },
  { name: "state", datatype: DataType.String },
];

it("a foreign decoder reads what we write, as far as it is right itself", () => {
  const bytes = encodePayload({
    timestamp: 1,
    seq: 3,
    metrics: [
      value("i8", DataType.Int8, -5),
      value("i32", DataType.Int32, -70_000),
      value("u16", DataType.UInt16, 65_535),
      value("f", DataType.Float, 1.5),
      value("d", DataType.Double, -0.1),
      value("b", DataType.Boolean, true),
      value("s", DataType.String, "Fräse 铣"),
      value("bytes", DataType.Bytes, new Uint8Array([1, 2])),
      // Of Double and String: an Int32 cell it refuses, its own included.
      value("table", DataType.DataSet, encodeDataSet({ columns: wide, rows: [[1.5, "ok"]] })),
      value("u32", DataType.UInt32, 7),
      value("none", DataType.Double, null),
    ],
  });
  const read = decodeForeign(bytes);
  expect(Number(read.seq)).toBe(3);
  const values = new Map(read.metrics?.map((m) => [m.name, m.value]));
  expect(values.get("i8")).toBe(-5);
  expect(values.get("i32")).toBe(-70_000);
  expect(values.get("u16")).toBe(65_535);
  expect(values.get("f")).toBe(1.5);
  expect(values.get("d")).toBe(-0.1);
  expect(values.get("b")).toBe(true);
  expect(values.get("s")).toBe("Fräse 铣");
  expect([...(values.get("bytes") as Uint8Array)]).toEqual([1, 2]);
  expect(values.get("table")).toMatchObject({
    columns: ["tool", "state"],
    types: ["Double", "String"],
    rows: [[1.5, "ok"]],
  });
  expect(values.get("none")).toBeNull();
  // Its mistake: a UInt32 is looked for in long_value alone (eclipse-tahu/tahu#76).
  expect(values.get("u32")).toBeNull();
});

it("we read what a foreign encoder writes, also a UInt32 in long_value, tables and templates", () => {
  const bytes = encodeForeign({
    timestamp: 1,
    seq: 3,
    metrics: [
      { name: "i32", type: "Int32", value: -70_000 },
      { name: "u32", type: "UInt32", value: 4_000_000_000 },
      { name: "s", type: "String", value: "Fräse" },
      {
        name: "table",
        type: "DataSet",
        value: {
          numOfColumns: 2,
          columns: ["tool", "state"],
          types: ["Int32", "String"],
          rows: [[1, "ok"]],
        },
      },
      {
        name: "cycle",
        type: "Template",
        value: {
          templateRef: "press-cycle",
          isDefinition: false,
          metrics: [{ name: "speed", type: "Double", value: 1.5 }],
          parameters: [{ name: "batch", type: "Int32", value: 7 }],
        },
      },
    ],
  });
  const { metrics, seq } = decodePayload(bytes);
  expect(seq).toBe(3);
  const bytesOf = (name: string) => {
    const found = metrics.find((m) => m.name === name)?.value;
    return found instanceof Uint8Array ? found : new Uint8Array();
  };
  expect(metrics.slice(0, 3).map(({ value }) => value)).toEqual([-70_000, 4_000_000_000, "Fräse"]);
  expect(decodeDataSet(bytesOf("table"))).toEqual({ columns, rows: [[1, "ok"]] });
  const cycle = decodeTemplate(bytesOf("cycle"));
  expect(cycle).toMatchObject({
    templateRef: "press-cycle",
    members: [{ name: "speed", value: 1.5 }],
    parameters: [{ name: "batch", value: 7 }],
  });
  expect(decodeTemplate(encodeTemplate(cycle))).toEqual(cycle);
});

it.skipIf(!mosquittoAvailable())(
  "a foreign edge node is born, heard and asked for births through a foreign broker",
  { timeout: 60_000 },
  async () => {
    const stack = new AsyncDisposableStack();
    onTestFinished(() => stack.disposeAsync());
    const mosquitto = stack.use(await startMosquitto());
    const items: InboundItem[] = [];
    const complaints: string[] = [];
    const host = hostFor({ items, complaints });
    const transport = stack.use(
      await connectExternal({
        url: mosquitto.url,
        will: { topic: host.stateTopic, payload: () => host.stateWill() },
        onConnect: () => host.announceBirth(),
        events: { receive: (topic, bytes) => host.receive(topic, bytes), refused: () => {} },
      }),
    );
    host.attach(transport);
    const client = sparkplugClient.newClient({
      serverUrl: mosquitto.url,
      username: "",
      password: "",
      groupId: "plant",
      edgeNode: "stranger",
      clientId: `stranger-${randomBytes(4).toString("hex")}`,
      version: "spBv1.0",
      publishDeath: true,
    });
    stack.defer(() => client.stop());
    let rebirthsHeard = 0;
    client.on("error", () => {});
    client.on("ncmd", (payload) => {
      const isRebirth = payload.metrics?.some(
        ({ name, value }) => name === "Node Control/Rebirth" && value === true,
      );
      if (isRebirth) rebirthsHeard += 1;
    });
    const born = Promise.withResolvers<void>();
    client.on("birth", () => born.resolve());
    await born.promise;
    const timestamp = Date.now();
    // Data before any birth: only a birth tells what it means.
    client.publishDeviceData("lathe", {
      timestamp,
      metrics: [{ name: "count", type: "Int32", value: 1 }],
    });
    await until("it is asked for births", () => rebirthsHeard > 0);

    client.publishNodeBirth({
      timestamp,
      metrics: [{ name: "Node Control/Rebirth", type: "Boolean", value: false }],
    });
    const metrics = [{ name: "count", type: "Int32" as const, value: 41 }];
    client.publishDeviceBirth("lathe", { timestamp, metrics });
    client.publishDeviceData("lathe", {
      timestamp,
      metrics: [{ name: "count", type: "Int32", value: -42 }],
    });
    const data = () => items.find((item) => item.kind === "data");
    await until("its value is heard", () => data() !== undefined);
    const [node, readings] = [data()?.node, data()?.readings];
    expect(node?.seriesAt(readings?.series(0) ?? -1)?.name).toBe("count");
    expect(readings?.value(0)).toBe(-42);
    expect(items.map(({ kind }) => kind)).toEqual(["node_birth", "device_birth", "data"]);
    expect(complaints).toEqual([]);
  },
);

function hostFor(heard: { items: InboundItem[]; complaints: string[] }): SparkplugHost {
  const cell = new Cell();
  const tokenSha256 = createHash("sha256").update("").digest();
  const tenantId = "00000000-0000-4000-8000-000000000001";
  cell.replace([{ groupId: "plant", edgeNodeId: "stranger", tenantId, tokenSha256 }], []);
  const host = new SparkplugHost({ hostId: "millwright", cell, logger: pino({ level: "silent" }) });
  host.connect({
    offer: (items) => {
      heard.items.push(...items);
      return undefined;
    },
    complain: ({ reason }) => {
      heard.complaints.push(reason);
      return false;
    },
    recordGap: () => {},
  });
  return host;
}

function value(name: string, datatype: DataType, value: MetricValue): SparkplugMetric {
  return metric({ name, datatype, value, timestamp: 1 });
}
