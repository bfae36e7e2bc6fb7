import {
  DataType,
  metric as plainMetric,
  MetricName,
  type MetricValue,
  Quality,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";

import type { KnownMetric, Reading } from "../drivers/driver.ts";
import type { AliasTable } from "./alias-table.ts";

/** What the configuration says about a metric, whatever the protocol. */
export type MetricSettings = { name: string; deadband: number; unit?: string | undefined };

/** A device's clock may lead ours by this much; beyond, its time is taken for wrong. */
const clockLeadMsMax = 5 * 60_000;

type MetricState = {
  name: string;
  alias: bigint;
  datatype: DataType;
  deadband: number;
  unit: string | null;
  value: MetricValue;
  isGood: boolean;
  /** Source time of the value, epoch milliseconds; 0 before the first. */
  time: number;
};

/**
 * The last recorded values of one device: decides what is worth recording (report by exception) and
 * tells a birth what is so now.
 */
export class DeviceModel {
  readonly id: string;
  /** True between the driver's `connected` and `disconnected`. */
  isOnline = false;
  readonly #aliases: AliasTable;
  readonly #settings: Map<string, MetricSettings>;
  readonly #states = new Map<string, MetricState>();
  readonly #statesByAlias = new Map<bigint, MetricState>();
  /** When the device last answered, epoch milliseconds; null: not since the last heartbeat. */
  #aliveTime: number | null = null;

  constructor(id: string, settings: readonly MetricSettings[], aliases: AliasTable) {
    this.id = id;
    this.#aliases = aliases;
    this.#settings = new Map(settings.map((setting) => [setting.name, setting]));
    // Metrics of earlier runs are born too: records in the log may name them.
    const earlier = aliases.entries().filter((entry) => entry.deviceId === id);
    this.declare(earlier);
    this.declare([{ name: MetricName.heartbeat, datatype: DataType.DateTime }]);
  }

  /** Makes metrics known with their datatypes; what is known already keeps its value. */
  declare(metrics: readonly KnownMetric[]): void {
    const aliases = this.#aliases.aliasOf(this.id, metrics);
    metrics.forEach(({ name, datatype }, index) => {
      const setting = this.#settings.get(name);
      const state = this.#states.get(name);
      const kept = state?.datatype === datatype ? state : null;
      const next: MetricState = {
        name,
        alias: BigInt(aliases[index] ?? 0),
        datatype,
        deadband: setting?.deadband ?? 0,
        unit: setting?.unit ?? null,
        value: kept?.value ?? null,
        isGood: kept?.isGood ?? false,
        time: kept?.time ?? 0,
      };
      this.#states.set(name, next);
      this.#statesByAlias.set(next.alias, next);
    });
  }

  /**
   * The readings that are news, as metrics of a DATA message. Nothing is remembered yet: `apply` them
   * when they are recorded, so that what could not be recorded is news again next time.
   * @param now our clock, epoch milliseconds
   */
  changesOf(readings: readonly Reading[], now: number): SparkplugMetric[] {
    const changes: SparkplugMetric[] = [];
    const times = new Map<string, number>();
    for (const reading of readings) {
      const state = this.#states.get(reading.name);
      if (state === undefined) continue;
      const value = isNumberWithoutValue(reading.value) ? null : reading.value;
      const isGood = reading.isGood && value !== null;
      // Sparkplug 3.0 tck-id-principles-rbe-recommended
      if (!isNews(state, { value, isGood })) continue;
      // Strictly increasing per metric, even when the source's clock steps back: order is what
      // counters are computed from. One time far in the future would thus hold all later ones there.
      const sourceTime = isFarAhead(reading, now) ? now : reading.sourceTime;
      const time = Math.max(sourceTime, (times.get(state.name) ?? state.time) + 1);
      times.set(state.name, time);
      changes.push(dataMetric(state, { value, isGood, time }));
    }
    return changes;
  }

  apply(changes: readonly SparkplugMetric[]): void {
    for (const { alias, value, quality, timestamp } of changes) {
      const state = alias === null ? undefined : this.#statesByAlias.get(alias);
      if (state === undefined) continue;
      state.value = value;
      state.isGood = quality === null;
      state.time = timestamp ?? state.time;
    }
  }

  /** The device has answered. @param time our clock, epoch milliseconds; it may have been set back. */
  answered(time: number): void {
    this.#aliveTime = time;
  }

  /** The heartbeat to record: when the device last answered; null when it has not since the last one. */
  heartbeat(): SparkplugMetric | null {
    const state = this.#states.get(MetricName.heartbeat);
    const aliveTime = this.#aliveTime;
    if (state === undefined || !this.isOnline || aliveTime === null) return null;
    this.#aliveTime = null;
    const time = Math.max(aliveTime, state.time + 1);
    return dataMetric(state, { value: BigInt(aliveTime), isGood: true, time });
  }

  /** All metrics for a DBIRTH, with names, aliases, datatypes and what is known of their values. */
  birthMetrics(now: number): SparkplugMetric[] {
    return [...this.#states.values()].map((state) => ({
      ...dataMetric(state, {
        value: state.value,
        isGood: state.isGood && this.isOnline,
        time: state.time === 0 ? now : state.time,
      }),
      name: state.name,
      engUnit: state.unit,
    }));
  }
}

/** Whether the source's clock leads ours by more than clocks differ: the reading is recorded at ours. */
export function isFarAhead({ sourceTime }: Reading, now: number): boolean {
  return sourceTime > now + clockLeadMsMax;
}

function dataMetric(
  { alias, datatype }: MetricState,
  { value, isGood, time }: { value: MetricValue; isGood: boolean; time: number },
): SparkplugMetric {
  // Sparkplug 3.0 tck-id-payloads-propertyset-quality-value-value: only when it is not good.
  const quality = isGood ? null : Quality.bad;
  return plainMetric({ alias, datatype, timestamp: time, value, quality });
}

function isNews(state: MetricState, next: { value: MetricValue; isGood: boolean }): boolean {
  if (state.time === 0 || state.isGood !== next.isGood) return true;
  if (state.deadband > 0 && isNumeric(state.value) && isNumeric(next.value)) {
    return Math.abs(Number(next.value) - Number(state.value)) >= state.deadband;
  }
  return !Object.is(state.value, next.value);
}

function isNumeric(value: MetricValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** NaN and the infinities: a sensor's way to say that it has no value. */
function isNumberWithoutValue(value: MetricValue): boolean {
  return typeof value === "number" && !Number.isFinite(value);
}
