/** Quality of a stored reading; the first three are Sparkplug's. */
export const SampleQuality = { bad: 0, good: 192, stale: 500, uncertainTime: 64 } as const;
export type SampleQuality = (typeof SampleQuality)[keyof typeof SampleQuality];

/** PostgreSQL counts microseconds from 2000-01-01 UTC. */
const postgresEpochMs = 946_684_800_000;
const signature = "PGCOPY\n\xff\r\n\0";
const headerBytes = 19;
/** A row without text: field count, metric_id, source_time, value, null text, quality. */
const rowBytes = 2 + 12 + 12 + 12 + 4 + 6;
const trailerBytes = 2;
const utf8 = new TextEncoder();

/**
 * Rows of telemetry.sample in the format of `copy … from stdin (format binary)`: one buffer, no object
 * per row. Columns: metric_id bigint, source_time timestamptz, value float8, text_value text,
 * quality smallint.
 * @source PostgreSQL manual, COPY, Binary Format
 */
export class CopyBuffer {
  rows = 0;
  #bytes: Buffer;
  #view: DataView;
  #length = headerBytes;

  /**
   * @param rows How many are expected; more, and texts, make the buffer grow. What is reserved and not
   * used costs: memory outside the heap makes the collector look at all of the heap, again and again.
   */
  constructor(rows: number) {
    this.#bytes = Buffer.allocUnsafe(headerBytes + rows * rowBytes + trailerBytes);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#bytes.fill(0, 0, headerBytes);
    this.#bytes.write(signature, 0, "latin1");
  }

  /** @param timeMs source time, epoch ms. @param value null: no number. @param text null: no text. */
  add(
    metricId: number,
    timeMs: number,
    value: number | null,
    text: string | null,
    quality: SampleQuality,
  ): void {
    this.#reserve(rowBytes + (text === null ? 0 : text.length * 3));
    const view = this.#view;
    let at = this.#length;
    view.setInt16(at, 5);
    view.setInt32(at + 2, 8);
    at = this.#int64(at + 6, metricId);
    view.setInt32(at, 8);
    at = this.#int64(at + 4, (timeMs - postgresEpochMs) * 1000);
    if (value === null) {
      view.setInt32(at, -1);
      at += 4;
    } else {
      view.setInt32(at, 8);
      view.setFloat64(at + 4, value);
      at += 12;
    }
    if (text === null) {
      view.setInt32(at, -1);
      at += 4;
    } else {
      // Text columns refuse the zero byte.
      const { written } = utf8.encodeInto(text.replaceAll("\0", ""), this.#bytes.subarray(at + 4));
      view.setInt32(at, written);
      at += 4 + written;
    }
    view.setInt32(at, 2);
    view.setInt16(at + 4, quality);
    this.#length = at + 6;
    this.rows += 1;
  }

  /** The whole COPY stream, trailer included. */
  finish(): Buffer {
    this.#reserve(trailerBytes);
    this.#view.setInt16(this.#length, -1);
    return this.#bytes.subarray(0, this.#length + trailerBytes);
  }

  #int64(at: number, value: number): number {
    const high = Math.floor(value / 4_294_967_296);
    this.#view.setInt32(at, high);
    this.#view.setUint32(at + 4, value - high * 4_294_967_296);
    return at + 8;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }
}
