import { setTimeout as wait } from "node:timers/promises";

import {
  type Ack,
  ackSchema,
  DataType,
  type HostState,
  metric,
  MetricName,
  type SparkplugMetric,
} from "@millwright/contracts/sparkplug";
import type { Logger } from "pino";

import type { Config } from "../config/config.ts";
import { Backoff } from "../drivers/backoff.ts";
import type { DurableLog } from "../log/durable-log.ts";
import type { LogReader, LogRecord } from "../log/log-reader.ts";
import type { AliasTable } from "./alias-table.ts";
import { nextBdSeq } from "./bd-seq.ts";
import type { DeviceModel } from "./device-model.ts";
import { convertMetric, decodeRecord } from "./log-record.ts";
import { ReplayPlan } from "./replay-plan.ts";
import { Session } from "./session.ts";
import { Wake } from "./wake.ts";

/** Live records read from disk at a time: bounds memory, and how long a replay slice waits. */
const liveBatch = 200;
/** The replay lane sends 20 records every 20 ms: 1,000/s, far below what ingest takes, so live stays live. */
const replayBatch = 20;
const replayEveryMs = 20;
/** Live records sent since the host's last ack; beyond this live waits in the log. */
const unackedMax = 10_000;
/** The host keeps at most this many ranges above what is contiguous (ARCHITECTURE.md, decision 7). */
const missingRangesMax = 1000;
/** When live waits this long without an ack, one batch is sent anyway: the acks may have been lost. */
const probeAfterMs = 10_000;
/** Births repeated because the log dropped records are at least this far apart. */
const dropBirthMs = 10_000;

/** A birth or death of one device, at its place among the records: before the one at `offset`. */
type Marker = { offset: number; send: (session: Session) => Promise<void> };

type Options = {
  config: Config;
  dataDir: string;
  log: DurableLog;
  logger: Logger;
  aliases: AliasTable;
  models: ReadonlyMap<string, DeviceModel>;
};

/**
 * The Sparkplug edge node: keeps a session with the broker and sends the log through it. Records
 * appended after the births are sent live as they become durable; what lies before, and what the
 * host misses, is replayed as historical on a lane of its own.
 */
export class EdgeNode {
  readonly #options: Options;
  readonly #log: DurableLog;
  readonly #logger: Logger;
  readonly #nodeAliases: { epoch: bigint; offset: bigint; ack: bigint };
  readonly #abort = new AbortController();
  readonly #wake = new Wake();
  readonly #running: Promise<void>;
  #hostState: HostState | null = null;

  // The present session's births and lanes; meaningless without a session.
  #isBorn = false;
  #isBirthWanted = false;
  #isEpochLost = false;
  /** Records below were appended before the births. */
  #line = 0;
  #liveOffset = 0;
  #markers: Marker[] = [];
  #replay = new ReplayPlan();
  #hostSpeaksAck = false;
  #missingRanges = 0;
  #sentSinceAck = 0;
  #ackTime = 0;
  #bornTime = 0;
  #bornFirstOffset = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#log = options.log;
    this.#logger = options.logger;
    const [epoch = 0, offset = 0, ack = 0] = options.aliases.aliasOf(null, [
      { name: MetricName.epoch, datatype: DataType.String },
      { name: MetricName.offset, datatype: DataType.UInt64 },
      { name: MetricName.ack, datatype: DataType.String },
    ]);
    this.#nodeAliases = { epoch: BigInt(epoch), offset: BigInt(offset), ack: BigInt(ack) };
    this.#log.onDurable = () => this.#wake.now();
    this.#running = this.#run();
  }

  /** A device is there (again): its DBIRTH is sent before the records that follow. */
  deviceOnline(model: DeviceModel): void {
    // Built now: a birth tells what was so at its place in the stream.
    const metrics = model.birthMetrics(Date.now());
    this.#mark((session) => session.publish({ type: "DBIRTH", deviceId: model.id, metrics }));
  }

  /** Sparkplug 3.0 tck-id-operational-behavior-device-ddeath: the driver has lost its device. */
  deviceOffline(model: DeviceModel): void {
    this.#mark((session) => session.publish({ type: "DDEATH", deviceId: model.id, metrics: [] }));
  }

  /** Sends what is durable, says goodbye and disconnects. Bounded by the session's own timeouts. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#wake.now();
    await this.#running;
  }

  #mark(send: Marker["send"]): void {
    if (!this.#isBorn) return;
    if (this.#markers.length < 1000) this.#markers.push({ offset: this.#log.nextOffset, send });
    // Devices that come and go while live waits: fresh births say it all at once.
    else this.#isBirthWanted = true;
    this.#wake.now();
  }

  async #run(): Promise<void> {
    const backoff = new Backoff();
    const { signal } = this.#abort;
    let lastReason = "";
    while (!signal.aborted) {
      this.#isBorn = false;
      const reason = await this.#runSession().catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      if (this.#isBorn) backoff.reset();
      this.#isBorn = false;
      if (reason !== lastReason) this.#logger.warn({ reason }, "broker: not connected, trying on");
      lastReason = reason;
      await wait(backoff.next(), undefined, { signal }).catch(() => {});
    }
  }

  /** One connection; resolves with the reason of its end. @throws when it could not begin or broke. */
  async #runSession(): Promise<string> {
    const { config, dataDir } = this.#options;
    const { signal } = this.#abort;
    this.#hostState = null;
    const session = await Session.open({
      config,
      bdSeq: await nextBdSeq(dataDir),
      handlers: {
        command: (metrics) => this.#obey(metrics),
        hostState: (state) => this.#hearHost(state),
      },
      log: this.#logger,
      signal,
    });
    void session.closed.then(() => this.#wake.now());
    try {
      // Sparkplug 3.0 tck-id-message-flow-edge-node-birth-publish-phid-wait
      while (session.isOpen && !signal.aborted && !this.#isHostOnline()) {
        await this.#wake.wait(1000);
      }
      if (!session.isOpen) return await session.closed;
      if (!signal.aborted) await this.#runLanes(session);
      return session.isOpen ? "the primary host is offline" : await session.closed;
    } finally {
      await session.end();
    }
  }

  #hearHost(state: HostState): void {
    // Sparkplug 3.0 tck-id-operational-behavior-edge-node-termination-host-offline-timestamp
    if (this.#hostState !== null && state.timestamp < this.#hostState.timestamp) return;
    this.#hostState = state;
    this.#wake.now();
  }

  #isHostOnline(): boolean {
    return this.#hostState?.online === true;
  }

  /** Births, then both lanes, until the connection or the host is gone or we are asked to stop. */
  async #runLanes(session: Session): Promise<void> {
    const { signal } = this.#abort;
    await using live = this.#log.reader();
    await using replay = this.#log.reader();
    this.#replay = new ReplayPlan();
    this.#hostSpeaksAck = false;
    this.#isBirthWanted = true;
    let replayDue = 0;
    while (session.isOpen && this.#isHostOnline()) {
      if (this.#isEpochLost) await this.#renewEpoch();
      if (this.#isBirthWanted || this.#isDropUntold()) await this.#birth(session);
      const hasSent = await this.#sendLive(session, live);
      if (signal.aborted && !hasSent) return;
      const now = performance.now();
      if (now >= replayDue && (await this.#sendReplay(session, replay))) {
        replayDue = now + replayEveryMs;
      }
      if (!hasSent) await this.#wake.wait(this.#replay.peek(1) === null ? 1000 : replayEveryMs);
    }
  }

  /**
   * Sparkplug 3.0 tck-id-payloads-dbirth-order, tck-id-topics-nbirth-metric-reqs. The births draw a
   * line: what was appended before them is history, what comes after is sent live.
   */
  async #birth(session: Session): Promise<void> {
    this.#isBirthWanted = false;
    this.#isBorn = true;
    this.#markers = [];
    this.#line = this.#log.nextOffset;
    this.#liveOffset = this.#line;
    this.#sentSinceAck = 0;
    this.#bornTime = performance.now();
    this.#bornFirstOffset = this.#log.firstOffset;
    const now = Date.now();
    const births = [...this.#options.models.values()].map((model) => ({
      deviceId: model.id,
      isOnline: model.isOnline,
      metrics: model.birthMetrics(now),
    }));
    session.restartSequence();
    const metrics = [session.bdSeqMetric(now), ...this.#nodeMetrics(now)];
    await session.publish({ type: "NBIRTH", deviceId: null, metrics });
    for (const { deviceId, metrics, isOnline } of births) {
      // A device that is away is born too, so that its records in the log can be replayed.
      await session.publish({ type: "DBIRTH", deviceId, metrics });
      if (!isOnline) await session.publish({ type: "DDEATH", deviceId, metrics: [] });
    }
    this.#logger.info(
      {
        devices: births.length,
        epoch: this.#log.epoch,
        waiting: this.#line - this.#log.firstOffset,
      },
      "sparkplug: born",
    );
  }

  #nodeMetrics(now: number): SparkplugMetric[] {
    const { epoch, offset, ack } = this.#nodeAliases;
    return [
      // Sparkplug 3.0 tck-id-operational-behavior-data-commands-rebirth-name, -datatype, -value, -name-aliases
      metric({
        name: MetricName.rebirth,
        datatype: DataType.Boolean,
        timestamp: now,
        value: false,
      }),
      metric({
        name: MetricName.epoch,
        alias: epoch,
        datatype: DataType.String,
        timestamp: now,
        value: this.#log.epoch,
      }),
      // The oldest offset that can still be sent: what the host lacks below it is lost.
      metric({
        name: MetricName.offset,
        alias: offset,
        datatype: DataType.UInt64,
        timestamp: now,
        value: BigInt(this.#log.firstOffset),
      }),
      metric({ name: MetricName.ack, alias: ack, datatype: DataType.String, timestamp: now }),
    ];
  }

  /** One batch of live records, with the births and deaths among them; false when nothing was due. */
  async #sendLive(session: Session, reader: LogReader): Promise<boolean> {
    const [marker] = this.#markers;
    if (marker !== undefined && marker.offset <= this.#liveOffset) {
      this.#markers.shift();
      await marker.send(session);
      return true;
    }
    const end = Math.min(this.#log.durableEnd, marker?.offset ?? Number.MAX_SAFE_INTEGER);
    if (this.#liveOffset >= end || !this.#mayGoOn()) return false;
    const count = Math.min(liveBatch, end - this.#liveOffset);
    const records = await reader.read(this.#liveOffset, count);
    for (const record of records) {
      if (record.offset >= end) break;
      await this.#send({ session, record, isHistorical: false });
      this.#liveOffset = record.offset + 1;
      this.#sentSinceAck += 1;
    }
    // Nothing readable is left: damaged or dropped, which the log has counted.
    if (records.length === 0 || (records[0]?.offset ?? 0) >= end) this.#liveOffset = end;
    return true;
  }

  /** Backpressure from the host, for hosts that ack at all. */
  #mayGoOn(): boolean {
    if (!this.#hostSpeaksAck) return true;
    if (this.#sentSinceAck < unackedMax && this.#missingRanges < missingRangesMax) return true;
    if (performance.now() - this.#ackTime < probeAfterMs) return false;
    this.#ackTime = performance.now();
    return true;
  }

  async #sendReplay(session: Session, reader: LogReader): Promise<boolean> {
    const range = this.#replay.peek(replayBatch);
    if (range === null) return false;
    const records = await reader.read(range.first, range.last - range.first + 1);
    for (const record of records) {
      if (record.offset > range.last) break;
      await this.#send({ session, record, isHistorical: true });
    }
    // Beyond what was read there may be dropped or damaged records: do not ask for them again.
    const last = records.findLast(({ offset }) => offset <= range.last)?.offset ?? range.last;
    this.#replay.advance(last, performance.now());
    return true;
  }

  async #send(message: {
    session: Session;
    record: LogRecord;
    isHistorical: boolean;
  }): Promise<void> {
    const { session, record, isHistorical } = message;
    const { deviceId, metrics } = decodeRecord(record.body);
    const declared = metrics.map((logged) => {
      const datatype =
        logged.alias === null ? null : this.#options.aliases.datatypeOf(Number(logged.alias));
      return { ...convertMetric(logged, datatype ?? DataType.String), isHistorical };
    });
    const offset = metric({
      alias: this.#nodeAliases.offset,
      datatype: DataType.UInt64,
      timestamp: metrics[0]?.timestamp ?? Date.now(),
      value: BigInt(record.offset),
      isHistorical,
    });
    const type = deviceId === null ? "NDATA" : "DDATA";
    await session.publish({ type, deviceId, metrics: [...declared, offset] });
  }

  /** Sparkplug 3.0 tck-id-operational-behavior-data-commands-ncmd-rebirth-name; hosts may use alias or name. */
  #obey(metrics: readonly SparkplugMetric[]): void {
    for (const { name, alias, value } of metrics) {
      if (name === MetricName.rebirth && value === true) {
        this.#isBirthWanted = this.#isBorn;
        this.#logger.info("sparkplug: the host asks for a rebirth");
        this.#wake.now();
      } else if (name === MetricName.ack || (name === null && alias === this.#nodeAliases.ack)) {
        this.#hearAck(value);
      }
    }
  }

  #hearAck(value: unknown): void {
    const ack = parseAck(value);
    if (ack === null) {
      this.#logger.warn("ack: unreadable, ignored");
      return;
    }
    const isOurs = ack.host === this.#options.config.primaryHost && ack.epoch === this.#log.epoch;
    if (!isOurs || !this.#isBorn) return;
    const contiguous = Number(ack.contiguous);
    const missing = ack.missing.map(([first, last]) => ({
      first: Number(first),
      last: Number(last),
    }));
    const highest = missing.at(-1)?.last ?? contiguous;
    if (Math.max(contiguous, highest) >= this.#log.nextOffset) {
      this.#isEpochLost = true;
      this.#wake.now();
      return;
    }
    const now = performance.now();
    this.#hostSpeaksAck = true;
    this.#ackTime = now;
    this.#sentSinceAck = 0;
    this.#missingRanges = missing.length;
    const view = { contiguous, missing };
    this.#replay.onAck(view, { line: this.#line, sentEnd: this.#liveOffset, now });
    void this.#log.trim(contiguous);
    this.#wake.now();
  }

  /** The host has offsets that this log never gave away: the disk lost what it had promised to keep. */
  async #renewEpoch(): Promise<void> {
    this.#isEpochLost = false;
    await this.#log.renewEpoch("the host knows more of this epoch than the log does");
    this.#replay = new ReplayPlan();
    this.#isBirthWanted = true;
  }

  /** Records were dropped that the host never had: a birth tells it where the log begins now. */
  #isDropUntold(): boolean {
    const first = this.#log.firstOffset;
    const isDropped = first > this.#bornFirstOffset && first > this.#log.ackedOffset + 1;
    return isDropped && performance.now() - this.#bornTime >= dropBirthMs;
  }
}

function parseAck(value: unknown): Ack | null {
  try {
    return typeof value === "string" ? ackSchema.parse(JSON.parse(value)) : null;
  } catch {
    return null;
  }
}
