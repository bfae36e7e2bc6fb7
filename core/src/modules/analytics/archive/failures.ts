/** What went wrong in a night that goes on all the same: told at its end, the first few by name. */
export class Failures {
  readonly #first: string[] = [];
  #count = 0;
  readonly signal: AbortSignal;

  /** @param signal what ends the night as a whole is no failure of one part of it. */
  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** @returns whether the work was done. @throws the reason of the signal */
  async guard(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      this.signal.throwIfAborted();
      await work();
      return true;
    } catch (error) {
      this.signal.throwIfAborted();
      this.#count += 1;
      const message = error instanceof Error ? error.message : String(error);
      if (this.#first.length < toldMax) this.#first.push(`${what}: ${message.slice(0, 500)}`);
      return false;
    }
  }

  throwIfAny(): void {
    if (this.#count === 0) return;
    const rest = this.#count - this.#first.length;
    const more = rest > 0 ? [`and ${rest} more`] : [];
    throw new Error(`${this.#count} failed · ${[...this.#first, ...more].join(" · ")}`);
  }
}

const toldMax = 10;
