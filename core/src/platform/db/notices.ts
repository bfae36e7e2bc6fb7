import { type Channel, channels, type Listener } from "./listener.ts";

/** Where notices are heard: of one database, or of all. */
export type Notices = Pick<Listener, "on" | "onReconnect">;

/** The notices of several databases as if they were one's. */
export class AllNotices implements Notices {
  readonly #hearers = new Map<Channel, Set<(payload: string) => void>>();
  readonly #reconnected = new Set<() => void>();
  readonly #off = new Map<Listener, (() => void)[]>();

  on(channel: Channel, hearer: (payload: string) => void): () => void {
    const hearers = this.#hearers.get(channel) ?? new Set();
    this.#hearers.set(channel, hearers.add(hearer));
    return () => hearers.delete(hearer);
  }

  onReconnect(hearer: () => void): () => void {
    this.#reconnected.add(hearer);
    return () => this.#reconnected.delete(hearer);
  }

  /** What was missed before counts as a loss: hearers look for themselves. */
  add(listener: Listener): void {
    const forward = (channel: Channel) =>
      listener.on(channel, (payload) => {
        for (const hearer of this.#hearers.get(channel) ?? []) hearer(payload);
      });
    const reconnected = () => {
      for (const hearer of this.#reconnected) hearer();
    };
    this.#off.set(listener, [...channels.map(forward), listener.onReconnect(reconnected)]);
    reconnected();
  }

  remove(listener: Listener): void {
    for (const off of this.#off.get(listener) ?? []) off();
    this.#off.delete(listener);
  }
}
