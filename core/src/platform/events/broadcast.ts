import type { EventKey, LoggedEvent } from "@millwright/contracts/events";

import type { Home } from "../db/databases.ts";
import type { Log } from "../observe/log.ts";
import { readEvents } from "./log.ts";
import { WakeUp } from "./wake-up.ts";

/**
 * Tells every process of a database's events from now on: for screens and caches, which can look
 * again when they missed one. No cursor is stored; what was committed before `start` is not delivered.
 */
export class Broadcast {
  readonly #deps: Deps;
  readonly #wakeUp: WakeUp;
  readonly #types: readonly string[];
  readonly #hear: (events: readonly LoggedEvent[]) => void;
  #isStopped = false;
  #running: Promise<void> | null = null;

  constructor(
    keys: readonly EventKey[],
    hear: (events: readonly LoggedEvent[]) => void,
    deps: Deps,
  ) {
    this.#types = keys.map((key) => key.slice(0, key.lastIndexOf("@")));
    this.#hear = hear;
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.listener);
  }

  async start(): Promise<void> {
    const { last } = await readEvents(this.#deps.db, { after: lastPossible, limit: 1, types: [] });
    this.#running = this.#run(last);
  }

  async #run(start: bigint): Promise<void> {
    let position = start;
    while (!this.#isStopped) {
      try {
        position = await this.#catchUp(position);
      } catch (error) {
        this.#deps.log.warn({ err: error }, "the event log is not readable, trying again");
      }
      await this.#wakeUp.wait(pollMs);
    }
  }

  async #catchUp(start: bigint): Promise<bigint> {
    let position = start;
    for (;;) {
      const { events, last } = await readEvents(this.#deps.db, {
        after: position,
        limit: pageMax,
        types: this.#types,
      });
      if (events.length > 0) this.#hear(events);
      const end = BigInt(events.at(-1)?.position ?? "0");
      if (events.length < pageMax) return end > last ? end : max(last, position);
      position = end;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#wakeUp[Symbol.dispose]();
    await this.#running;
  }
}

type Deps = Home & { log: Log };

const pollMs = 1000;
const pageMax = 500;
const lastPossible = 9_223_372_036_854_775_807n;

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
