/**
 * Collects keys and hands them on at once, then at most every `intervalMs`: the first change is shown
 * without delay, a storm of them costs no more than four reads a second. One hand-over runs at a time.
 */
export class Pace {
  readonly #handOver: (keys: ReadonlySet<string>) => Promise<void>;
  readonly #intervalMs: number;
  #due = new Set<string>();
  #isBusy = false;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(handOver: (keys: ReadonlySet<string>) => Promise<void>, intervalMs = 250) {
    this.#handOver = handOver;
    this.#intervalMs = intervalMs;
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) this.#due.add(key);
    if (!this.#isBusy && this.#due.size > 0) this.#run();
  }

  #run(): void {
    if (this.#isClosed) return;
    const keys = this.#due;
    this.#due = new Set();
    this.#isBusy = true;
    const started = performance.now();
    // The hand-over reports its own failures; the next notice reads anew.
    void this.#handOver(keys).finally(() => {
      const restMs = Math.max(0, this.#intervalMs - (performance.now() - started));
      this.#timer = setTimeout(() => {
        this.#isBusy = false;
        if (this.#due.size > 0) this.#run();
      }, restMs);
    });
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
