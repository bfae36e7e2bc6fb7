import {
  DataType,
  encodeDataSet,
  encodeTemplate,
  metric,
  packArray,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";
import { pino } from "pino";

import { parseConfig } from "../../edge-agent/src/config/load.ts";
import { Session } from "../../edge-agent/src/publish/session.ts";
import { edgeIds } from "./edge-recording.ts";
import { openTap } from "./tap.ts";
import type { Trace } from "./trace.ts";

/**
 * What no driver of ours produces yet but our publisher can send: node data, DataSets, Templates and
 * arrays, through the edge agent's own session and a real broker.
 */
export async function recordComplex(brokerPort: number): Promise<Trace> {
  const trace: Trace = [];
  await using stack = new AsyncDisposableStack();
  const tap = stack.use(await openTap({ brokerPort, client: "edge", trace }));
  const config = parseConfig({
    file: "conformance.yaml",
    text: JSON.stringify({
      group: edgeIds.groupId,
      edgeNode: `${edgeIds.edgeNodeId}-complex`,
      broker: { url: tap.url, token: "secret" },
      devices: [
        {
          id: "press",
          driver: "modbus-tcp",
          host: "127.0.0.1",
          port: 502,
          metrics: [{ name: "unused", register: "holding:0" }],
        },
      ],
    }),
  });
  const session = await Session.open({
    config,
    bdSeq: 0,
    handlers: { command: () => {}, hostState: () => {} },
    log: pino({ level: "silent" }),
    signal: new AbortController().signal,
  });
  stack.defer(() => session.end());
  const node = (metrics: SparkplugMetric[], type: "NBIRTH" | "NDATA") =>
    session.publish({ type, deviceId: null, metrics });
  const device = (metrics: SparkplugMetric[], type: "DBIRTH" | "DDATA") =>
    session.publish({ type, deviceId: "press", metrics });

  session.restartSequence();
  await node([session.bdSeqMetric(Date.now()), rebirthMetric(), definition(), load(1)], "NBIRTH");
  await device([table([[1, "ok"]]), batch(["speed", "force"], 7), samples([1, -2])], "DBIRTH");
  for (let count = 2; count < 6; count += 1) {
    await node([inData(load(count))], "NDATA");
    const rows: [number, string][] = [
      [count, "ok"],
      [-count, "worn"],
    ];
    const changed = [table(rows), batch(["speed"], count), samples([count, count + 1])];
    await device(changed.map(inData), "DDATA");
  }
  return trace;
}

let clock = 0;
/** Each reading a millisecond after the one before it. */
function nextTime(): number {
  clock = Math.max(Date.now(), clock + 1);
  return clock;
}

function rebirthMetric(): SparkplugMetric {
  return metric({
    name: "Node Control/Rebirth",
    datatype: DataType.Boolean,
    timestamp: nextTime(),
    value: false,
  });
}

/** As a DATA message names it: by alias. */
function inData(declared: SparkplugMetric): SparkplugMetric {
  return { ...declared, name: null };
}

function load(value: number): SparkplugMetric {
  return metric({
    name: "load",
    alias: 1n,
    datatype: DataType.Int32,
    timestamp: nextTime(),
    value,
  });
}

function table(rows: [number, string][]): SparkplugMetric {
  const columns = [
    { name: "tool", datatype: DataType.Int32 },
    { name: "state", datatype: DataType.String },
  ];
  const value = encodeDataSet({ columns, rows });
  return metric({
    name: "tools",
    alias: 2n,
    datatype: DataType.DataSet,
    timestamp: nextTime(),
    value,
  });
}

const members = { speed: DataType.Double, force: DataType.Int32 };

function definition(): SparkplugMetric {
  const value = encodeTemplate({
    version: "1",
    templateRef: null,
    members: Object.entries(members).map(([name, datatype]) => metric({ name, datatype })),
    parameters: [{ name: "batch", datatype: DataType.Int32, value: 0 }],
  });
  return metric({ name: "press-cycle", datatype: DataType.Template, timestamp: nextTime(), value });
}

function batch(names: (keyof typeof members)[], number: number): SparkplugMetric {
  const value = encodeTemplate({
    version: "1",
    templateRef: "press-cycle",
    members: names.map((name) => metric({ name, datatype: members[name], value: number })),
    parameters: [{ name: "batch", datatype: DataType.Int32, value: number }],
  });
  return metric({
    name: "cycle",
    alias: 3n,
    datatype: DataType.Template,
    timestamp: nextTime(),
    value,
  });
}

function samples(values: number[]): SparkplugMetric {
  const value = packArray(DataType.Int16Array, values);
  return metric({
    name: "samples",
    alias: 4n,
    datatype: DataType.Int16Array,
    timestamp: nextTime(),
    value,
  });
}
