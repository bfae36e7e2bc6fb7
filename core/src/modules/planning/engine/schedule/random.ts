/** A seeded stream of pseudo-random numbers: the same seed gives the same stream on every machine. */
export interface Random {
  /** A whole number in [0, bound); bound is 1 … 2^31. */
  below(bound: number): number;
  /** A number in [0, 1). */
  unit(): number;
}

/**
 * @source Marsaglia, "Xorshift RNGs", J. Stat. Software 8(14), 2003: xorshift32, (13, 17, 5). Seeds
 * are spread by a multiplication first (Knuth's 2^32/phi), so that 1, 2, 3 give unrelated streams.
 */
export function createRandom(seed: number): Random {
  let state = Math.imul((seed | 0) ^ 0x5bd1e995, 0x9e3779b1) | 0;
  if (state === 0) state = 1; // Zero is xorshift's only fixed point.
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return {
    below: (bound) => Math.floor((next() / 0x1_0000_0000) * bound),
    unit: () => next() / 0x1_0000_0000,
  };
}
