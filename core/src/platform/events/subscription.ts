import type { EventKey, LoggedEvent } from "@millwright/contracts/events";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Home } from "../db/databases.ts";
import type { Lease } from "../db/lease.ts";
import type { Transaction } from "../db/transaction.ts";
import { Fault } from "../errors.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import { inTraceOfEvents } from "../observe/trace.ts";
import { readEvents } from "./log.ts";
import { WakeUp } from "./wake-up.ts";

/** What a context does about events of the log: on one process of the installation at a time. */
export type Subscription = {
  /** Names the cursor, so it never changes: `<context>.<purpose>`. */
  name: string;
  keys: readonly EventKey[];
  /**
   * Applies events of one tenant, ascending. The cursor moves in the same transaction, so an effect
   * in the database happens exactly once; it must have no other effect.
   */
  handle: (tx: Transaction, events: readonly LoggedEvent[]) => Promise<void>;
};

type Deps = Home & { log: Log; metrics: Metrics };

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
 * process has it), then digests the log batch by batch. A batch that fails is halved until the one
 * event that cannot be digested is alone; that one is parked with its reason, so that the others go on.
 */
export class SubscriptionRunner {
  readonly #subscription: Subscription;
  readonly #deps: Deps;
  readonly #wakeUp: WakeUp;
  readonly #stop = new AbortController();
  readonly #types: readonly string[];
  #running: Promise<void> | null = null;

  constructor(subscription: Subscription, deps: Deps) {
    this.#subscription = subscription;
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.listener);
    this.#types = subscription.keys.map((key) => key.slice(0, key.lastIndexOf("@")));
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
      const isMore = await this.catchUp();
      if (!isMore) await this.#wakeUp.wait(pollMs);
    }
  }

  /** Digests one batch. True when there may be more at once. */
  async catchUp(): Promise<boolean> {
    const cursor = await this.#cursor();
    const { events, last } = await readEvents(this.#deps.db, {
      after: cursor,
      limit: batchMax,
      types: this.#types,
    });
    let at = cursor;
    for (const batch of byTenant(events)) at = await this.#digest(at, batch);
    // Nothing for us in a long stretch: step over it, so that the next read does not scan it again.
    if (events.length === 0 && last - cursor > stretchMax) {
      await this.#deps.db.inInstallation((tx) => this.#move(tx, cursor, last));
    }
    return events.length === batchMax;
  }

  async #cursor(): Promise<bigint> {
    const name = this.#subscription.name;
    const [row] = await this.#deps.db.query(sql<{ position: string }>`
      with new as (
        insert into platform.subscription (name) values (${name})
        on conflict (name) do nothing
        returning position
      )
      select position from new
      union all
      select position from platform.subscription where name = ${name}
      limit 1`);
    return BigInt(row?.position ?? "0");
  }

  /** Applies events of one tenant and returns the new cursor. */
  async #digest(cursor: bigint, events: readonly LoggedEvent[]): Promise<bigint> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#apply(cursor, events);
      } catch (error) {
        if (isOfTheWorld(error)) throw error;
        if (events.length > 1) return this.#halve(cursor, events);
        if (attempt === attemptsMax) return this.#park(cursor, events, error);
        await this.#wakeUp.wait(attempt * attemptMs);
      }
    }
  }

  async #apply(cursor: bigint, events: readonly LoggedEvent[]): Promise<bigint> {
    const { tenantId, last } = bounds(events);
    await inTraceOfEvents(this.#subscription.name, events, () =>
      this.#deps.db.inTenant(tenantId, async (tx) => {
        // The cursor first: its row lock keeps a process that lost its lease from doing the same work.
        await this.#move(tx, cursor, last);
        await this.#subscription.handle(tx, events);
      }),
    );
    this.#deps.metrics.eventsHandled.inc({ subscription: this.#subscription.name }, events.length);
    this.#deps.metrics.subscriptionPosition.set(
      { subscription: this.#subscription.name },
      Number(last),
    );
    return last;
  }

  async #halve(cursor: bigint, events: readonly LoggedEvent[]): Promise<bigint> {
    const middle = Math.ceil(events.length / 2);
    const between = await this.#digest(cursor, events.slice(0, middle));
    return this.#digest(between, events.slice(middle));
  }

  async #park(cursor: bigint, events: readonly LoggedEvent[], error: unknown): Promise<bigint> {
    const { tenantId, last } = bounds(events);
    const { name } = this.#subscription;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await this.#deps.db.inTenant(tenantId, async (tx) => {
      await this.#move(tx, cursor, last);
      await sql`
        insert into platform.parked_event (subscription, position, tenant_id, reason)
        values (${name}, ${last.toString()}, ${tenantId}, ${reason.slice(0, reasonMax)})`.execute(
        tx.over(),
      );
    });
    this.#deps.metrics.eventsParked.inc({ subscription: name });
    this.#deps.log.error(
      { err: error, subscription: name, position: last.toString() },
      "event parked, the others go on",
    );
    return last;
  }

  async #move(tx: Transaction, from: bigint, to: bigint): Promise<void> {
    const { numAffectedRows } = await sql`
      update platform.subscription
         set position = ${to.toString()}, updated_time = now()
       where name = ${this.#subscription.name}
         and position = ${from.toString()}`.execute(tx.over());
    if (numAffectedRows !== 1n) throw new CursorMoved(this.#subscription.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wakeUp[Symbol.dispose]();
    await this.#running;
  }
}

/** Another process digested these events already: nothing is saved, read the cursor again. */
class CursorMoved extends Error {
  override readonly name = "CursorMoved";

  constructor(subscription: string) {
    super(`the cursor of ${subscription} was moved by another process`);
  }
}

// A batch shares one commit; more would hold the log's lock and row locks for too long.
const batchMax = 200;
// A notice may be lost; a person does not notice a second (decision 5).
const pollMs = 1000;
const retryMs = 1000;
const stretchMax = 10_000n;
// An event that fails three times alone fails for its own sake.
const attemptsMax = 3;
const attemptMs = 100;
const reasonMax = 2000;

function isOfTheWorld(error: unknown): boolean {
  if (error instanceof CursorMoved) return true;
  return error instanceof Fault ? error.isRetryable : isConflict(error);
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "concurrent_change";
}

function bounds(events: readonly LoggedEvent[]) {
  const last = events.at(-1);
  if (last === undefined) throw new Error("a batch has at least one event");
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
