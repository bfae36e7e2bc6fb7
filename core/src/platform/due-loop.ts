import type { Log } from "./observe/log.ts";

type Options = {
  /** Named in the log. */
  name: string;
  /** Does some of what is due; true when there may be more at once. */
  work: (signal: AbortSignal) => Promise<boolean>;
  everyMs: number;
  log: Log;
};

/**
 * Does what is due until disposed: at once while there is more, else every `everyMs`. A failure is
 * logged and tried again; what is due stands in the database, so nothing is lost by it.
 */
export class DueLoop {
  readonly #options: Options;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { name, work, everyMs, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      let isMore = false;
      try {
        isMore = await work(this.#stop.signal);
      } catch (error) {
        log.warn({ err: error, loop: name }, "waiting to go on");
      }
      if (!isMore) await pause(everyMs, this.#stop.signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

/** Resolves after `ms`, or at once when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
