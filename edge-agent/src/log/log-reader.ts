import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";

import type { Logger } from "pino";

import { parseFrame, recordBytesMax, segmentHeader } from "./frame.ts";
import type { Segment } from "./recover.ts";

/** One disk read. Records are small; a larger one is read on its own. */
const chunkBytes = 64 * 1024;

export type LogRecord = { offset: number; body: Buffer };

type Source = {
  /** The log's own list: it grows and shrinks while the reader lives. */
  segments: readonly Segment[];
  shift: () => number;
  log: Logger;
};

/**
 * Reads synced records in order. Going forward costs only the bytes that lie between; going back
 * scans one segment from its start. Memory stays at about one chunk, however long the log is.
 */
export class LogReader {
  readonly #source: Source;
  #file: FileHandle | null = null;
  #base = -1;
  /** Position and byte of the next frame in the open segment. */
  #position = 0;
  #byte = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * Up to `countMax` records of one segment from `offset` on, ascending; call again for more.
   * It begins later than `offset` where the log does (older ones are dropped), and is empty at the end.
   */
  async read(offset: number, countMax: number): Promise<LogRecord[]> {
    const wanted = offset + this.#source.shift();
    const segment = this.#source.segments.find(({ base, count }) => wanted < base + count);
    if (segment === undefined) return [];
    await this.#goTo(segment, wanted);
    const records: LogRecord[] = [];
    const end = segment.base + segment.count;
    while (this.#position < end && records.length < countMax) {
      const before = this.#position;
      await this.#readChunk({ segment, end, wanted, countMax, records });
      if (this.#position === before || records.length > 0) break;
    }
    // Nothing readable was left in this segment: go on behind it.
    const next = end - this.#source.shift();
    return records.length > 0 || next <= offset ? records : this.read(next, countMax);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    this.#base = -1;
  }

  async #goTo(segment: Segment, wanted: number): Promise<void> {
    if (this.#base !== segment.base) {
      await this[Symbol.asyncDispose]();
      this.#file = await open(segment.path, "r");
      this.#base = segment.base;
    } else if (this.#position <= wanted) {
      return;
    }
    this.#position = segment.base;
    this.#byte = segmentHeader.length;
  }

  async #readChunk(want: {
    segment: Segment;
    end: number;
    wanted: number;
    countMax: number;
    records: LogRecord[];
  }): Promise<void> {
    const { segment, end, wanted, countMax, records } = want;
    const bytes = await this.#bytesAt(segment, chunkBytes);
    let at = 0;
    while (this.#position < end && records.length < countMax) {
      let frame = parseFrame(bytes, at);
      if (frame.kind === "cut" && at === 0) {
        frame = parseFrame(await this.#bytesAt(segment, recordBytesMax + chunkBytes), 0);
      }
      if (frame.kind === "cut" && at > 0) break;
      if (frame.kind !== "record") {
        this.#skipDamage(segment, end);
        return;
      }
      if (this.#position >= wanted) {
        records.push({ offset: this.#position - this.#source.shift(), body: frame.body });
      }
      at += frame.bytes;
      this.#position += 1;
    }
    this.#byte += at;
  }

  async #bytesAt(segment: Segment, count: number): Promise<Buffer> {
    const length = Math.min(count, segment.bytes - this.#byte);
    const buffer = Buffer.allocUnsafe(Math.max(0, length));
    if (this.#file === null || length <= 0) return buffer;
    const { bytesRead } = await this.#file.read(buffer, 0, length, this.#byte);
    return buffer.subarray(0, bytesRead);
  }

  /** Damage that appeared after the start-up check. The next start quarantines the segment. */
  #skipDamage(segment: Segment, end: number): void {
    this.#source.log.error(
      { segment: basename(segment.path), records: end - this.#position },
      "log: a segment became unreadable; the rest of it is not sent",
    );
    this.#position = end;
  }
}
