import type { TenantId } from "@millwright/contracts/units";

import type { Log } from "../observe/log.ts";
import type { LiveHub, Viewer } from "./live.ts";

/** Tells which of a company's viewers may still look, without that counting as use. */
export type AreOpen = (
  tenantId: TenantId,
  viewers: readonly Viewer[],
) => Promise<(viewer: Viewer) => boolean>;

/**
 * Asks again and again whether who listens to a live stream may still do so, and ends the streams of the
 * others. What somebody does to a session ends its stream at once, by an event; this finds what nobody
 * does: a session that idled out, a key that expired, and what a lost notice left behind. One question
 * per company and turn, none while nobody listens.
 */
export class StreamCheck implements AsyncDisposable {
  readonly #deps: { hub: LiveHub; areOpen: AreOpen; log: Log };
  readonly #everyMs: number;
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    deps: { hub: LiveHub; areOpen: AreOpen; log: Log },
    { everyMs = checkMs }: { everyMs?: number | undefined } = {},
  ) {
    this.#deps = deps;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const turn = Promise.withResolvers<void>();
      const timer = setTimeout(turn.resolve, this.#everyMs);
      await Promise.race([turn.promise, this.#stopped.promise]);
      clearTimeout(timer);
      if (!this.#isStopped) await this.#check();
    }
  }

  async #check(): Promise<void> {
    const { hub, areOpen, log } = this.#deps;
    for (const [tenantId, viewers] of Map.groupBy(hub.viewers(), (viewer) => viewer.tenantId)) {
      try {
        const isOpen = await areOpen(tenantId, viewers);
        // Only those that were asked about: who came meanwhile was just let in.
        const ended = new Set(viewers.filter((viewer) => !isOpen(viewer)));
        if (ended.size > 0) hub.end((viewer) => ended.has(viewer));
      } catch (error) {
        log.warn({ err: error, tenantId }, "live streams could not be checked; the next turn will");
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#stopped.resolve();
    await this.#running;
  }
}

// How long a stream may outlive its session at most; idle ends are counted in days.
const checkMs = 30_000;
