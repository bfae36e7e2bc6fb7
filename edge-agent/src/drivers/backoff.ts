const firstDelayMs = 250;
/** A machine that was switched on is seen within this time, and a dead one costs next to nothing. */
const delayMsMax = 15_000;

/**
 * Waits between attempts to reconnect: doubling from 250 ms up to 15 s, with a quarter of jitter so
 * that the devices of a plant do not all knock at once after a power cut.
 */
export class Backoff {
  #delayMs = firstDelayMs;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The next wait in milliseconds. */
  next(): number {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(delayMs * 2, delayMsMax);
    return Math.round(delayMs * (0.75 + this.#random() * 0.25));
  }

  /** The last attempt worked: begin again with the shortest wait. */
  reset(): void {
    this.#delayMs = firstDelayMs;
  }
}
