import pg from "pg";

import type { Log } from "../observe/log.ts";

export const channels = ["event", "telemetry", "tile"] as const;
export type Channel = (typeof channels)[number];

/**
 * Hears NOTIFY on a connection of its own and reconnects for ever. While it is away notices are lost,
 * so everybody who relies on them gives `onReconnect` and looks for himself then.
 */
export class Listener {
  readonly #url: string;
  readonly #log: Log;
  readonly #hearers = new Map<Channel, Set<(payload: string) => void>>();
  readonly #reconnected = new Set<() => void>();
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
  }

  /** Calls `hearer` for each notice. Add hearers before `start`. Returns the way to stop hearing. */
  on(channel: Channel, hearer: (payload: string) => void): () => void {
    const hearers = this.#hearers.get(channel) ?? new Set();
    this.#hearers.set(channel, hearers.add(hearer));
    return () => hearers.delete(hearer);
  }

  /** Calls back each time the connection came back after a loss. */
  onReconnect(hearer: () => void): () => void {
    this.#reconnected.add(hearer);
    return () => this.#reconnected.delete(hearer);
  }

  async start(): Promise<void> {
    await this.#connect(true);
  }

  async #connect(isFirst: boolean): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, keepAlive: true });
    client.on("notification", ({ channel, payload }) => this.#hear(channel, payload ?? ""));
    client.on("error", (error) => this.#lost(client, error));
    client.on("end", () => this.#lost(client, new Error("connection ended")));
    try {
      await client.connect();
      await client.query("listen event; listen telemetry; listen tile");
      this.#client = client;
      if (!isFirst) for (const hearer of this.#reconnected) hearer();
    } catch (error) {
      this.#client = client;
      this.#lost(client, error);
    }
  }

  #hear(channel: string, payload: string): void {
    for (const [known, hearers] of this.#hearers) {
      if (known === channel) for (const hearer of hearers) hearer(payload);
    }
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#isClosed || this.#client !== client) return;
    this.#client = null;
    this.#log.warn({ err: error }, "database notices lost, connecting again");
    client.end().catch(() => undefined);
    this.#retry = setTimeout(() => void this.#connect(false), reconnectMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }
}

// Long enough not to hammer a restarting server; a poll each second covers the time between.
const reconnectMs = 500;
