import type { EventToEmit } from "@millwright/contracts/events";
import { Decimal } from "@millwright/contracts/units";
import type pg from "pg";

import type { CounterPoint, CounterState } from "../derive/counter-state.ts";
import {
  type BatchPlan,
  type CountedReadings,
  planBatch,
  type Tally,
} from "../derive/batch-plan.ts";
import { advance, counterFrom, redistribute, takePending } from "../derive/counter.ts";
import { firstReading, inCountingOrder } from "../derive/counting-order.ts";
import {
  countObserved,
  countRedistributed,
  reasonObserved,
  stateBackfilled,
  stateObserved,
} from "../derive/machine-events.ts";
import { backfills, silenceMs, type StatePoint, stateOf } from "../derive/machine-state.ts";
import { copyWatermark, highestOf, type Watermark } from "../derive/watermark.ts";
import { type Binding, type Cell, isEffective, nodeKey } from "../session/cell.ts";
import type { EdgeNode } from "../session/edge-node.ts";
import type { DeadLetter, InboundItem } from "../session/messages.ts";
import type { NewestOffset } from "../session/metric-series.ts";
import { type Client, copySamples, inOneGo, inTransaction } from "./database.ts";
import {
  loadBaseline,
  loadCounters,
  loadNeighbours,
  loadPendingCounters,
  upsertCounters,
} from "./counters.ts";
import { insertDeadLetters } from "./dead-letters.ts";
import { upsertDevices } from "./devices.ts";
import { emitEvents } from "./events.ts";
import { type Gap, insertGaps } from "./gaps.ts";
import { markStale, registerMetrics, upsertLastValues } from "./metrics.ts";
import { markRollups } from "./rollups.ts";
import {
  loadReadingBefore,
  loadUnitStates,
  lockUnitStates,
  upsertUnitStates,
} from "./unit-states.ts";
import { endOtherEpochs, loadWatermark, moveWatermarks } from "./watermarks.ts";

/** A counter tells its pieces at most this often; the rest waits in its row (DOMAIN.md). */
const countEventEveryMs = 1000;
const minuteMs = 60_000;

export type Batch = {
  items: readonly InboundItem[];
  /** Keys of the edge nodes this batch writes of, if only their counters' last pieces. */
  nodes: ReadonlySet<string>;
  deadLetters: readonly DeadLetter[];
  /** Sequence gaps of nodes that number nothing else. */
  gaps: readonly Gap[];
};

/** What a committed batch means for the rest of the process. */
export type Written = {
  touched: ReadonlyMap<string, ReadonlySet<string>>;
  acknowledged: ReadonlySet<EdgeNode>;
  tally: Tally;
  events: number;
};

/** The transaction's connection, for what is read in it: not before the logs are locked. */
type Reader = () => Promise<Client>;

/** New states that become known only when the transaction has committed. */
type Changes = {
  counters: Map<string, { binding: Binding; state: CounterState }>;
  unitStates: Map<string, { binding: Binding; point: StatePoint }>;
  /** Code each binding said last, live. */
  reasons: Map<string, string>;
  told: Set<string>;
  events: EventToEmit[];
  /** What was known when they were made. */
  unitStatesBefore: ReadonlyMap<string, StatePoint | null>;
};

/**
 * Writes batches, each in one transaction: samples, last values, watermarks, counters, states, events.
 * Keeps what it committed in memory; a batch that fails leaves memory and database as they were, so it
 * may be written again. One writer per edge node: `WatermarkMoved` says that there is another process.
 * Batches of different edge nodes (`Batch.nodes`) may be written at the same time: what is known is of
 * one edge node each, and the state that several tell of one work unit is read anew, and locked.
 */
export class BatchWriter {
  readonly #pool: pg.Pool;
  readonly #cell: Cell;
  /** Whether the records of an edge node (its key) come here; the same for as long as the process lives. */
  readonly #isMine: (nodeKey: string) => boolean;
  #watermarks = new Map<string, Watermark>();
  /** Of each node's present log: the highest offset that was stored when this process first heard of it. */
  readonly #storedBefore = new Map<string, NewestOffset>();
  /** Null: known to have no row. */
  #counters = new Map<string, CounterState | null>();
  #unitStates = new Map<string, StatePoint | null>();
  /**
   * What each reason binding said last, live. Not stored: after a start the first word is told again, which
   * changes nothing.
   */
  #reasons = new Map<string, string>();
  /** Of the cell that `#unitStates` were read under: a unit may have gone to another writer's node since. */
  #generation = 0;
  /** When each counter last told its pieces, host clock; and those that still have some to tell. */
  readonly #toldMs = new Map<string, number>();
  readonly #pending = new Set<string>();
  #pendingLoaded: Promise<void> | null = null;

  constructor(pool: pg.Pool, cell: Cell, isMine: (nodeKey: string) => boolean) {
    this.#pool = pool;
    this.#cell = cell;
    this.#isMine = isMine;
  }

  /** Whether a counter has waited long enough with pieces to tell: then even an empty batch is due. */
  hasDueCounter(nowMs: number): boolean {
    return this.#pendingLoaded === null || this.nodesToTell(nowMs).size > 0;
  }

  /** Keys of the edge nodes that have such counters. */
  nodesToTell(nowMs: number): Set<string> {
    const keys = [...this.#pending].flatMap((bindingId) => {
      const binding = this.#isDue(bindingId, nowMs) ? this.#ownBinding(bindingId) : undefined;
      return binding === undefined ? [] : [nodeKeyOf(binding)];
    });
    return new Set(keys);
  }

  /** Where an edge log stands, for its acknowledgement; null before its first birth was written. */
  watermarkOf(node: EdgeNode): Watermark | null {
    return this.#watermarks.get(`${node.key} ${node.epoch}`) ?? null;
  }

  /**
   * The next batch reads everything anew: what is known may be older than what is stored. Not while a
   * batch is being written, which rests on it.
   */
  forget(): void {
    this.#watermarks = new Map();
    this.#counters = new Map();
    this.#unitStates = new Map();
    this.#reasons = new Map();
    this.#pending.clear();
    this.#pendingLoaded = null;
  }

  async write(batch: Batch, nowMs: number): Promise<Written> {
    // Once for both lanes: read again beside a batch that tells pieces, it would bring them back.
    this.#pendingLoaded ??= this.#loadPending().catch((error: unknown) => {
      this.#pendingLoaded = null;
      throw error;
    });
    await this.#pendingLoaded;
    await this.#load(batch.items);
    const plan = planBatch(batch.items, {
      watermark: (node, epoch) =>
        this.#watermarks.get(`${node.key} ${epoch}`) ?? { contiguous: 0, ranges: [] },
      bindingsOfDevice: (node, deviceId) => this.#cell.bindingsOfDevice(node.key, deviceId),
      storedBefore: (node, epoch) => {
        const before = this.#storedBefore.get(node.key);
        // Of a log that has ended nothing is known to be the newest.
        return before?.epoch === epoch ? before.offset : Number.POSITIVE_INFINITY;
      },
    });
    const { known, shared } = await this.#loadStates(plan);
    const changes: Changes = {
      counters: new Map(),
      unitStates: new Map(),
      reasons: new Map(),
      told: new Set(),
      events: [],
      unitStatesBefore: known,
    };
    const moves = [...plan.watermarks.values()].filter(({ from, to }) => !isSame(from, to));
    await inTransaction(this.#pool, async (client) => {
      // Most batches read nothing: then this goes out together with everything else.
      const moved = moveWatermarks(
        client,
        moves.map((move) => ({ ...move, node: move.node.registered })),
      );
      moved.catch(() => undefined);
      const reader = () => moved.then(() => client);
      const gaps = [...plan.gaps, ...batch.gaps, ...(await this.#endEpochs(reader, batch.items))];
      await this.#count(reader, { plan, nodes: batch.nodes, changes, nowMs });
      if (shared.length > 0) {
        const locked = await lockUnitStates(await reader(), shared);
        changes.unitStatesBefore = new Map([...known, ...locked]);
      }
      await this.#replayStates(reader, plan, changes);
      this.#changeStates(plan, changes);
      this.#tellReasons(plan, changes);
      // Ascending keys: two writers that meet on a row wait for each other instead of deadlocking.
      const lastValues = [...plan.lastValues.values()].sort((a, b) => a.metricId - b.metricId);
      await inOneGo([
        moved,
        copySamples(client, plan.samples),
        markRollups(client, plan.rollups),
        markStale(client, [...plan.stale]),
        upsertLastValues(client, lastValues),
        upsertDevices(client, [...plan.devices.values()]),
        upsertCounters(client, [...changes.counters.values()]),
        upsertUnitStates(client, [...changes.unitStates.values()]),
        insertGaps(client, gaps),
        insertDeadLetters(client, batch.deadLetters),
        emitEvents(client, changes.events),
      ]);
    });
    this.#remember(plan, changes, nowMs);
    return {
      touched: plan.touched,
      acknowledged: plan.acknowledged,
      tally: plan.tally,
      events: changes.events.length,
    };
  }

  /** After a start: counters whose last pieces no event has told. */
  async #loadPending(): Promise<void> {
    for (const [bindingId, state] of await loadPendingCounters(this.#pool)) {
      // Of a binding that is not known yet nobody can say whose it is; it is told by its writer only.
      const isKnown = this.#cell.binding(bindingId) !== undefined;
      if (isKnown && this.#ownBinding(bindingId) === undefined) continue;
      this.#counters.set(bindingId, state);
      this.#pending.add(bindingId);
    }
  }

  /** Metric ids and watermarks that the plan needs. */
  async #load(items: readonly InboundItem[]): Promise<void> {
    for (const item of items) {
      if (item.kind !== "node_birth" && item.kind !== "device_birth") continue;
      if (item.series.length > 0) {
        await registerMetrics(this.#pool, item.node.registered, item.series);
      }
      if (item.kind === "node_birth" && item.epoch !== null) {
        await this.#loadWatermark(item.node, item.epoch);
      }
    }
    for (const item of items) {
      // Nearly always known: asked first, so that a batch does not wait once per message.
      if (item.kind !== "data" || item.epoch === null) continue;
      if (this.#watermarks.has(`${item.node.key} ${item.epoch}`)) continue;
      await this.#loadWatermark(item.node, item.epoch);
    }
  }

  async #loadWatermark(node: EdgeNode, epoch: string): Promise<void> {
    const key = `${node.key} ${epoch}`;
    if (this.#watermarks.has(key)) return;
    const watermark = await loadWatermark(this.#pool, node.registered, epoch);
    this.#watermarks.set(key, watermark);
    if (this.#storedBefore.get(node.key)?.epoch !== epoch) {
      this.#storedBefore.set(node.key, { epoch, offset: highestOf(watermark) });
    }
  }

  /** @returns what is known of the work units the plan changes, and which of them several edge nodes tell. */
  async #loadStates(
    plan: BatchPlan,
  ): Promise<{ known: ReadonlyMap<string, StatePoint | null>; shared: string[] }> {
    const counters = [...plan.counters.keys()].filter((id) => !this.#counters.has(id));
    if (counters.length > 0) {
      const found = await loadCounters(this.#pool, counters);
      for (const id of counters) this.#counters.set(id, found.get(id) ?? null);
    }
    const bindings = [...plan.stateChanges, ...plan.replays.values()].map(({ binding }) => binding);
    // A new map: a batch that is being written goes on with what it knew.
    if (this.#generation !== this.#cell.generation) this.#unitStates = new Map();
    this.#generation = this.#cell.generation;
    const unitStates = this.#unitStates;
    const units = [...new Set(bindings.map(({ workUnitId }) => workUnitId))];
    const missing = units.filter((id) => !unitStates.has(id) && !this.#cell.isShared(id));
    if (missing.length > 0) {
      const found = await loadUnitStates(this.#pool, missing);
      for (const id of missing) unitStates.set(id, found.get(id) ?? null);
    }
    return { known: unitStates, shared: units.filter((id) => this.#cell.isShared(id)) };
  }

  async #endEpochs(reader: Reader, items: readonly InboundItem[]): Promise<Gap[]> {
    const gaps: Gap[] = [];
    for (const item of items) {
      if (item.kind !== "node_birth" || item.epoch === null) continue;
      const node = item.node.registered;
      for (const { epoch, lost } of await endOtherEpochs(await reader(), node, item.epoch)) {
        gaps.push({ node, epoch, lost, reason: "the edge node began a new log" });
      }
    }
    return gaps;
  }

  async #count(
    reader: Reader,
    {
      plan,
      nodes,
      changes,
      nowMs,
    }: { plan: BatchPlan; nodes: ReadonlySet<string>; changes: Changes; nowMs: number },
  ): Promise<void> {
    const late: { counted: CountedReadings; points: CounterPoint[] }[] = [];
    for (const counted of plan.counters.values()) {
      const { binding } = counted;
      const { points } = counted;
      let state = this.#counters.get(binding.bindingId) ?? null;
      if (state === null) {
        // What was read before this process knew of the binding counts from the binding's begin on.
        const stored = await loadBaseline(await reader(), counted, binding.validFrom);
        const start = stored ?? counted.baseline ?? firstReading(points);
        if (start === undefined) continue;
        state = counterFrom({ time: start.time, value: start.value });
      }
      const { forward, late: lateOnes, repeated } = inCountingOrder(points, state);
      state = { ...state, repeated };
      if (lateOnes.length > 0) late.push({ counted, points: lateOnes });
      for (const point of forward) {
        // A replay tells minute by minute when its pieces were made.
        const isNewMinute =
          Math.floor(point.time / minuteMs) !== Math.floor(state.last.time / minuteMs);
        if (point.isHistorical && isNewMinute) state = this.#tell(binding, state, changes);
        state = advance(state, { time: point.time, value: point.value }, binding.rolloverAt);
      }
      if (this.#isDue(binding.bindingId, nowMs)) state = this.#tell(binding, state, changes);
      changes.counters.set(binding.bindingId, { binding, state });
    }
    this.#tellPending(nodes, changes, nowMs);
    await this.#redistribute(reader, late, changes);
  }

  /** Pieces that waited for their second and whose counter does not move any more. */
  #tellPending(nodes: ReadonlySet<string>, changes: Changes, nowMs: number): void {
    for (const bindingId of this.#pending) {
      if (changes.counters.has(bindingId) || !this.#isDue(bindingId, nowMs)) continue;
      const binding = this.#ownBinding(bindingId);
      const state = this.#counters.get(bindingId);
      if (binding === undefined || !nodes.has(nodeKeyOf(binding)) || !state) continue;
      changes.counters.set(bindingId, { binding, state: this.#tell(binding, state, changes) });
    }
  }

  #ownBinding(bindingId: string): Binding | undefined {
    const binding = this.#cell.binding(bindingId);
    if (binding === undefined) return undefined;
    return this.#isMine(nodeKeyOf(binding)) ? binding : undefined;
  }

  #tell(binding: Binding, state: CounterState, changes: Changes): CounterState {
    const { state: told, travel } = takePending(state);
    if (travel !== null) {
      changes.events.push(countObserved(binding, travel));
      changes.told.add(binding.bindingId);
    }
    return told;
  }

  async #redistribute(
    reader: Reader,
    late: readonly { counted: CountedReadings; points: CounterPoint[] }[],
    changes: Changes,
  ): Promise<void> {
    if (late.length === 0) return;
    const neighbours = await loadNeighbours(
      await reader(),
      late.map(({ counted, points }) => ({
        metricId: counted.metricId,
        firstMs: points[0]?.time ?? 0,
        lastMs: points.at(-1)?.time ?? 0,
        without: changes.counters.get(counted.binding.bindingId)?.state.repeated ?? [],
      })),
    );
    for (const [index, { counted, points }] of late.entries()) {
      const { binding } = counted;
      const change = changes.counters.get(binding.bindingId);
      if (change === undefined) continue;
      const stored = (neighbours[index] ?? []).filter(({ time }) => isEffective(binding, time));
      const known = [change.state.baseline, ...stored, change.state.last];
      const moved = redistribute(known, points, binding.rolloverAt);
      if (moved.entries.length === 0) continue;
      changes.events.push(
        ...countRedistributed(binding, moved, (entries) =>
          entries.reduce((sum, { delta }) => sum.plus(delta), new Decimal(0)),
        ),
      );
      // Told at once: it adds to both sides, so what is pending stays pending.
      change.state = {
        ...change.state,
        total: change.state.total.plus(moved.sum),
        emittedTotal: change.state.emittedTotal.plus(moved.sum),
      };
    }
  }

  async #replayStates(reader: Reader, plan: BatchPlan, changes: Changes): Promise<void> {
    for (const replay of plan.replays.values()) {
      const { binding } = replay;
      const proven = [...replay.provenTimes, ...replay.readings.map(({ time }) => time)];
      const first = Math.min(...proven);
      const heartbeat =
        replay.heartbeatMetricId === null
          ? null
          : await loadReadingBefore(await reader(), {
              metricId: replay.heartbeatMetricId,
              fromMs: first - silenceMs,
              toMs: first,
            });
      const from = heartbeat?.timeMs ?? first;
      const reading = await loadReadingBefore(await reader(), {
        metricId: replay.stateMetricId,
        fromMs: Math.max(0, binding.validFrom),
        toMs: from,
      });
      const before = reading?.raw == null ? null : (stateOf(binding.valueMap, reading.raw) ?? null);
      for (const window of backfills([from, ...proven], replay.readings, before)) {
        changes.events.push(stateBackfilled(binding, window));
        const current = this.#unitState(binding, changes);
        const last = window.points.at(-1);
        // The replay ends later than what was known: what it says last is so until told otherwise.
        if (last !== undefined && (current === null || current.time <= window.to)) {
          changes.unitStates.set(binding.workUnitId, { binding, point: last });
        }
      }
    }
  }

  #changeStates(plan: BatchPlan, changes: Changes): void {
    for (const { binding, state, time, cause } of plan.stateChanges) {
      const current = this.#unitState(binding, changes);
      if (current?.state === state) continue;
      // Live messages come in order, so the newest is how it is now, whatever the clocks say: a device
      // may read a state just before the gateway's birth certificate is dated.
      const point = { state, time: Math.max(time, (current?.time ?? 0) + 1) };
      changes.events.push(stateObserved(binding, { ...point, cause }));
      changes.unitStates.set(binding.workUnitId, { binding, point });
    }
  }

  /** Live words that repeat the last one are no news; a replayed one tells what was at its own time. */
  #tellReasons(plan: BatchPlan, changes: Changes): void {
    for (const { binding, code, time, isHistorical } of plan.reasons) {
      const { bindingId } = binding;
      if (!isHistorical) {
        const last = changes.reasons.get(bindingId) ?? this.#reasons.get(bindingId);
        if (last === code) continue;
        changes.reasons.set(bindingId, code);
      }
      changes.events.push(reasonObserved(binding, { code, time }));
    }
  }

  #unitState(binding: Binding, changes: Changes): StatePoint | null {
    const { workUnitId } = binding;
    return (
      changes.unitStates.get(workUnitId)?.point ?? changes.unitStatesBefore.get(workUnitId) ?? null
    );
  }

  #isDue(bindingId: string, nowMs: number): boolean {
    return nowMs - (this.#toldMs.get(bindingId) ?? 0) >= countEventEveryMs;
  }

  #remember(plan: BatchPlan, changes: Changes, nowMs: number): void {
    for (const [key, { to }] of plan.watermarks) this.#watermarks.set(key, copyWatermark(to));
    for (const [bindingId, { state }] of changes.counters) {
      this.#counters.set(bindingId, state);
      if (state.total.gt(state.emittedTotal)) this.#pending.add(bindingId);
      else this.#pending.delete(bindingId);
    }
    for (const [workUnitId, { point }] of changes.unitStates) {
      this.#unitStates.set(workUnitId, point);
    }
    for (const [bindingId, code] of changes.reasons) this.#reasons.set(bindingId, code);
    for (const bindingId of changes.told) this.#toldMs.set(bindingId, nowMs);
    for (const [series, newest] of plan.newestOffsets) series.newest = newest;
    for (const device of plan.returned) device.isSilent = false;
    for (const [device, writtenMs] of plan.written) device.writtenMs = writtenMs;
  }
}

function nodeKeyOf({ groupId, edgeNodeId }: Binding): string {
  return nodeKey(groupId, edgeNodeId);
}

function isSame(a: Watermark, b: Watermark): boolean {
  return (
    a.contiguous === b.contiguous &&
    a.ranges.length === b.ranges.length &&
    a.ranges.every((range, index) => {
      const other = b.ranges[index];
      return other?.first === range.first && other.last === range.last;
    })
  );
}
