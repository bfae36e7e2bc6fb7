import { type FileHandle, open, rm } from "node:fs/promises";
import { basename } from "node:path";

import type { Logger } from "pino";

import { syncFolder } from "../atomic-file.ts";
import { type Epoch, newEpoch, saveEpoch } from "./epoch.ts";
import { frameHeaderBytes, frameOf, recordBytesMax, segmentHeader } from "./frame.ts";
import { LogReader } from "./log-reader.ts";
import { recoverLog, type Segment, segmentPath, writeEmptySegment } from "./recover.ts";

/**
 * Records wait this long for company before they are synced together. Half of it is the mean delay
 * it adds; an SD card with 10 ms per sync still spends less than half its time on them.
 */
const commitDelayMs = 20;
/** How long a disk that refuses is left alone before the next try. */
const retryDelayMs = 1000;
/** What may wait in memory for a slow or full disk: half a minute at 1,000 tags/s. Then `append` refuses. */
const pendingBytesMax = 4 * 1024 * 1024;
/** The acknowledged position only saves re-sending after a renewed epoch, so it may lag this far. */
const ackSaveMs = 10_000;
const segmentBytesMax = 8 * 1024 * 1024;
const segmentBytesMin = 256 * 1024;

export type LogOptions = {
  folder: string;
  /** Beyond this the oldest segment is dropped, acked or not. Bytes. */
  diskBytesMax: number;
  log: Logger;
};

/** Numbers since the log was opened. */
export type LogCounters = {
  /** Records refused because the disk takes nothing: never written, never sent. */
  notRecorded: number;
  /** Records dropped unacked because of the disk budget: a gap, and the host's ledger shows it. */
  dropped: number;
  quarantinedSegments: number;
};

/**
 * The append-only log on the gateway's disk. A record gets its offset when it is appended and is
 * handed out for sending only after it has been synced, so what was sent survives a power cut.
 * Within an epoch an offset is never given to two records. Offsets begin at 1 and have no holes.
 *
 * One process may have the folder open.
 */
export class DurableLog {
  readonly counters: LogCounters;
  readonly #folder: string;
  readonly #diskBytesMax: number;
  readonly #segmentBytes: number;
  readonly #log: Logger;
  readonly #segments: Segment[];
  #epoch: Epoch;
  #file: FileHandle;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #nextPosition: number;
  #timer: NodeJS.Timeout | null = null;
  #committing: Promise<void> | null = null;
  #isRefusing = false;
  #isClosed = false;
  #ackSavedTime = Number.NEGATIVE_INFINITY;
  #onDurable: () => void = () => {};

  /** Opens or makes the log. It opens whatever a crash, a full disk or damage has left behind. */
  static async open(options: LogOptions): Promise<DurableLog> {
    const { epoch, segments, quarantinedSegments } = await recoverLog(options.folder, options.log);
    const active = lastOf(segments);
    const file = await open(active.path, "r+");
    return new DurableLog({ ...options, epoch, segments, file, quarantinedSegments });
  }

  private constructor(
    options: LogOptions & {
      epoch: Epoch;
      segments: Segment[];
      file: FileHandle;
      quarantinedSegments: number;
    },
  ) {
    this.#folder = options.folder;
    this.#diskBytesMax = options.diskBytesMax;
    // Small budgets get small segments, so that dropping one never drops most of the log.
    const eighth = Math.floor(options.diskBytesMax / 8);
    this.#segmentBytes = Math.min(segmentBytesMax, Math.max(segmentBytesMin, eighth));
    this.#log = options.log;
    this.#epoch = options.epoch;
    this.#segments = options.segments;
    this.#file = options.file;
    this.#nextPosition = endOf(lastOf(options.segments));
    this.counters = {
      notRecorded: 0,
      dropped: 0,
      quarantinedSegments: options.quarantinedSegments,
    };
  }

  get epoch(): string {
    return this.#epoch.epoch;
  }

  /** The oldest offset that can still be read, or `nextOffset` when there is none. */
  get firstOffset(): number {
    const first = this.#segments[0]?.base ?? this.#nextPosition;
    return Math.max(1, first - this.#epoch.shift);
  }

  /** The offset that the next record will get. */
  get nextOffset(): number {
    return this.#nextPosition - this.#epoch.shift;
  }

  /** Everything below this offset is synced and may be sent. */
  get durableEnd(): number {
    return endOf(lastOf(this.#segments)) - this.#epoch.shift;
  }

  /** Everything up to this offset is stored by the host, as far as this log knows. */
  get ackedOffset(): number {
    return this.#epoch.ackedPosition - this.#epoch.shift;
  }

  get diskBytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** `listener` is called after more records became durable. One listener. */
  set onDurable(listener: () => void) {
    this.#onDurable = listener;
  }

  /**
   * Takes one record (1 byte to 1 MiB) and returns its offset; it is synced within about 20 ms.
   * Null: the disk takes nothing and the waiting room is full; the record is counted as not recorded
   * and must not be sent.
   */
  append(body: Uint8Array): number | null {
    if (body.length === 0 || body.length > recordBytesMax) {
      throw new RangeError(`a record has 1 to ${recordBytesMax} bytes, not ${body.length}`);
    }
    const bytes = frameHeaderBytes + body.length;
    if (this.#isClosed || this.#pendingBytes + bytes > pendingBytesMax) {
      this.counters.notRecorded += 1;
      return null;
    }
    this.#pending.push(frameOf(body));
    this.#pendingBytes += bytes;
    const offset = this.nextOffset;
    this.#nextPosition += 1;
    this.#commitAfter(commitDelayMs);
    return offset;
  }

  /** Syncs what has been appended so far. @throws when the disk refuses; the records stay waiting. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0) {
      await this.#commitOnce();
      if (this.#isRefusing) throw new Error(`the disk of ${this.#folder} refuses writes`);
    }
  }

  /** A reader with its own place in the log; close it after use. */
  reader(): LogReader {
    return new LogReader({
      segments: this.#segments,
      shift: () => this.#epoch.shift,
      log: this.#log,
    });
  }

  /**
   * The host has stored everything up to `offset`: whole segments below it are deleted.
   * An offset that was never given away is ignored and answered with false. Idempotent.
   */
  async trim(offset: number): Promise<boolean> {
    if (offset >= this.durableEnd) return false;
    const position = offset + this.#epoch.shift;
    if (position <= this.#epoch.ackedPosition) return true;
    this.#epoch = { ...this.#epoch, ackedPosition: position };
    const isDue = performance.now() - this.#ackSavedTime >= ackSaveMs;
    if (isDue) await this.#saveAck();
    while (this.#segments.length > 1 && endOf(firstOf(this.#segments)) <= position + 1) {
      await this.#dropFirst();
    }
    return true;
  }

  /**
   * Begins a new epoch while the log is open: the host knows offsets that this log never gave away,
   * so the disk has lost its end although it had promised to keep it. All unacked records are
   * numbered anew, from 1; offsets held by callers are void.
   */
  async renewEpoch(reason: string): Promise<void> {
    await this.flush();
    const { place, ackedPosition } = this.#epoch;
    const epoch = newEpoch({ place, shift: ackedPosition, ackedPosition });
    this.#log.error(
      { reason, epoch: epoch.epoch, previous: this.epoch },
      "log: a new epoch begins",
    );
    await saveEpoch(this.#folder, epoch);
    this.#epoch = epoch;
  }

  /** Flushes if the disk allows and closes. Nothing may be appended afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    await this.flush().catch((error: unknown) => {
      this.#log.error(
        { error, records: this.#pending.length },
        "log: closed with records not written",
      );
    });
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#committing;
    await this.#saveAck();
    await this.#file.close();
  }

  #commitAfter(delayMs: number): void {
    if (this.#timer !== null || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#commitOnce();
    }, delayMs);
  }

  /** One group commit; callers that come while one is running wait for it. Never rejects. */
  #commitOnce(): Promise<void> {
    this.#committing ??= this.#commit().finally(() => {
      this.#committing = null;
      if (this.#pending.length > 0)
        this.#commitAfter(this.#isRefusing ? retryDelayMs : commitDelayMs);
    });
    return this.#committing;
  }

  async #commit(): Promise<void> {
    const count = this.#pending.length;
    const batch = Buffer.concat(this.#pending);
    try {
      if (lastOf(this.#segments).bytes >= this.#segmentBytes) await this.#rotate();
      const active = lastOf(this.#segments);
      // An explicit position: a write that failed half-way is overwritten by the next attempt.
      await writeAll(this.#file, batch, active.bytes);
      await this.#file.datasync();
      active.bytes += batch.length;
      active.count += count;
    } catch (error) {
      if (!this.#isRefusing) {
        this.#log.error(
          { error },
          "log: the disk refuses writes; values wait, then are not recorded",
        );
      }
      this.#isRefusing = true;
      return;
    }
    this.#pending.splice(0, count);
    this.#pendingBytes -= batch.length;
    if (this.#isRefusing) {
      this.#isRefusing = false;
      this.#log.warn(
        { notRecorded: this.counters.notRecorded },
        "log: the disk takes writes again",
      );
    }
    this.#onDurable();
  }

  async #rotate(): Promise<void> {
    const base = endOf(lastOf(this.#segments));
    const path = segmentPath(this.#folder, base);
    await writeEmptySegment(path);
    await syncFolder(this.#folder);
    const file = await open(path, "r+");
    await this.#file.close();
    this.#file = file;
    this.#segments.push({ path, base, count: 0, bytes: segmentHeader.length });
    while (this.#segments.length > 1 && this.diskBytes > this.#diskBytesMax) {
      await this.#dropFirst();
    }
  }

  async #dropFirst(): Promise<void> {
    const segment = this.#segments.shift();
    if (segment === undefined) return;
    const unacked = endOf(segment) - 1 - Math.max(segment.base - 1, this.#epoch.ackedPosition);
    if (unacked > 0) {
      this.counters.dropped += unacked;
      this.#log.error(
        { segment: basename(segment.path), records: unacked, diskBytesMax: this.#diskBytesMax },
        "log: over its disk budget; the oldest records are dropped before the host had them",
      );
    }
    await rm(segment.path, { force: true });
  }

  async #saveAck(): Promise<void> {
    this.#ackSavedTime = performance.now();
    await saveEpoch(this.#folder, this.#epoch).catch((error: unknown) => {
      // Worth a line, no more: an older acked position only means that more is sent again.
      this.#log.warn({ error }, "log: the acknowledged position could not be saved");
    });
  }
}

/** The position after the last durable record of a segment. */
function endOf(segment: Segment): number {
  return segment.base + segment.count;
}

function firstOf(segments: readonly Segment[]): Segment {
  return segmentAt(segments, 0);
}

function lastOf(segments: readonly Segment[]): Segment {
  return segmentAt(segments, segments.length - 1);
}

function segmentAt(segments: readonly Segment[], index: number): Segment {
  const segment = segments[index];
  if (segment === undefined) throw new Error("bug: a log has at least one segment");
  return segment;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
