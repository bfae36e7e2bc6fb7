/** A small generator that repeats itself from a seed (mulberry32). Good for choosing, not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const soupBytesMax = 200;
/** Values at which lengths and varints turn. */
const edges = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x0a, 0x12];

/** One input in five is random bytes; the others are a good one with a few wounds. */
export function nextInput(random: () => number, corpus: readonly Uint8Array[]): Buffer {
  const below = (n: number) => Math.floor(random() * n);
  const good = corpus[below(corpus.length)] ?? new Uint8Array();
  if (below(5) === 0)
    return Buffer.from(Array.from({ length: below(soupBytesMax) }, () => below(256)));
  let bytes = Buffer.from(good);
  for (let wounds = 1 + below(4); wounds > 0; wounds -= 1) {
    const at = below(bytes.length + 1);
    switch (below(6)) {
      case 0:
        bytes = bytes.subarray(0, at);
        break;
      case 1:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from([below(256)]),
          bytes.subarray(at),
        ]);
        break;
      case 2: {
        const other = corpus[below(corpus.length)] ?? good;
        const from = below(other.length + 1);
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          other.subarray(from, from + 40),
          bytes.subarray(at),
        ]);
        break;
      }
      case 3:
        bytes = Buffer.from(bytes);
        if (at < bytes.length) bytes[at] = edges[below(edges.length)] ?? 0;
        break;
      default:
        bytes = Buffer.from(bytes);
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    }
  }
  return bytes;
}
