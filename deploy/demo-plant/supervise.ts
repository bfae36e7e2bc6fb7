import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import type { Logger } from "pino";

/** A child that keeps failing is not started for ever: five times, unless it ran well in between. */
const restarts = { max: 5, wellAfterMs: 60_000, firstWaitMs: 500, waitMsMax: 8_000 } as const;
/** A child gets this long to stop, then it is ended by force: two rounds of them fit into 10 s. */
const stopMsMax = 4_500;

/**
 * A child process (a `main.ts` with IPC) that is started again when it ends by itself. When it
 * ends too often `onGivenUp` is called once. It stops on SIGTERM, and by itself when we are gone:
 * the IPC channel closes with us.
 */
export class SupervisedChild implements AsyncDisposable {
  readonly #options: Options;
  #child: ChildProcess | null = null;
  #restartTimer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isStopping = false;

  constructor(options: Options) {
    this.#options = options;
    this.#start();
  }

  send(message: object): void {
    if (this.#child?.connected) this.#child.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    const child = this.#child;
    if (!child) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
    await ended;
    clearTimeout(force);
  }

  #start(): void {
    const { name, file, args, execArgv = [], log } = this.#options;
    const startedMs = performance.now();
    const child = fork(file, args, {
      execArgv,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child = child;
    child.on("message", (message) => this.#options.onMessage?.(message));
    child.on("error", (error) => log.error({ err: error, name }, "could not start"));
    child.on("exit", (code, signal) => {
      this.#child = null;
      if (this.#isStopping) return;
      if (performance.now() - startedMs > restarts.wellAfterMs) this.#failures = 0;
      this.#failures += 1;
      log.warn({ name, code, signal, failures: this.#failures }, "ended by itself");
      if (this.#failures > restarts.max) {
        this.#options.onGivenUp();
        return;
      }
      const wait = Math.min(restarts.firstWaitMs * 2 ** (this.#failures - 1), restarts.waitMsMax);
      this.#restartTimer = setTimeout(() => this.#start(), wait);
    });
  }
}

type Options = {
  name: string;
  file: string;
  args: string[];
  /** Options of Node itself. */
  execArgv?: string[];
  log: Logger;
  onMessage?: (message: unknown) => void;
  onGivenUp: () => void;
};
