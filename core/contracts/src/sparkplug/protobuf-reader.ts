/** The bytes are no Sparkplug B payload: what is wrong and at which byte. The message is dead-lettered. */
export class MalformedPayload extends Error {
  override readonly name = "MalformedPayload";
}

/** A text may begin with U+FEFF like any other character: without `ignoreBOM` it would be cut off. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads protobuf fields from a buffer; every read is checked against the enclosing message's end. */
export class ProtobufReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length;
  }

  hasMore(): boolean {
    return this.#at < this.#end;
  }

  /** Begins a nested message; returns what `leave` needs. */
  enter(): number {
    const length = this.#length();
    const outerEnd = this.#end;
    this.#end = this.#at + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.#end = outerEnd;
  }

  tag(): number {
    return this.number();
  }

  /** A varint as a number: exact up to 2^53, which times, sequence numbers and lengths never pass. */
  number(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i += 1) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return this.fail("varint longer than 10 bytes");
  }

  /** A varint as an unsigned 64-bit integer. */
  long(): bigint {
    return BigInt(this.integer());
  }

  /** The same as a number where that is exact. */
  integer(): number | bigint {
    const start = this.#at;
    const value = this.number();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.#at = start;
    let exact = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      exact |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return BigInt.asUintN(64, exact);
  }

  float(): number {
    this.#need(4);
    const value = this.#view.getFloat32(this.#at, true);
    this.#at += 4;
    return value;
  }

  double(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  string(): string {
    const bytes = this.bytes();
    try {
      return utf8.decode(bytes);
    } catch {
      return this.fail("text is not UTF-8");
    }
  }

  bytes(): Uint8Array {
    const length = this.#length();
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  skip(tag: number): void {
    if (tag < 8) this.fail("field number 0");
    switch (tag & 7) {
      case 0:
        this.number();
        break;
      case 1:
        this.#need(8);
        this.#at += 8;
        break;
      case 2:
        this.bytes();
        break;
      case 5:
        this.#need(4);
        this.#at += 4;
        break;
      default:
        this.fail(`wire type ${tag & 7}`);
    }
  }

  fail(what: string): never {
    throw new MalformedPayload(`${what} at byte ${this.#at} of ${this.#bytes.length}`);
  }

  #length(): number {
    const length = this.number();
    this.#need(length);
    return length;
  }

  #need(count: number): void {
    if (this.#at + count > this.#end) this.fail("the payload breaks off");
  }

  #byte(): number {
    if (this.#at >= this.#end) this.fail("the payload breaks off");
    const byte = this.#bytes[this.#at];
    this.#at += 1;
    return byte ?? 0;
  }
}
