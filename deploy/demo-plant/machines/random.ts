/**
 * Uniform numbers in [0, 1) from a 32-bit state (mulberry32). Small on purpose: the state is one
 * number, so a machine's snapshot carries it and the sequence goes on where it stopped.
 */
export type Random = { state: number };

/** Every name gets its own stream, so adding one machine does not change the luck of the others. */
export function randomFrom(seed: number, name: string): Random {
  let hash = seed >>> 0;
  for (const character of name)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return { state: hash >>> 0 };
}

export function uniform(random: Random): number {
  random.state = (random.state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(random.state ^ (random.state >>> 15), random.state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** Standard normal (Box–Muller, one of the pair: the state stays one number). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(random)));
  return radius * Math.cos(2 * Math.PI * uniform(random));
}

/** Time between failures: memoryless, so that a stop is as likely in the first minute as in the last. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - uniform(random));
}

/**
 * Cycle and repair times: never below zero, a long tail to the right. `mean` is the mean of the
 * result, `sigma` the spread of its logarithm (0.1 ≈ ±10 %).
 */
export function lognormal(random: Random, mean: number, sigma: number): number {
  return mean * Math.exp(sigma * normal(random) - (sigma * sigma) / 2);
}
