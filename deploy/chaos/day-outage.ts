import { join } from "node:path";

import { type DataType, DataType as Type } from "@millwright/contracts/sparkplug";
import { pino } from "pino";

import { DurableLog } from "../../edge-agent/src/log/durable-log.ts";
import { AliasTable } from "../../edge-agent/src/publish/alias-table.ts";
import { DeviceModel } from "../../edge-agent/src/publish/device-model.ts";
import { encodeRecord } from "../../edge-agent/src/publish/log-record.ts";
import { query } from "./database-query.ts";
import type { Gateway } from "./gateway.ts";

const dayMs = 24 * 3_600_000;
/** A piece and a heartbeat in this time: what a day of a slow saw writes, and a CI run can replay. */
const cycleMs = 10_000;
/** The log is flushed this often, far below what may wait in its memory. */
const flushEvery = 1000;

const metrics: { name: string; datatype: DataType }[] = [
  { name: "count/good", datatype: Type.UInt32 },
  { name: "count/scrap", datatype: Type.UInt32 },
  { name: "state", datatype: Type.UInt16 },
];

/**
 * A day without the network, in seconds: writes what the gateway's agent would have recorded in the 24
 * hours before now while it reached no broker. Time is compressed, so the polling loop is left out;
 * what decides, numbers and writes are the agent's own parts (report by exception, aliases, log).
 * The agent must not run. Its binding is moved to the day before: bindings made through the API begin
 * when they are made, and what was counted before a binding is not ours.
 */
export async function recordDayOutage(gateway: Gateway, tenantOwnerUrl: string): Promise<void> {
  const start = Date.now() - dayMs;
  const moved = await query(
    tenantOwnerUrl,
    `update equipment.binding set valid_from = to_timestamp($1::float8 / 1000)
      where edge_node_id = $2
     returning binding_id`,
    [start - 1, gateway.edgeNodeId],
  );
  if (moved.length === 0) throw new Error(`${gateway.edgeNodeId} has no bindings to move`);
  const { dataDir, truth } = gateway;
  await using log = await DurableLog.open({
    folder: join(dataDir, "log"),
    diskBytesMax: 512 * 1024 * 1024,
    log: pino({ level: "silent" }),
  });
  const model = new DeviceModel("saw", [], new AliasTable(dataDir));
  model.declare(metrics);
  model.isOnline = true;
  for (let cycle = 0, now = start; now < start + dayMs; cycle += 1, now += cycleMs) {
    if (cycle > 0) gateway.makePiece();
    recordPoll(log, model, gateway, now);
    recordHeartbeat(log, model, now);
    if (cycle % flushEvery === 0) await log.flush();
  }
  await log.flush();
  truth.keep();
}

function recordPoll(log: DurableLog, model: DeviceModel, gateway: Gateway, sourceTime: number) {
  const { made, base } = gateway;
  const values = [base.good + made.good, base.scrap + made.scrap, made.good % 40 === 0 ? 0 : 1];
  const readings = metrics.map(({ name }, index) => ({
    name,
    value: values[index] ?? 0,
    isGood: true,
    sourceTime,
  }));
  const changes = model.changesOf(readings, sourceTime);
  if (changes.length === 0) return;
  log.append(encodeRecord({ deviceId: model.id, metrics: changes }));
  model.apply(changes);
}

function recordHeartbeat(log: DurableLog, model: DeviceModel, now: number): void {
  model.answered(now);
  const heartbeat = model.heartbeat();
  if (heartbeat === null) return;
  log.append(encodeRecord({ deviceId: model.id, metrics: [heartbeat] }));
  model.apply([heartbeat]);
}
