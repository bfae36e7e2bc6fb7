/** Lets one loop sleep until something happens; a wake-up that comes before the sleep is not lost. */
export class Wake {
  #isAwake = false;
  #resolve: (() => void) | null = null;

  now(): void {
    this.#isAwake = true;
    this.#resolve?.();
  }

  /** Resolves on the next `now`, or after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isAwake) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resolve = null;
    }
    this.#isAwake = false;
  }
}
