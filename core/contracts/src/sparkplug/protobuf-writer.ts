const wireVarint = 0;
const wire64 = 1;
const wireBytes = 2;
const wire32 = 5;
const utf8 = new TextEncoder();

/** Appends protobuf fields to one growing buffer. */
export class ProtobufWriter {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Non-negative integers up to 2^53. */
  varintField(field: number, value: number): void {
    this.#reserve(16);
    this.#varint((field << 3) | wireVarint);
    this.#varint(value);
  }

  /** 64-bit integers; a negative one is written as its two's complement. */
  longField(field: number, value: bigint): void {
    this.#reserve(16);
    this.#varint((field << 3) | wireVarint);
    let rest = BigInt.asUintN(64, value);
    if (rest <= 0x1fffffffffffffn) {
      this.#varint(Number(rest));
      return;
    }
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  floatField(field: number, value: number): void {
    this.#reserve(16);
    this.#varint((field << 3) | wire32);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  doubleField(field: number, value: number): void {
    this.#reserve(16);
    this.#varint((field << 3) | wire64);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  stringField(field: number, value: string): void {
    // A UTF-16 unit needs at most three bytes in UTF-8.
    this.#reserve(16 + value.length * 3);
    this.#varint((field << 3) | wireBytes);
    const start = this.#length;
    const { written } = utf8.encodeInto(value, this.#bytes.subarray(start + 1));
    this.#closeBlock(start, written);
  }

  bytesField(field: number, value: Uint8Array): void {
    this.#reserve(16 + value.length);
    this.#varint((field << 3) | wireBytes);
    this.#varint(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A nested message; its length is filled in when `write` is done. */
  message(field: number, write: () => void): void {
    this.#reserve(16);
    this.#varint((field << 3) | wireBytes);
    const start = this.#length;
    this.#length = start + 1;
    write();
    this.#closeBlock(start, this.#length - start - 1);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Writes the length of a block that begins one byte after `start`, moving it where one byte is too few. */
  #closeBlock(start: number, size: number): void {
    const lengthBytes = varintSize(size);
    if (lengthBytes > 1) {
      this.#reserve(lengthBytes + size);
      this.#bytes.copyWithin(start + lengthBytes, start + 1, start + 1 + size);
    }
    this.#length = start;
    this.#varint(size);
    this.#length = start + lengthBytes + size;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
