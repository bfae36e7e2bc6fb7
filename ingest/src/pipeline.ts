import { encodePayload, metric, type SparkplugMetric } from "@millwright/contracts/sparkplug";
import type { Logger } from "pino";

import { inSpan } from "./observe/trace.ts";
import { isPassing } from "./store/database.ts";
import type { Tally } from "./derive/batch-plan.ts";
import { Lane } from "./lane.ts";
import { Slice } from "./slice.ts";
import type { DeadLetter, InboundItem } from "./session/messages.ts";
import { noReadings } from "./session/readings.ts";
import type { Batch, BatchWriter, Written } from "./store/batch-writer.ts";
import type { Gap } from "./store/gaps.ts";
import { WatermarkMoved } from "./store/watermarks.ts";

/** Rows that may wait in a lane; beyond it brokers are not read any further. */
const waitingRowsMax = 100_000;
/** Rows of one transaction: TIMESCALE.md, "Loading": beyond 10,000 a batch gains little. */
const batchRowsMax = 20_000;
/** Replays alone are gathered for a while: fewer, larger transactions, fewer events. */
const replayLingerMs = 300;
/** Live came within this time: the backfill is written in slices. */
const liveRecentMs = 1000;
/** Between tries while the database is away; the brokers are not read meanwhile and edge logs keep all. */
const retryWaitMax = 5000;
/** A batch takes milliseconds; one that takes this long hangs. */
const hangingMs = 5000;
/** Dead letters kept at once, and per second after that: examples of a flood, not the flood. */
const deadLettersBurst = 200;
const deadLettersPerSecond = 10;

/** What happened since the start; the detail of telemetry.ingest_status. */
export type Totals = Tally & {
  messages: number;
  events: number;
  deadLetters: number;
  /** Dead letters that were only counted, because too many came at once. */
  deadLettersUnstored: number;
  gaps: number;
  batches: number;
  retries: number;
};

/** A batch that is being written: nobody else writes of its edge nodes meanwhile. */
type Flight = { nodes: ReadonlySet<string>; rows: number; sinceMs: number };

/**
 * Gathers what the host hands over and writes it batch by batch. While one batch is being written the
 * next gathers, so batches grow with the load by themselves. `offer` resolves when there is room.
 *
 * Replayed records wait in a lane of their own, and while there is live traffic they are written in
 * slices. A slice and a live batch are written at the same time, each in its own transaction, of
 * different edge nodes: a gateway that comes back after a day delays no live value of another one, and
 * its own by no more than a slice (decision 0026). With nothing live replays are written in batches as
 * large as any.
 */
export class Pipeline implements AsyncDisposable {
  readonly totals: Totals = {
    messages: 0,
    samples: 0,
    events: 0,
    duplicates: 0,
    refusedFull: 0,
    uncertainTimes: 0,
    notNumbers: 0,
    unmappedStates: 0,
    deadLetters: 0,
    deadLettersUnstored: 0,
    gaps: 0,
    batches: 0,
    retries: 0,
  };
  readonly #writer: BatchWriter;
  readonly #logger: Logger;
  readonly #onWritten: (written: Written) => void;
  readonly #live = new Lane();
  readonly #backfill = new Lane();
  #deadLetters: DeadLetter[] = [];
  #gaps: Gap[] = [];
  #deadLettersLeft = deadLettersBurst;
  #deadLettersCountedMs = performance.now();
  #liveFlight: Flight | null = null;
  #sliceFlight: Flight | null = null;
  #sliceEndedMs = Number.NEGATIVE_INFINITY;
  #liveMs = Number.NEGATIVE_INFINITY;
  /** A live batch ended last: of the edge nodes that both lanes have something of, a slice comes first. */
  #isBackfillFirst = false;
  #isCounterDue = false;
  readonly #slice = new Slice();
  /** Tries under way, one a lane at most. */
  readonly #tries = new Set<Promise<Written>>();
  /** Batches that failed and are tried again. */
  #retrying = 0;
  /** Of them, those that wait until what is known may be forgotten: nothing new begins to rest on it. */
  #forgetting = 0;
  #wake = Promise.withResolvers<void>();
  #isStopping = false;
  #failure: { error: unknown } | null = null;
  readonly #running: Promise<void>;

  constructor(options: {
    writer: BatchWriter;
    logger: Logger;
    onWritten: (written: Written) => void;
    /** Called once when a batch cannot be written for a reason that will not pass: a bug of ours. */
    onFailure: (error: unknown) => void;
  }) {
    this.#writer = options.writer;
    this.#logger = options.logger;
    this.#onWritten = options.onWritten;
    this.#running = this.#run().catch(options.onFailure);
  }

  /** Rows waiting or being written. */
  get queueDepth(): number {
    return this.#rows + (this.#liveFlight?.rows ?? 0) + (this.#sliceFlight?.rows ?? 0);
  }

  /** Age of the oldest message that is not stored yet; 0 when all are. */
  get lagMs(): number {
    return Math.max(this.#flightMs, this.#live.waitedMs, this.#backfill.waitedMs);
  }

  /** Age of the oldest message that is being written. */
  get #flightMs(): number {
    const sinceMs = [this.#liveFlight, this.#sliceFlight].flatMap((flight) =>
      flight !== null && flight.rows > 0 ? [flight.sinceMs] : [],
    );
    return sinceMs.length === 0 ? 0 : performance.now() - Math.min(...sinceMs);
  }

  /** The database does not take what is written, and no more fits into the queue. */
  get isStuck(): boolean {
    return (this.#retrying > 0 || this.#flightMs > hangingMs) && this.#rows >= waitingRowsMax;
  }

  get #rows(): number {
    return this.#live.rows + this.#backfill.rows;
  }

  /** Takes items; undefined when there is room for more at once, else resolves when there is. */
  offer(items: readonly InboundItem[]): Promise<void> | undefined {
    let lane = this.#live;
    for (const item of items) {
      lane = this.#laneOf(item);
      lane.push(item);
    }
    this.totals.messages += items.length;
    this.#wake.resolve();
    return lane.room(waitingRowsMax);
  }

  #laneOf(item: InboundItem): Lane {
    if (item.kind === "data" && item.isHistorical) return this.#backfill;
    this.#liveMs = performance.now();
    // A birth tells where the log begins and ends older logs: what came before it is written before it,
    // or the gap ledger would call lost what we hold.
    if (item.kind === "node_birth") {
      for (const earlier of this.#backfill.takeOf(item.node)) this.#live.push(earlier);
      this.#backfill.admitBelow(waitingRowsMax);
    }
    return this.#live;
  }

  /** False when it is only counted, because too many came at once. */
  complain(letter: DeadLetter): boolean {
    this.totals.deadLetters += 1;
    const now = performance.now();
    const earned = ((now - this.#deadLettersCountedMs) / 1000) * deadLettersPerSecond;
    this.#deadLettersLeft = Math.min(deadLettersBurst, this.#deadLettersLeft + earned);
    this.#deadLettersCountedMs = now;
    if (this.#deadLettersLeft < 1) {
      this.totals.deadLettersUnstored += 1;
      return false;
    }
    this.#deadLettersLeft -= 1;
    this.#deadLetters.push(letter);
    this.#wake.resolve();
    return true;
  }

  recordGap(gap: Gap): void {
    this.#gaps.push(gap);
    this.#wake.resolve();
  }

  /** Looks whether something is due without new messages; call it a few times a second. */
  tick(): void {
    this.#isCounterDue = this.#writer.hasDueCounter(Date.now());
    if (this.#rows > 0 || this.#isCounterDue) this.#wake.resolve();
  }

  /** Writes what has arrived and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#wake.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping || this.#rows > 0 || this.#isWriting) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#forgetting > 0) continue;
      if (this.#isBackfillFirst) this.#beginSlice();
      this.#beginLive();
      this.#beginSlice();
    }
  }

  get #isWriting(): boolean {
    return this.#liveFlight !== null || this.#sliceFlight !== null;
  }

  #beginLive(): void {
    const hasMore = this.#deadLetters.length > 0 || this.#gaps.length > 0 || this.#isCounterDue;
    if (this.#liveFlight !== null || (this.#live.isEmpty && !hasMore)) return;
    const busy = this.#sliceFlight?.nodes;
    const { items, rows, sinceMs } = this.#live.take(
      batchRowsMax,
      ({ key }) => busy?.has(key) !== true,
    );
    if (items.length === 0 && !hasMore) return;
    const nodes = nodesOf(items);
    for (const key of this.#writer.nodesToTell(Date.now())) {
      if (busy?.has(key) !== true) nodes.add(key);
    }
    this.#isCounterDue = false;
    const flight = { nodes, rows, sinceMs };
    this.#liveFlight = flight;
    const batch = {
      items,
      nodes,
      deadLetters: this.#deadLetters.splice(0),
      gaps: this.#gaps.splice(0),
    };
    this.#fly(batch, flight, () => {
      this.#liveFlight = null;
      this.#isBackfillFirst = true;
      this.#live.admitBelow(waitingRowsMax);
      const isBesideSlice = this.#sliceFlight !== null || this.#sliceEndedMs >= sinceMs;
      if (rows > 0) this.#slice.noteLive(performance.now() - sinceMs, isBesideSlice);
    });
  }

  /** A replayed record is never written before the birth it may depend on. */
  #beginSlice(): void {
    if (this.#sliceFlight !== null || this.#live.births > 0 || !this.#isBackfillReady()) return;
    const busy = this.#liveFlight?.nodes;
    // Whose live values wait for the batch that is being written: they come first.
    const owed = this.#liveFlight === null ? null : this.#live.nodes();
    const { items, rows, sinceMs } = this.#backfill.take(
      this.#isLiveRecent ? this.#slice.rows : batchRowsMax,
      (node) => busy?.has(node.key) !== true && owed?.has(node) !== true,
    );
    if (items.length === 0) return;
    const flight = { nodes: nodesOf(items), rows, sinceMs };
    this.#sliceFlight = flight;
    this.#fly({ items, nodes: flight.nodes, deadLetters: [], gaps: [] }, flight, () => {
      this.#sliceFlight = null;
      this.#sliceEndedMs = performance.now();
      this.#isBackfillFirst = false;
      this.#backfill.admitBelow(waitingRowsMax);
    });
  }

  #isBackfillReady(): boolean {
    if (this.#backfill.isEmpty || this.#isStopping) return !this.#backfill.isEmpty;
    const enough = this.#isLiveRecent ? this.#slice.rows : batchRowsMax / 2;
    return this.#backfill.waitedMs >= replayLingerMs || this.#backfill.rows >= enough;
  }

  get #isLiveRecent(): boolean {
    return performance.now() - this.#liveMs < liveRecentMs;
  }

  #fly(batch: Batch, { rows, sinceMs }: Flight, onLanded: () => void): void {
    // MQTT 3.1.1 carries no trace, so a trace of telemetry begins with the batch, at the arrival of its
    // first message.
    const attributes = {
      "messaging.batch.message_count": batch.items.length,
      "millwright.rows": rows,
    };
    const startTime = Date.now() - (performance.now() - sinceMs);
    inSpan("mqtt batch", { attributes, startTime }, () => this.#write(batch))
      .then(onLanded)
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => this.#wake.resolve());
  }

  async #write(batch: Batch): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const written = await this.#try(batch);
        if (attempt > 0) this.#retrying -= 1;
        this.#add(written, batch.gaps.length);
        this.#onWritten(written);
        return;
      } catch (error) {
        if (!(error instanceof WatermarkMoved) && !isPassing(error)) {
          if (attempt > 0) this.#retrying -= 1;
          await this.#isolate(batch, error);
          return;
        }
        if (attempt === 0) this.#retrying += 1;
        this.totals.retries += 1;
        this.#logger.warn(
          { err: error, attempt, items: batch.items.length },
          "batch: trying again",
        );
        const waitMs = Math.min(retryWaitMax, 50 * 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        await this.#forget();
      }
    }
  }

  async #try(batch: Batch): Promise<Written> {
    const trying = this.#writer.write(batch, Date.now());
    this.#tries.add(trying);
    try {
      return await trying;
    } finally {
      this.#tries.delete(trying);
    }
  }

  /**
   * A connection lost during the commit leaves open whether it happened: only the database knows. What
   * the other lane is writing rests on what is known now, so it comes to its end first.
   */
  async #forget(): Promise<void> {
    this.#forgetting += 1;
    while (this.#tries.size > 0) await Promise.allSettled(this.#tries);
    this.#writer.forget();
    this.#forgetting -= 1;
    this.#wake.resolve();
  }

  /** One message the database refuses must not stop the others: halves the batch until it stands alone. */
  async #isolate(batch: Batch, error: unknown): Promise<void> {
    const [item] = batch.items;
    if (batch.items.length > 1) {
      const middle = Math.floor(batch.items.length / 2);
      await this.#write({ ...batch, items: batch.items.slice(0, middle) });
      const items = batch.items.slice(middle);
      await this.#write({ ...batch, items, deadLetters: [], gaps: [] });
      return;
    }
    if (item === undefined || (item.kind === "data" && item.readings.count === 0)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    this.#logger.error({ err: error, node: item.node.key, kind: item.kind }, "message: refused");
    this.totals.deadLetters += 1;
    const metrics = metricsOf(item);
    const letter = {
      tenantId: item.node.registered.tenantId,
      topic: `${item.node.key} ${item.kind}`,
      reason: `the database refuses it: ${reason}`,
      payload: encodePayload({ timestamp: item.receivedMs, metrics, seq: null }),
      receivedMs: item.receivedMs,
    };
    // Without its readings a record still moves the watermark, or it would come again for ever.
    const items = item.kind === "data" ? [{ ...item, readings: noReadings }] : [];
    await this.#write({ ...batch, items, deadLetters: [...batch.deadLetters, letter] });
  }

  #add({ tally, events }: Written, gaps: number): void {
    const { totals } = this;
    totals.samples += tally.samples;
    totals.duplicates += tally.duplicates;
    totals.refusedFull += tally.refusedFull;
    totals.uncertainTimes += tally.uncertainTimes;
    totals.notNumbers += tally.notNumbers;
    totals.unmappedStates += tally.unmappedStates;
    totals.events += events;
    totals.gaps += gaps;
    totals.batches += 1;
  }
}

function nodesOf(items: readonly InboundItem[]): Set<string> {
  return new Set(items.map(({ node }) => node.key));
}

/** What a message said, as it can be read again. */
function metricsOf(item: InboundItem): SparkplugMetric[] {
  if (item.kind !== "data") return "metrics" in item ? item.metrics : [];
  const { node, readings } = item;
  return Array.from({ length: readings.count }, (_, at) => {
    const { name = null, datatype = null } = node.seriesAt(readings.series(at)) ?? {};
    const [timestamp, value] = [readings.time(at), readings.value(at)];
    return metric({ name, datatype, timestamp, value, quality: readings.quality(at) });
  });
}
