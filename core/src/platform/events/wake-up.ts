import type { Notices } from "../db/notices.ts";

/**
 * Wakes a reader of the log: at once by NOTIFY, after a reconnect, and every second in any case,
 * because a notice may be lost. A call that comes while nobody waits is remembered.
 */
export class WakeUp {
  readonly #off: (() => void)[];
  #isDue = false;
  #wake: (() => void) | null = null;

  constructor(listener: Notices) {
    const ring = () => this.ring();
    this.#off = [listener.on("event", ring), listener.onReconnect(ring)];
  }

  ring(): void {
    this.#isDue = true;
    this.#wake?.();
  }

  /** Resolves when there may be something to read, at the latest after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isDue) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      this.#wake = resolve;
      await promise;
      clearTimeout(timer);
      this.#wake = null;
    }
    this.#isDue = false;
  }

  [Symbol.dispose](): void {
    for (const off of this.#off) off();
    this.ring();
  }
}
