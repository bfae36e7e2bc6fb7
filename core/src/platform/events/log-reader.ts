import type { LoggedEvent } from "@millwright/contracts/events";

import type { Database } from "../db/database.ts";
import type { Home } from "../db/databases.ts";
import { readEvents } from "./log.ts";

/** What a subscription wants of the log. */
export type Asked = {
  after: bigint;
  limit: number;
  types: ReadonlySet<string>;
  /** What was read up to so long ago is new enough, unless a notice came since; 0: read now. */
  withinMs: number;
};

export type Page = {
  events: readonly LoggedEvent[];
  /** Up to here there is nothing else for who asked. */
  until: bigint;
  /** There may be more behind it at once. */
  isMore: boolean;
};

/** The reader that the subscriptions of this process share in a database. */
export function logReaderOf(home: Pick<Home, "db" | "listener">): LogReader {
  const reader = readers.get(home.db) ?? new LogReader(home);
  readers.set(home.db, reader);
  return reader;
}

const readers = new WeakMap<Database, LogReader>();

/**
 * Reads the log of a database for every subscription of this process: what several of them want is
 * fetched and parsed once. Keeps the newest events of all their types; who stands further behind reads
 * for himself. What it gives is shared, so nobody changes it.
 */
export class LogReader {
  readonly #db: Database;
  readonly #types = new Set<string>();
  #window: Window | null = null;
  #reading: Promise<void> | null = null;
  /** Notices heard so far: what is read after the last one has what it told of. */
  #notices = 0;
  /** Rises when the window no longer fits: what is being read then is thrown away. */
  #generation = 0;

  constructor({ db, listener }: Pick<Home, "db" | "listener">) {
    this.#db = db;
    listener.on("event", () => {
      this.#notices += 1;
    });
    // The database that came back may be a standby that lacks the last events it had.
    listener.onReconnect(() => this.#forget());
  }

  async read(asked: Asked): Promise<Page> {
    this.#include(asked.types);
    const isNew = this.#asOfNow(asked.withinMs);
    for (;;) {
      const window = this.#window;
      if (window !== null && asked.after < window.after) return this.#readBehind(asked);
      const isInside = window !== null && asked.after <= window.until;
      const page = isInside ? pageOf(window, asked, isNew(window)) : null;
      if (page !== null && (page.events.length > 0 || !page.isMore)) return page;
      this.#reading ??= this.#advance(isInside ? window.until : asked.after).finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
  }

  /** Whether a window has everything that this process could know of when this is called. */
  #asOfNow(withinMs: number): (window: Window) => boolean {
    const notices = this.#notices;
    const sinceMs = performance.now() - withinMs;
    return ({ isEnd, ...window }) =>
      isEnd && window.notices >= notices && window.startedMs >= sinceMs;
  }

  async #readBehind({ after, limit, types }: Asked): Promise<Page> {
    const { events, last } = await readEvents(this.#db, { after, limit, types: [...types] });
    return { events, until: last, isMore: events.length === limit };
  }

  /** Reads on from the end of the window, or anew where somebody stands beyond it. */
  async #advance(after: bigint): Promise<void> {
    const generation = this.#generation;
    const startedMs = performance.now();
    const notices = this.#notices;
    const { events, last } = await readEvents(this.#db, {
      after,
      limit: pageMax,
      types: [...this.#types],
    });
    if (generation !== this.#generation) return;
    const read = events.map((event) => ({ position: BigInt(event.position), event }));
    const isEnd = events.length < pageMax;
    const end = isEnd ? last : (read.at(-1)?.position ?? last);
    const before = this.#window?.until === after ? this.#window : { after, entries: [] };
    const until = end > after ? end : after;
    this.#window = trimmed({
      ...before,
      entries: [...before.entries, ...read],
      until,
      isEnd,
      startedMs,
      notices,
    });
  }

  #include(types: ReadonlySet<string>): void {
    if (types.isSubsetOf(this.#types)) return;
    for (const type of types) this.#types.add(type);
    this.#forget();
  }

  #forget(): void {
    this.#window = null;
    this.#generation += 1;
  }
}

type Entry = { position: bigint; event: LoggedEvent };
/** Every event of the reader's types after `after`, up to `until`. */
type Window = {
  after: bigint;
  until: bigint;
  entries: readonly Entry[];
  /** The log ended there when it was read. */
  isEnd: boolean;
  /** When its last read began, and how many notices had been heard by then. */
  startedMs: number;
  notices: number;
};

function pageOf(window: Window, { after, limit, types }: Asked, isNew: boolean): Page {
  const wanted = window.entries.filter(
    ({ position, event }) => position > after && types.has(event.type),
  );
  const given = wanted.slice(0, limit);
  const isAll = given.length === wanted.length;
  return {
    events: given.map(({ event }) => event),
    until: isAll ? window.until : (given.at(-1)?.position ?? after),
    isMore: !isAll || !isNew,
  };
}

function trimmed(window: Window): Window {
  const first = window.entries.length - windowMax;
  const dropped = window.entries[first - 1];
  if (dropped === undefined) return window;
  return { ...window, after: dropped.position, entries: window.entries.slice(first) };
}

// One read brings at most what a subscription digests in one batch; two of them are kept for who is
// just behind.
const pageMax = 1000;
const windowMax = 2 * pageMax;
