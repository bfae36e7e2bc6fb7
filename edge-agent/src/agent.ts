import { join } from "node:path";

import { MetricName } from "@millwright/contracts/sparkplug";
import type { Logger } from "pino";

import type { Config } from "./config/config.ts";
import type { Driver, DriverEvents } from "./drivers/driver.ts";
import { type Device, startDriver } from "./drivers/registry.ts";
import { DurableLog } from "./log/durable-log.ts";
import { AliasTable } from "./publish/alias-table.ts";
import { DeviceModel, isFarAhead } from "./publish/device-model.ts";
import { EdgeNode } from "./publish/edge-node.ts";
import { encodeRecord } from "./publish/log-record.ts";

/** DOMAIN.md: a device whose heartbeat misses three of these is `no_data`. */
const heartbeatMs = 10_000;
/** A poll of more metrics becomes several records, so that no message grows beyond some 20 kB. */
const metricsPerRecordMax = 500;
/** While the disk takes nothing, that is said once in this time. */
const complainEveryMs = 60_000;

export type AgentOptions = { config: Config; dataDir: string; logger: Logger };

/**
 * Devices → report by exception → durable log → Sparkplug. Nothing is sent that is not on disk, and
 * nothing leaves the disk before the host has it.
 */
export class Agent {
  readonly #log: DurableLog;
  readonly #logger: Logger;
  readonly #edgeNode: EdgeNode;
  readonly #models: ReadonlyMap<string, DeviceModel>;
  readonly #drivers: Driver[] = [];
  readonly #heartbeat: NodeJS.Timeout;
  #complainTime = Number.NEGATIVE_INFINITY;

  /** Opens the log and starts everything. @throws when the data folder cannot be used. */
  static async start(options: AgentOptions): Promise<Agent> {
    const { config, dataDir, logger } = options;
    const diskBytesMax = config.log.diskMaxMb * 1024 * 1024;
    const log = await DurableLog.open({ folder: join(dataDir, "log"), diskBytesMax, log: logger });
    const agent = new Agent(options, log);
    for (const device of config.devices) await agent.#startDriver(device, dataDir);
    return agent;
  }

  private constructor({ config, dataDir, logger }: AgentOptions, log: DurableLog) {
    this.#log = log;
    this.#logger = logger;
    const aliases = new AliasTable(dataDir);
    forgetRetired({ aliases, log, devices: config.devices });
    this.#models = makeModels(config.devices, aliases);
    this.#edgeNode = new EdgeNode({ config, dataDir, log, logger, aliases, models: this.#models });
    this.#heartbeat = setInterval(() => this.#recordHeartbeats(), heartbeatMs);
  }

  /** Stops in order: no new readings, what was read to disk and out, goodbye, files closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    await Promise.all(this.#drivers.map((driver) => driver.stop()));
    await this.#log.flush().catch(() => {});
    await this.#edgeNode[Symbol.asyncDispose]();
    await this.#log[Symbol.asyncDispose]();
  }

  async #startDriver(device: Device, dataDir: string): Promise<void> {
    const model = this.#models.get(device.id);
    if (model === undefined) return;
    const log = this.#logger.child({ device: device.id });
    const events = this.#eventsOf(model, log);
    const context = { device, events, log, dataDir: join(dataDir, "drivers", device.driver) };
    this.#drivers.push(await startDriver(context));
  }

  #eventsOf(model: DeviceModel, log: Logger): DriverEvents {
    let isBirthDue = false;
    let isLeadSaid = false;
    return {
      connected: (metrics) => {
        log.info("device: connected");
        model.declare(metrics);
        model.isOnline = true;
        isBirthDue = true;
      },
      readings: (readings) => {
        const now = Date.now();
        const ahead = isLeadSaid ? undefined : readings.find((reading) => isFarAhead(reading, now));
        if (ahead !== undefined) {
          isLeadSaid = true;
          log.warn(
            { metric: ahead.name, leadSeconds: Math.round((ahead.sourceTime - now) / 1000) },
            "device: its clock is more than 5 min ahead of ours, so such values are recorded at ours",
          );
        }
        const changes = model.changesOf(readings, now);
        if (isBirthDue) {
          // The first readings are in the birth, and they are recorded after it: a birth alone is
          // never a sample.
          model.apply(changes);
          this.#edgeNode.deviceOnline(model);
          isBirthDue = false;
        }
        for (let at = 0; at < changes.length; at += metricsPerRecordMax) {
          const metrics = changes.slice(at, at + metricsPerRecordMax);
          if (this.#record(encodeRecord({ deviceId: model.id, metrics }))) model.apply(metrics);
        }
      },
      alive: (time) => {
        model.answered(time);
      },
      disconnected: (reason) => {
        log.warn({ reason }, "device: lost, trying on");
        model.isOnline = false;
        if (!isBirthDue) this.#edgeNode.deviceOffline(model);
        isBirthDue = false;
      },
    };
  }

  #recordHeartbeats(): void {
    for (const model of this.#models.values()) {
      const heartbeat = model.heartbeat();
      if (heartbeat === null) continue;
      const isRecorded = this.#record(encodeRecord({ deviceId: model.id, metrics: [heartbeat] }));
      if (isRecorded) model.apply([heartbeat]);
    }
  }

  #record(body: Buffer): boolean {
    if (this.#log.append(body) !== null) return true;
    if (performance.now() - this.#complainTime >= complainEveryMs) {
      this.#complainTime = performance.now();
      const { notRecorded } = this.#log.counters;
      this.#logger.error(
        { notRecorded },
        "log: the disk takes nothing, so values are not recorded",
      );
    }
    return false;
  }
}

/** One model per configured device, and one per device of earlier runs whose records may be unsent. */
function makeModels(devices: readonly Device[], aliases: AliasTable): Map<string, DeviceModel> {
  const settings = new Map(devices.map(({ id, metrics }) => [id, metrics]));
  const earlier = aliases
    .entries()
    .flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]));
  const ids = new Set([...settings.keys(), ...earlier]);
  return new Map([...ids].map((id) => [id, new DeviceModel(id, settings.get(id) ?? [], aliases)]));
}

/** Metrics taken out of the configuration are born until the host has every record of theirs. */
function forgetRetired(known: {
  aliases: AliasTable;
  log: DurableLog;
  devices: readonly Device[];
}): void {
  const { aliases, log, devices } = known;
  if (log.ackedOffset + 1 < log.nextOffset) return;
  const configured = new Map(
    devices.map(({ id, metrics }) => [id, new Set(metrics.map(({ name }) => name))]),
  );
  aliases.forget(({ deviceId, name }) => {
    if (deviceId === null) return true;
    const names = configured.get(deviceId);
    return names !== undefined && (names.has(name) || name === MetricName.heartbeat);
  });
}
