import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Item, WorkOrder } from "@millwright/contracts/api";

import { apiClient } from "../test/api.ts";
import { ModbusCounter } from "../test/modbus-counter.ts";
import type { Plant, PlantProcess } from "../test/plant.ts";
import { TcpProxy } from "../test/tcp-proxy.ts";
import { EdgeTruth } from "./edge-truth.ts";
import { Tmpfs } from "./tmpfs.ts";

/** Register map: the saw's counters and state, then a block that changes only to fill the log. */
const registers = { good: 0, scrap: 2, state: 4, bulk: 100 } as const;
const bulkCount = 480;
const states = { idle: 0, producing: 1 } as const;
/** What the PLC had counted before us: not ours. */
const base = { good: 1_000_000, scrap: 5000 } as const;
const pollMs = { saw: 50, bulk: 20 } as const;
/** The least the agent takes: eight segments of 256 kB. */
const logMaxMb = 2;
/** The log may have grown to its budget, and every segment it dropped is kept for the comparison. */
const diskMb = 64;
/** More than any run makes. */
const orderQuantity = 10_000_000;

export type Gateway = Awaited<ReturnType<typeof makeGateway>>;

/**
 * A PLC, its gateway and the order it works on. `plc` tells what was really made; `truth` what the
 * gateway's disk really took.
 */
export async function makeGateway(
  plant: Plant,
  { edgeNodeId, brokerPort }: { edgeNodeId: string; brokerPort: number },
) {
  await using making = new AsyncDisposableStack();
  const dataDir = join(plant.folder, edgeNodeId);
  const disk = Tmpfs.mount(dataDir, { sizeMb: diskMb, mode: "0700" });
  if (disk !== null) making.defer(() => disk[Symbol.dispose]());
  const plc = making.use(await ModbusCounter.start({ registers: registers.bulk + bulkCount }));
  const plcWire = making.use(await TcpProxy.start(plc.port));
  const made = { good: 0, scrap: 0 };
  const show = () => {
    plc.setUInt32(registers.good, base.good + made.good);
    plc.setUInt32(registers.scrap, base.scrap + made.scrap);
  };
  show();
  plc.setUInt16(registers.state, states.producing);

  const known = await register(plant, edgeNodeId);
  const yaml = agentYaml({ ...known, edgeNodeId, brokerPort, plcPort: plcWire.port });
  const clockFile = join(plant.folder, `${edgeNodeId}.clock`);
  const clock = pathToFileURL(join(import.meta.dirname, "edge-clock.ts")).href;
  const agent = await plant.agent(edgeNodeId, yaml, {
    NODE_OPTIONS: `--import ${clock}`,
    CLOCK_OFFSET_FILE: clockFile,
  });
  const truth = new EdgeTruth(dataDir);
  let bulkTurn = 0;
  const ending = making.move();
  return {
    edgeNodeId,
    ...known,
    dataDir,
    disk,
    agent,
    truth,
    plcWire,
    /** Pieces since the baseline, as the PLC counted them. */
    made,
    base,
    /** One piece; every sixteenth comes with a scrapped one, and now and then the saw is idle. */
    makePiece: () => {
      made.good += 1;
      if (made.good % 16 === 0) made.scrap += 1;
      const isIdle = made.good % 40 === 0;
      plc.setUInt16(registers.state, isIdle ? states.idle : states.producing);
      show();
    },
    /** Every register of the block becomes another: the heaviest record this agent can make. */
    changeBulk: () => {
      bulkTurn = (bulkTurn + 1) % 60_000;
      for (let i = 0; i < bulkCount; i += 1) plc.setUInt16(registers.bulk + i, bulkTurn + i);
    },
    setClock: (offsetMs: number) => writeFileSync(clockFile, String(offsetMs)),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  } satisfies AsyncDisposable & { agent: PlantProcess } & Record<string, unknown>;
}

async function register(plant: Plant, edgeNodeId: string) {
  const api = apiClient(plant.coreUrl, plant.database.apiKey);
  const center = await api.post<{ workCenterId: string; workUnitId: string }>("/api/work-centers", {
    areaName: "Cutting",
    name: `Saw of ${edgeNodeId}`,
  });
  const { groupId, token } = await api.post<{ groupId: string; token: string }>("/api/edge-nodes", {
    edgeNodeId,
  });
  const roles = [
    { metricName: "count/good", role: "count.good" },
    { metricName: "count/scrap", role: "count.scrap" },
    { metricName: "state", role: "state", valueMap: { "0": "idle", "1": "producing" } },
  ];
  for (const role of roles) {
    const { workUnitId } = center;
    await api.post("/api/bindings", { edgeNodeId, deviceId: "saw", workUnitId, ...role });
  }
  const { workCenterId, workUnitId } = center;
  const item = await api.post<Item>("/api/items", {
    number: `BR-${edgeNodeId}`,
    name: "Bracket",
    kind: "make",
    uom: "pc",
    operations: [{ step: 10, name: "Saw", workCenterId, runMsPerUnit: 50, setupMs: 0 }],
  });
  const { workOrderId } = await api.post<WorkOrder>("/api/work-orders", {
    itemId: item.itemId,
    quantity: String(orderQuantity),
  });
  await api.command(workOrderId, "firm");
  await api.command(workOrderId, "release");
  return { api, groupId, token, workUnitId, workOrderId };
}

function agentYaml(known: {
  edgeNodeId: string;
  groupId: string;
  token: string;
  brokerPort: number;
  plcPort: number;
}): string {
  const plc = `driver: modbus-tcp
    host: 127.0.0.1
    port: ${known.plcPort}`;
  const bulk = Array.from(
    { length: bulkCount },
    (_, i) =>
      `      - { name: bulk/${i}, register: "holding:${registers.bulk + i}", type: uint16 }`,
  );
  return `edgeNode: ${known.edgeNodeId}
group: ${known.groupId}
broker:
  url: mqtt://127.0.0.1:${known.brokerPort}
  token: ${known.token}
log: { diskMaxMb: ${logMaxMb} }
devices:
  - id: saw
    ${plc}
    pollMs: ${pollMs.saw}
    metrics:
      - { name: count/good, register: "holding:${registers.good}", type: uint32, unit: pcs }
      - { name: count/scrap, register: "holding:${registers.scrap}", type: uint32, unit: pcs }
      - { name: state, register: "holding:${registers.state}", type: uint16 }
  - id: bulk
    ${plc}
    pollMs: ${pollMs.bulk}
    metrics:
${bulk.join("\n")}
`;
}
