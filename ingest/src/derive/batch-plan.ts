import { MetricName, type MetricValue } from "@millwright/contracts/sparkplug";
import { reasonCodeOf } from "@millwright/contracts/states";

import type { CounterPoint } from "./counter-state.ts";
import { type Binding, isEffective } from "../session/cell.ts";
import type { DeviceState, EdgeNode } from "../session/edge-node.ts";
import type { Data, DeviceBirth, InboundItem } from "../session/messages.ts";
import type { MetricSeries, NewestOffset } from "../session/metric-series.ts";
import { CopyBuffer, SampleQuality } from "../store/copy-buffer.ts";
import type { DeviceUpdate } from "../store/devices.ts";
import type { Gap } from "../store/gaps.ts";
import type { LiveValue } from "../store/metrics.ts";
import type { LogOrder } from "./counting-order.ts";
import type { Cause } from "./machine-events.ts";
import { type StatePoint, stateOf } from "./machine-state.ts";
import { counterValue, qualityOf, rawText, storedValue, timeOf } from "./reading.ts";
import { RollupMarks } from "./rollup-marks.ts";
import { admit, copyWatermark, giveUpBelow, type Watermark } from "./watermark.ts";

/** Readings of one bound counter in this batch. */
export type CountedReadings = {
  binding: Binding;
  metricId: number;
  /** Null: the device sends no heartbeats. */
  heartbeatMetricId: number | null;
  /** A birth's reading: the baseline of a counter that has none yet, nothing otherwise. */
  baseline: CounterPoint | null;
  points: (CounterPoint & { isHistorical: boolean; order: LogOrder; isUndated: boolean })[];
};

/** A state change to be told if it is one, in the order of arrival. */
export type StateChange = StatePoint & { binding: Binding; cause: Cause };

/** What a machine said as the reason of its state, in the order of arrival; "" = none. */
export type SaidReason = { binding: Binding; code: string; time: number; isHistorical: boolean };

/** Replayed records of one device that carries a state binding. */
export type ReplayedStates = {
  binding: Binding;
  stateMetricId: number;
  heartbeatMetricId: number | null;
  provenTimes: number[];
  readings: StatePoint[];
};

/** What the batch says, before anything is looked up or written. */
export type BatchPlan = {
  samples: CopyBuffer;
  rollups: RollupMarks;
  lastValues: Map<number, LiveValue>;
  /** Metrics whose device died in this batch; `lastValues` are newer. */
  stale: Set<number>;
  watermarks: Map<string, { node: EdgeNode; epoch: string; from: Watermark; to: Watermark }>;
  gaps: Gap[];
  devices: Map<string, DeviceUpdate>;
  counters: Map<string, CountedReadings>;
  stateChanges: StateChange[];
  reasons: SaidReason[];
  replays: Map<string, ReplayedStates>;
  /** Work units whose live values changed, by tenant. */
  touched: Map<string, Set<string>>;
  /** Devices that were silent and answer again. */
  returned: Set<DeviceState>;
  /** Devices whose row is written, and at what host time. */
  written: Map<DeviceState, number>;
  /** The newest record of each counter, by its offset in the log. */
  newestOffsets: Map<MetricSeries, NewestOffset>;
  /** Nodes that are owed an acknowledgement. */
  acknowledged: Set<EdgeNode>;
  tally: Tally;
};

/** Counters for the status: what happened in this batch. */
export type Tally = {
  samples: number;
  duplicates: number;
  refusedFull: number;
  uncertainTimes: number;
  notNumbers: number;
  unmappedStates: number;
};

/** How often a device's last read time is written when nothing else about it changes. */
const deviceUpdateEveryMs = 1000;

/**
 * Reads the items in order: drops duplicates, encodes samples, collects counts, states and device
 * changes. Pure but for the series' live time; a plan that is not committed is made again.
 */
export function planBatch(
  items: readonly InboundItem[],
  known: {
    watermark: (node: EdgeNode, epoch: string) => Watermark;
    bindingsOfDevice: (node: EdgeNode, deviceId: string) => readonly Binding[];
    /** Highest offset that was stored when this process first heard of the log. */
    storedBefore: (node: EdgeNode, epoch: string) => number;
  },
): BatchPlan {
  const plan: BatchPlan = {
    samples: new CopyBuffer(readingsOf(items)),
    rollups: new RollupMarks(),
    lastValues: new Map(),
    stale: new Set(),
    watermarks: new Map(),
    gaps: [],
    devices: new Map(),
    counters: new Map(),
    stateChanges: [],
    reasons: [],
    replays: new Map(),
    touched: new Map(),
    returned: new Set(),
    written: new Map(),
    newestOffsets: new Map(),
    acknowledged: new Set(),
    tally: {
      samples: 0,
      duplicates: 0,
      refusedFull: 0,
      uncertainTimes: 0,
      notNumbers: 0,
      unmappedStates: 0,
    },
  };

  const watermarkOf = (node: EdgeNode, epoch: string): Watermark => {
    const key = `${node.key} ${epoch}`;
    const planned = plan.watermarks.get(key);
    if (planned !== undefined) return planned.to;
    const from = known.watermark(node, epoch);
    const to = copyWatermark(from);
    plan.watermarks.set(key, { node, epoch, from, to });
    return to;
  };

  const silenceDevice = (
    node: EdgeNode,
    deviceId: string,
    change: { timeMs: number; cause: Cause },
  ) => {
    for (const binding of known.bindingsOfDevice(node, deviceId)) {
      if (binding.role !== "state" || !isEffective(binding, change.timeMs)) continue;
      plan.stateChanges.push({
        binding,
        state: "no_data",
        time: change.timeMs,
        cause: change.cause,
      });
      touch(plan, binding);
    }
  };

  for (const item of items) {
    const { node } = item;
    switch (item.kind) {
      case "node_birth": {
        updateDevice(plan, node, null, { isOnline: true, sinceMs: item.receivedMs });
        for (const [index, series] of item.series.entries()) {
          const metric = item.metrics[index];
          if (metric !== undefined) takeLiveValue(plan, series, metric, item);
        }
        if (item.epoch === null) break;
        const watermark = watermarkOf(node, item.epoch);
        for (const lost of giveUpBelow(watermark, item.firstOffset)) {
          plan.gaps.push({
            node: node.registered,
            epoch: item.epoch,
            lost,
            reason: "the edge log begins above it: dropped there to stay within its disk budget",
          });
        }
        plan.acknowledged.add(node);
        break;
      }
      case "device_birth":
        takeDeviceBirth(plan, item);
        break;
      case "state_bound": {
        const { binding, receivedMs: time } = item;
        if (!isEffective(binding, time)) break;
        if (binding.role === "state.reason") {
          plan.reasons.push({ binding, code: reasonCodeOf(item.raw), time, isHistorical: false });
          break;
        }
        const state = stateOf(binding.valueMap, item.raw);
        if (state === undefined) break;
        plan.stateChanges.push({ binding, state, time, cause: "metric" });
        touch(plan, binding);
        break;
      }
      case "device_death":
        updateDevice(plan, node, item.deviceId, { isOnline: false, sinceMs: item.payloadMs });
        // Sparkplug 3.0 tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale
        markStale(plan, node, item.deviceId);
        silenceDevice(node, item.deviceId, { timeMs: item.payloadMs, cause: "death" });
        break;
      case "silence":
        updateDevice(plan, node, item.deviceId, { isOnline: false, sinceMs: item.lastReadMs });
        silenceDevice(node, item.deviceId, { timeMs: item.lastReadMs, cause: "silence" });
        break;
      case "node_death":
        // Sparkplug 3.0 tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline: host clock
        updateDevice(plan, node, null, { isOnline: false, sinceMs: item.receivedMs });
        // Sparkplug 3.0 tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale
        markStale(plan, node);
        for (const device of node.devices.values()) {
          updateDevice(plan, node, device.deviceId, {
            isOnline: false,
            sinceMs: item.receivedMs,
          });
          silenceDevice(node, device.deviceId, { timeMs: item.receivedMs, cause: "death" });
        }
        break;
      case "data": {
        if (item.epoch !== null && item.offset !== null) {
          const verdict = admit(watermarkOf(node, item.epoch), item.offset);
          plan.acknowledged.add(node);
          if (verdict === "duplicate") plan.tally.duplicates += 1;
          if (verdict === "full") plan.tally.refusedFull += 1;
          if (verdict !== "new") break;
        }
        takeData(plan, item, known.storedBefore);
        break;
      }
      default:
        item satisfies never;
    }
  }
  plan.tally.samples = plan.samples.rows;
  return plan;
}

/** Births refresh the live model; they are never samples or counts (SPARKPLUG.md, our extension). */
function takeDeviceBirth(plan: BatchPlan, item: DeviceBirth): void {
  const { node, deviceId } = item;
  updateDevice(plan, node, deviceId, { isOnline: true, sinceMs: item.receivedMs });
  for (const [index, series] of item.series.entries()) {
    const metric = item.metrics[index];
    if (metric === undefined || metric.value === null) continue;
    takeLiveValue(plan, series, metric, item);
    for (const binding of node.bindingsOf(series)) {
      const { timeMs } = timeOf(metric.timestamp, item);
      if (!isEffective(binding, item.payloadMs)) continue;
      if (binding.role === "state" && metric.quality === null) {
        // It is so now, whenever it became so.
        const state = stateOf(binding.valueMap, rawText(metric.value) ?? "");
        if (state === undefined) continue;
        plan.stateChanges.push({ binding, state, time: item.payloadMs, cause: "birth" });
      } else if (binding.role === "state.reason" && metric.quality === null) {
        const code = reasonCodeOf(rawText(metric.value));
        plan.reasons.push({ binding, code, time: item.payloadMs, isHistorical: false });
      } else if (isCount(binding)) {
        const value = counterValue(metric);
        if (value === null) continue;
        const counted = countedReadings(plan, node, binding, series);
        counted.baseline ??= { time: Math.max(timeMs, binding.validFrom), value };
      }
    }
  }
}

function takeData(
  plan: BatchPlan,
  item: Data,
  storedBefore: (node: EdgeNode, epoch: string) => number,
): void {
  const { node, deviceId, readings, isHistorical } = item;
  const device = deviceId === null ? undefined : node.devices.get(deviceId);
  let newestMs = item.heartbeatMs ?? 0;
  for (let at = 0; at < readings.count; at += 1) {
    const series = node.seriesAt(readings.series(at));
    if (series === undefined || series.metricId === null) continue;
    const { timeMs, isUncertain } = timeOf(readings.time(at), item);
    const said = { value: readings.value(at), quality: readings.quality(at) };
    const { value, text, isNaN } = storedValue(said.value);
    const quality = isNaN ? SampleQuality.bad : qualityOf(said, isUncertain);
    plan.samples.add(series.metricId, timeMs, value, text, quality);
    plan.rollups.add(series.metricId, timeMs);
    if (isUncertain) plan.tally.uncertainTimes += 1;
    if (isNaN) plan.tally.notNumbers += 1;
    newestMs = Math.max(newestMs, timeMs);
    if (!isHistorical && timeMs >= series.liveTime) {
      series.liveTime = timeMs;
      series.liveValue = quality === SampleQuality.bad ? null : scalarOf(said.value);
      const live = liveValueOf(plan, series.metricId);
      live.timeMs = timeMs;
      live.receivedMs = item.receivedMs;
      live.value = value;
      live.text = text;
      live.quality = quality;
    }
    // Replayed and without a time of its own: nobody knows between which readings it belongs, unless
    // the log's own order says that it is the newest.
    const isUndated = isHistorical && isUncertain;
    const bindings = node.bindingsOf(series);
    if (bindings.length === 0) continue;
    const order = bindings.some(isCount) ? logOrderOf(plan, series, item, storedBefore) : "unknown";
    if (isUndated && order !== "newest") continue;
    for (const binding of bindings) {
      if (!isEffective(binding, timeMs)) continue;
      touch(plan, binding);
      if (isCount(binding)) {
        const number = counterValue(said);
        if (number === null) continue;
        const counted = countedReadings(plan, node, binding, series);
        counted.points.push({ time: timeMs, value: number, isHistorical, order, isUndated });
      } else if (binding.role === "state" && !isUndated) {
        const raw = quality === SampleQuality.bad ? null : rawText(said.value);
        takeState(plan, item, { binding, series, timeMs, raw });
      } else if (binding.role === "state.reason" && !isUndated && quality !== SampleQuality.bad) {
        // A reason of bad quality says nothing: the one before stands.
        const code = reasonCodeOf(rawText(said.value));
        plan.reasons.push({ binding, code, time: timeMs, isHistorical });
      }
    }
  }
  if (deviceId === null || device === undefined) return;
  if (isHistorical) {
    proveAlive(plan, item, newestMs || item.payloadMs);
    return;
  }
  const isBack = device.isSilent && !plan.returned.has(device);
  device.lastSeenMs = item.receivedMs;
  device.lastReadMs = Math.max(device.lastReadMs, newestMs || item.payloadMs);
  if (isBack) {
    plan.returned.add(device);
    returnFromSilence(plan, node, item);
  }
  updateDevice(plan, node, deviceId, {
    isOnline: true,
    sinceMs: item.receivedMs,
    lastReadMs: device.lastReadMs,
  });
}

/**
 * Whether a later record of this counter is stored, by the offsets of its log; notes the offset. What an
 * earlier process stored lies at or below what was stored when this one began. Readings of one record
 * follow each other.
 */
function logOrderOf(
  plan: BatchPlan,
  series: MetricSeries,
  { node, epoch, offset }: Data,
  storedBefore: (node: EdgeNode, epoch: string) => number,
): LogOrder {
  if (epoch === null || offset === null) return "unknown";
  const noted = plan.newestOffsets.get(series) ?? series.newest;
  const newest = noted?.epoch === epoch ? noted.offset : storedBefore(node, epoch);
  if (offset < newest) return "older";
  plan.newestOffsets.set(series, { epoch, offset });
  return "newest";
}

function takeState(
  plan: BatchPlan,
  item: Data,
  reading: { binding: Binding; series: MetricSeries; timeMs: number; raw: string | null },
): void {
  const { binding, series, timeMs, raw } = reading;
  const state = raw === null ? "no_data" : stateOf(binding.valueMap, raw);
  if (state === undefined) {
    plan.tally.unmappedStates += 1;
    return;
  }
  if (item.isHistorical) {
    replayOf(plan, item.node, binding, series).readings.push({ state, time: timeMs });
  } else {
    const cause = raw === null ? "quality" : "metric";
    plan.stateChanges.push({ binding, state, time: timeMs, cause });
  }
}

/** A replayed record of a device shows that the agent read it then. */
function proveAlive(plan: BatchPlan, item: Data, timeMs: number): void {
  for (const series of item.node.boundSeries()) {
    if (series.deviceId !== item.deviceId) continue;
    for (const binding of item.node.bindingsOf(series)) {
      if (binding.role !== "state" || !isEffective(binding, timeMs)) continue;
      replayOf(plan, item.node, binding, series).provenTimes.push(timeMs);
    }
  }
}

/** The device answers again and its state was not sent anew: it is what it last was. */
function returnFromSilence(plan: BatchPlan, node: EdgeNode, item: Data): void {
  for (const series of node.boundSeries()) {
    const raw = rawText(series.liveValue);
    if (series.deviceId !== item.deviceId || raw === null) continue;
    for (const binding of node.bindingsOf(series)) {
      if (binding.role !== "state" || !isEffective(binding, item.payloadMs)) continue;
      const state = stateOf(binding.valueMap, raw);
      if (state === undefined) continue;
      plan.stateChanges.push({ binding, state, time: item.payloadMs, cause: "metric" });
    }
  }
}

function takeLiveValue(
  plan: BatchPlan,
  series: MetricSeries,
  metric: DeviceBirth["metrics"][number],
  item: { payloadMs?: number; receivedMs: number; node: EdgeNode },
): void {
  if (series.metricId === null || metric.value === null) return;
  const { receivedMs } = item;
  const { timeMs, isUncertain } = timeOf(metric.timestamp, {
    payloadMs: item.payloadMs ?? receivedMs,
    receivedMs,
  });
  if (timeMs < series.liveTime) return;
  const { value, text, isNaN } = storedValue(metric.value);
  const quality = isNaN ? SampleQuality.bad : qualityOf(metric, isUncertain);
  series.liveTime = timeMs;
  series.liveValue = quality === SampleQuality.bad ? null : scalarOf(metric.value);
  const live = liveValueOf(plan, series.metricId);
  Object.assign(live, { timeMs, receivedMs, value, text, quality });
  for (const binding of item.node.bindingsOf(series)) touch(plan, binding);
}

/** To be written over: a metric that changes a hundred times in a batch is one object. */
function liveValueOf(plan: BatchPlan, metricId: number): LiveValue {
  const known = plan.lastValues.get(metricId);
  if (known !== undefined) return known;
  const made = { metricId, timeMs: 0, receivedMs: 0, value: null, text: null, quality: 0 };
  plan.lastValues.set(metricId, made);
  return made;
}

/** Bytes mean no state, and would keep the message they lie in. */
function scalarOf(value: MetricValue): MetricValue {
  return value instanceof Uint8Array ? null : value;
}

/** Live values of a device, or of all of the edge node, are what they last were and no more than that. */
function markStale(plan: BatchPlan, node: EdgeNode, deviceId?: string): void {
  for (const { metricId, deviceId: owner } of node.series()) {
    if (metricId === null || (deviceId !== undefined && owner !== deviceId)) continue;
    plan.stale.add(metricId);
    const planned = plan.lastValues.get(metricId);
    if (planned !== undefined) {
      plan.lastValues.set(metricId, { ...planned, quality: SampleQuality.stale });
    }
  }
}

function updateDevice(
  plan: BatchPlan,
  node: EdgeNode,
  deviceId: string | null,
  change: { isOnline: boolean; sinceMs: number; lastReadMs?: number },
): void {
  const key = deviceId === null ? node.key : `${node.key}/${deviceId}`;
  const planned = plan.devices.get(key);
  const device = deviceId === null ? undefined : node.devices.get(deviceId);
  const isDue =
    device === undefined ||
    change.lastReadMs === undefined ||
    change.sinceMs - (plan.written.get(device) ?? device.writtenMs) >= deviceUpdateEveryMs;
  if (!isDue && planned === undefined) return;
  if (device !== undefined) plan.written.set(device, change.sinceMs);
  plan.devices.set(key, {
    node: node.registered,
    deviceId,
    isOnline: change.isOnline,
    sinceMs: change.sinceMs,
    lastReadMs: change.lastReadMs ?? planned?.lastReadMs ?? null,
  });
}

function countedReadings(
  plan: BatchPlan,
  node: EdgeNode,
  binding: Binding,
  series: MetricSeries,
): CountedReadings {
  const planned = plan.counters.get(binding.bindingId);
  if (planned !== undefined) return planned;
  const counted: CountedReadings = {
    binding,
    metricId: series.metricId ?? 0,
    heartbeatMetricId: node.seriesOf(series.deviceId, MetricName.heartbeat)?.metricId ?? null,
    baseline: null,
    points: [],
  };
  plan.counters.set(binding.bindingId, counted);
  return counted;
}

function replayOf(
  plan: BatchPlan,
  node: EdgeNode,
  binding: Binding,
  series: MetricSeries,
): ReplayedStates {
  const planned = plan.replays.get(binding.bindingId);
  if (planned !== undefined) return planned;
  const replay: ReplayedStates = {
    binding,
    stateMetricId: series.metricId ?? 0,
    heartbeatMetricId: node.seriesOf(series.deviceId, MetricName.heartbeat)?.metricId ?? null,
    provenTimes: [],
    readings: [],
  };
  plan.replays.set(binding.bindingId, replay);
  return replay;
}

function readingsOf(items: readonly InboundItem[]): number {
  return items.reduce((sum, item) => sum + (item.kind === "data" ? item.readings.count : 0), 0);
}

function touch(plan: BatchPlan, binding: Binding): void {
  const units = plan.touched.get(binding.tenantId);
  if (units === undefined) plan.touched.set(binding.tenantId, new Set([binding.workUnitId]));
  else units.add(binding.workUnitId);
}

function isCount(binding: Binding): boolean {
  return binding.role.startsWith("count.");
}
