import type { LoggedEvent } from "@millwright/contracts/events";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Home } from "../db/databases.ts";
import type { Lease } from "../db/lease.ts";
import { invariant } from "../errors.ts";
import { raiseAlert } from "../notifications/raise-alert.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import { inTraceOfEvents } from "../observe/trace.ts";
import { Cursor } from "./cursor.ts";
import { drainStream } from "./drain-parked.ts";
import { isOfTheWorld, reasonOf, SubscriberStalled } from "./failure.ts";
import { type LogReader, logReaderOf, type Page } from "./log-reader.ts";
import { readEvents } from "./log.ts";
import { countParked, park, readParkedHeads } from "./parked-events.ts";
import type { Subscription } from "./subscription.ts";
import { WakeUp } from "./wake-up.ts";

type Deps = Home & { log: Log; metrics: Metrics };

/** How old what is known of the cursor and of the log may be, in milliseconds. */
type Within = { stateMs: number; logMs: number };

/** Runs a subscription in a database; for `Databases.everywhere`. */
export function runs(
  subscription: Subscription,
  { log, metrics }: { log: Log; metrics: Metrics },
): (home: Home) => AsyncDisposable {
  return (home) => {
    const runner = new SubscriptionRunner(subscription, { ...home, log, metrics });
    runner.start();
    return runner;
  };
}

/**
 * Runs one subscription in one database until disposed: takes its lease (waiting while another
 * process has it), then digests the log batch by batch.
 *
 * The order of a stream is never broken: an event that cannot be digested is parked with its reason,
 * and the later events of its stream are parked behind it; other streams go on. A parked event is tried
 * again by itself, later each time, or when a person asks; those behind it follow in order.
 * When one event after the other fails, the subscriber is broken and not the events: then the cursor
 * stands still, nothing more is parked, and it tries again until it works.
 */
export class SubscriptionRunner {
  readonly #subscription: Subscription;
  readonly #deps: Deps;
  readonly #wakeUp: WakeUp;
  readonly #stop = new AbortController();
  readonly #types: ReadonlySet<string>;
  readonly #cursor: Cursor;
  readonly #log: LogReader;
  #running: Promise<void> | null = null;
  /** Streams with parked events; null: not known, read it first. */
  #blocked: Set<string> | null = null;
  #parkedCount = 0;
  #parkedReadMs = Number.NEGATIVE_INFINITY;
  /** Events parked one after the other without one that was digested in between. */
  #failuresInRow = 0;
  #stalls = 0;
  #isDeclared = false;
  /** When the last batch that was not full was digested. */
  #gatherFromMs = Number.NEGATIVE_INFINITY;

  constructor(subscription: Subscription, deps: Deps) {
    this.#subscription = subscription;
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.listener);
    this.#types = new Set(subscription.keys.map((key) => key.slice(0, key.lastIndexOf("@"))));
    this.#cursor = new Cursor(subscription, deps.db);
    this.#log = logReaderOf(deps);
  }

  start(): void {
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await using lease = await this.#deps.leases.take(this.#subscription.name);
        if (lease !== null) await this.#follow(lease);
      } catch (error) {
        // Whatever went wrong in the world: keep trying, the cursor has not moved.
        this.#deps.log.warn(
          { err: error, subscription: this.#subscription.name },
          "waiting to go on",
        );
      }
      if (!this.#stop.signal.aborted) await this.#wakeUp.wait(retryMs);
    }
  }

  async #follow(lease: Lease): Promise<void> {
    while (!this.#stop.signal.aborted && !lease.isLost()) {
      try {
        const isMore = await this.#catchUp({ stateMs: pollMs, logMs: gatherMs });
        if (!isMore) await this.#wakeUp.wait(pollMs);
        await this.#gather();
      } catch (error) {
        if (!(error instanceof SubscriberStalled)) throw error;
        await this.#noteStall(error);
        await this.#pause(Math.min(stallMs * 2 ** this.#stalls, stallMsMax));
        this.#stalls += 1;
      }
    }
  }

  /**
   * Under load every commit rings; what comes within a few milliseconds after a batch shares the next
   * one, which costs the same as a batch of one. After a pause of the log, or a full batch, nobody waits.
   */
  async #gather(): Promise<void> {
    const dueInMs = this.#gatherFromMs + gatherMs - performance.now();
    if (dueInMs > 0) await this.#pause(dueInMs);
  }

  /** Digests one batch of what is in the log now. True when there may be more at once. */
  async catchUp(): Promise<boolean> {
    return this.#catchUp({ stateMs: 0, logMs: 0 });
  }

  async #catchUp(within: Within): Promise<boolean> {
    try {
      return await this.#digestNext(within);
    } catch (error) {
      // Another process may have digested, parked or drained meanwhile.
      this.#cursor.forget();
      this.#blocked = null;
      throw error;
    }
  }

  async #digestNext({ stateMs, logMs }: Within): Promise<boolean> {
    await this.#declare();
    const state = await this.#cursor.state(stateMs);
    if (state.isReplayAsked && (await this.#startReplay(state.position))) return true;
    await this.#drainDue();
    const { replayUntil } = state;
    const { events: read, until, isMore } = await this.#readAfter(state.position, logMs);
    // A batch is replayed or new, never both: only the new one may emit.
    const isReplay = replayUntil !== null;
    const events = isReplay ? read.filter((e) => BigInt(e.position) <= replayUntil) : read;
    let at = state.position;
    for (const batch of byTenant(events)) at = await this.#digest(at, batch, isReplay);
    if (events.length > 0) {
      if (events.length < batchMax) this.#gatherFromMs = performance.now();
      return isReplay || isMore;
    }
    // Nothing for us in a long stretch: step over it, so that the next read does not scan it again.
    const end = replayUntil ?? until;
    if (isReplay || end - state.position > stretchMax) {
      await this.#deps.db.inInstallation((tx) => this.#cursor.move(tx, state.position, end));
      this.#cursor.hasMoved(end);
    }
    return isReplay || isMore;
  }

  async #declare(): Promise<void> {
    if (this.#isDeclared) return;
    const isStalled = await this.#cursor.declare([...this.#types]);
    // It was broken when its process ended: it has to prove itself before anything is parked again.
    if (isStalled) this.#failuresInRow = failuresInRowMax;
    this.#isDeclared = true;
  }

  async #readAfter(after: bigint, withinMs: number): Promise<Page> {
    const { askedTypes } = this.#subscription;
    const limit = batchMax;
    if (askedTypes === undefined) {
      return this.#log.read({ after, limit, types: this.#types, withinMs });
    }
    const { events, last } = await readEvents(this.#deps.db, { after, limit, types: askedTypes });
    return { events, until: last, isMore: events.length === limit };
  }

  async #startReplay(position: bigint): Promise<boolean> {
    const isStarted = await this.#cursor.startReplay(position);
    this.#blocked = null;
    this.#deps.log.info({ subscription: this.#subscription.name }, "replaying");
    return isStarted;
  }

  /** Goes on with parked streams whose time has come or about which a person has decided. */
  async #drainDue(): Promise<void> {
    const { db } = this.#deps;
    const { name } = this.#subscription;
    const isKnown = this.#blocked !== null;
    if (isKnown && this.#blocked?.size === 0) return;
    if (isKnown && performance.now() - this.#parkedReadMs < pollMs) return;
    const heads = await readParkedHeads(db, name);
    this.#blocked = new Set(heads.map(keyOfStream));
    this.#parkedReadMs = performance.now();
    const { signal } = this.#stop;
    for (const head of heads.filter(({ isDue }) => isDue)) {
      const isDrained = await drainStream(db, this.#subscription, head, { batchMax, signal });
      if (isDrained) this.#blocked.delete(keyOfStream(head));
    }
    this.#parkedCount = heads.length === 0 ? 0 : await countParked(db, name);
  }

  /** Applies events of one tenant and returns the new cursor. */
  async #digest(
    cursor: bigint,
    events: readonly LoggedEvent[],
    isReplay: boolean,
  ): Promise<bigint> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#apply(cursor, events, isReplay);
      } catch (error) {
        if (isOfTheWorld(error)) throw error;
        if (events.length > 1) {
          const middle = Math.ceil(events.length / 2);
          const between = await this.#digest(cursor, events.slice(0, middle), isReplay);
          return this.#digest(between, events.slice(middle), isReplay);
        }
        if (attempt === attemptsMax) return this.#park(cursor, events, error);
        await this.#pause(attempt * attemptMs);
      }
    }
  }

  async #apply(cursor: bigint, events: readonly LoggedEvent[], isReplay: boolean): Promise<bigint> {
    const { name, handle } = this.#subscription;
    const { tenantId, last } = bounds(events);
    const waiting = events.filter((event) => this.#blocked?.has(keyOfStream(event)));
    const free = waiting.length === 0 ? events : events.filter((e) => !waiting.includes(e));
    if (waiting.length > 0 && this.#parkedCount >= parkedMax) {
      throw new SubscriberStalled(`${parkedMax} events are parked: retry or skip some first`, {
        at: { tenantId, cursor },
      });
    }
    await inTraceOfEvents(name, events, () =>
      this.#deps.db.inTenant(tenantId, async (tx) => {
        // The cursor first: its row lock keeps a process that lost its lease from doing the same work.
        await this.#cursor.move(tx, cursor, last);
        await park(tx, name, waiting, "waits for an earlier event of its stream");
        if (free.length > 0) await handle(tx, free);
        invariant(!isReplay || tx.emitted === 0, `${name} emits while it is replayed`);
      }),
    );
    this.#cursor.hasMoved(last);
    this.#parkedCount += waiting.length;
    if (free.length > 0) {
      this.#failuresInRow = 0;
      this.#stalls = 0;
    }
    this.#deps.metrics.eventsHandled.inc({ subscription: name }, free.length);
    this.#deps.metrics.subscriptionPosition.set({ subscription: name }, Number(last));
    return last;
  }

  async #park(cursor: bigint, events: readonly LoggedEvent[], error: unknown): Promise<bigint> {
    const { tenantId, last } = bounds(events);
    const { name } = this.#subscription;
    if (this.#failuresInRow >= failuresInRowMax || this.#parkedCount >= parkedMax) {
      throw new SubscriberStalled(reasonOf(error), { cause: error, at: { tenantId, cursor } });
    }
    await this.#deps.db.inTenant(tenantId, async (tx) => {
      await this.#cursor.move(tx, cursor, last);
      await park(tx, name, events, reasonOf(error));
      await raiseAlert(tx, {
        kind: "event_parked",
        key: `event_parked:${name}:${last}`,
        details: { subscription: name, position: last.toString(), reason: reasonOf(error) },
      });
    });
    this.#cursor.hasMoved(last);
    for (const event of events) this.#blocked?.add(keyOfStream(event));
    this.#parkedCount += events.length;
    this.#failuresInRow += 1;
    this.#deps.metrics.eventsParked.inc({ subscription: name });
    this.#deps.log.error(
      { err: error, subscription: name, position: last.toString() },
      "event parked, other streams go on",
    );
    return last;
  }

  async #noteStall(stall: SubscriberStalled): Promise<void> {
    const { name } = this.#subscription;
    await this.#deps.db.query(sql`
      update platform.subscription
         set stalled_reason = ${stall.message.slice(0, reasonMax)},
             stalled_time = coalesce(stalled_time, now())
       where name = ${name}`);
    this.#deps.log.error({ err: stall, subscription: name }, "stalled, nothing is skipped");
    const { tenantId, cursor } = stall.at;
    const position = cursor.toString();
    // To the company at whose event it stands; the others are told by the metric's alert rule.
    await this.#deps.db.inTenant(tenantId, (tx) =>
      raiseAlert(tx, {
        kind: "subscription_stalled",
        key: `subscription_stalled:${name}:${position}`,
        details: { subscription: name, position, reason: stall.message },
      }),
    );
  }

  /** Unlike a wait for events it is not cut short by one. */
  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const stop = () => resolve();
    this.#stop.signal.addEventListener("abort", stop, { once: true });
    await promise;
    clearTimeout(timer);
    this.#stop.signal.removeEventListener("abort", stop);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wakeUp[Symbol.dispose]();
    await this.#running;
  }
}

// A batch shares one commit; more would hold the log's lock and row locks for too long.
const batchMax = 1000;
// A notice may be lost; a person does not notice a second (decision 5).
const pollMs = 1000;
const retryMs = 1000;
// A batch costs its six round trips whatever is in it: a longer pause means fewer of them under load, and
// this one is still far below what a person notices.
const gatherMs = 25;
// One update per so many events of others, and a cursor that does not look behind when it is not.
const stretchMax = 1000n;
// An event that fails three times alone fails for its own sake.
const attemptsMax = 3;
const attemptMs = 100;
// Eight different streams in a row do not go bad by chance: it is the subscriber.
const failuresInRowMax = 8;
const stallMs = 1000;
const stallMsMax = 60_000;
// What a person can still look through, and what a drain reads in one go.
const parkedMax = 10_000;
const reasonMax = 2000;

function keyOfStream({ tenantId, stream }: { tenantId: string; stream: string }): string {
  return `${tenantId} ${stream}`;
}

function bounds(events: readonly LoggedEvent[]) {
  const last = events.at(-1);
  invariant(last !== undefined, "a batch has at least one event");
  return { tenantId: tenantIdSchema.parse(last.tenantId), last: BigInt(last.position) };
}

/** Splits into runs of one tenant each, order kept. */
function byTenant(events: readonly LoggedEvent[]): LoggedEvent[][] {
  const runs: LoggedEvent[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    if (run?.[0]?.tenantId === event.tenantId) run.push(event);
    else runs.push([event]);
  }
  return runs;
}
