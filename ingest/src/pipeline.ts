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

/**
 * Gathers what the host hands over and writes it batch by batch. While one batch is being written the
 * next gathers, so batches grow with the load by themselves. `offer` resolves when there is room.
 *
 * Replayed records wait in a lane of their own: while there is live traffic they are written in slices
 * between the live batches, so that a gateway that comes back after a day delays no live value by more
 * than a slice. With nothing live they are written in batches as large as any.
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
  #rowsInFlight = 0;
  #inFlightSinceMs = 0;
  #liveMs = Number.NEGATIVE_INFINITY;
  #isBackfillNext = false;
  readonly #slice = new Slice();
  /** Live came while the newest slice was being written. */
  #isLiveBehindSlice = false;
  #wake = Promise.withResolvers<void>();
  #isStopping = false;
  #isFailing = false;
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
    return this.#rows + this.#rowsInFlight;
  }

  /** Age of the oldest message that is not stored yet; 0 when all are. */
  get lagMs(): number {
    if (this.#rowsInFlight > 0) return performance.now() - this.#inFlightSinceMs;
    return Math.max(this.#live.waitedMs, this.#backfill.waitedMs);
  }

  /** The database does not take what is written, and no more fits into the queue. */
  get isStuck(): boolean {
    const isHanging = this.#rowsInFlight > 0 && this.lagMs > hangingMs;
    return (this.#isFailing || isHanging) && this.#rows >= waitingRowsMax;
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
    if (this.#rows > 0 || this.#writer.hasDueCounter(Date.now())) this.#wake.resolve();
  }

  /** Writes what has arrived and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#wake.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping || this.#rows > 0) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
      if (!this.#isReady()) continue;
      await this.#writeNext();
      if (this.#rows > 0) this.#wake.resolve();
    }
  }

  #isReady(): boolean {
    return this.#isStopping || !this.#live.isEmpty || this.#rows === 0 || this.#isBackfillReady();
  }

  #isBackfillReady(): boolean {
    if (this.#backfill.isEmpty) return false;
    const enough = this.#isLiveRecent ? this.#slice.rows : batchRowsMax / 2;
    return this.#backfill.waitedMs >= replayLingerMs || this.#backfill.rows >= enough;
  }

  get #isLiveRecent(): boolean {
    return performance.now() - this.#liveMs < liveRecentMs;
  }

  async #writeNext(): Promise<void> {
    const startedMs = performance.now();
    const isBackfill = this.#isBackfillDue();
    const lane = isBackfill ? this.#backfill : this.#live;
    this.#isBackfillNext = !isBackfill;
    this.#inFlightSinceMs = startedMs - lane.waitedMs;
    const isSlice = isBackfill && this.#isLiveRecent;
    const { items, rows } = lane.take(isSlice ? this.#slice.rows : batchRowsMax);
    const batch = {
      items,
      deadLetters: this.#deadLetters.splice(0),
      gaps: this.#gaps.splice(0),
    };
    this.#rowsInFlight = rows;
    // MQTT 3.1.1 carries no trace, so a trace of telemetry begins with the batch, at the arrival of its
    // first message.
    const attributes = { "messaging.batch.message_count": items.length, "millwright.rows": rows };
    const startTime = Date.now() - (startedMs - this.#inFlightSinceMs);
    await inSpan("mqtt batch", { attributes, startTime }, () => this.#write(batch));
    this.#rowsInFlight = 0;
    if (!isBackfill) {
      const tookMs = performance.now() - this.#inFlightSinceMs;
      this.#slice.noteLive(tookMs, this.#isLiveBehindSlice);
    }
    this.#isLiveBehindSlice = isBackfill && !this.#live.isEmpty;
    lane.admitBelow(waitingRowsMax);
  }

  /** Live first, then the lanes in turn; a replayed record never before the birth it may depend on. */
  #isBackfillDue(): boolean {
    if (this.#backfill.isEmpty || this.#live.births > 0) return false;
    if (this.#live.isEmpty) return true;
    return this.#isBackfillNext && this.#isBackfillReady();
  }

  async #write(batch: Batch): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const written = await this.#writer.write(batch, Date.now());
        this.#isFailing = false;
        this.#add(written, batch.gaps.length);
        this.#onWritten(written);
        return;
      } catch (error) {
        if (!(error instanceof WatermarkMoved) && !isPassing(error)) {
          await this.#isolate(batch, error);
          return;
        }
        this.#isFailing = true;
        this.totals.retries += 1;
        this.#logger.warn(
          { err: error, attempt, items: batch.items.length },
          "batch: trying again",
        );
        const waitMs = Math.min(retryWaitMax, 50 * 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        // A connection lost during the commit leaves open whether it happened: only the database knows.
        this.#writer.forget();
      }
    }
  }

  /** One message the database refuses must not stop the others: halves the batch until it stands alone. */
  async #isolate(batch: Batch, error: unknown): Promise<void> {
    const [item] = batch.items;
    if (batch.items.length > 1) {
      const middle = Math.floor(batch.items.length / 2);
      await this.#write({ ...batch, items: batch.items.slice(0, middle) });
      await this.#write({ items: batch.items.slice(middle), deadLetters: [], gaps: [] });
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
