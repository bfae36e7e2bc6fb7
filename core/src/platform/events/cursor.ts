import { sql } from "kysely";

import type { Database } from "../db/database.ts";
import type { Transaction } from "../db/transaction.ts";
import { invariant } from "../errors.ts";
import { CursorMoved } from "./failure.ts";
import type { Subscription } from "./subscription.ts";

/** Where a subscription stands, and what a person asked of it. */
export type CursorState = {
  readonly position: bigint;
  readonly isReplayAsked: boolean;
  /** Events up to here are handled again; null when none is. */
  readonly replayUntil: bigint | null;
};

/**
 * The stored cursor of a subscription. Only who holds its lease moves it, and every move compares what
 * is stored with what is known here; so it is read anew only now and then, for what people ask.
 */
export class Cursor {
  readonly #db: Database;
  readonly #subscription: Subscription;
  #known: CursorState | null = null;
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(subscription: Subscription, db: Database) {
    this.#subscription = subscription;
    this.#db = db;
  }

  /** Makes the cursor when it is new. True when it stood stalled. */
  async declare(types: readonly string[]): Promise<boolean> {
    const { name, isReplayable = false } = this.#subscription;
    const [declared] = await this.#db.query(sql<{ is_stalled: boolean }>`
      insert into platform.subscription as s (name, types, is_replayable)
      values (${name}, ${[...types]}, ${isReplayable})
      on conflict (name) do update
         set types = excluded.types, is_replayable = excluded.is_replayable,
             replay_asked = case when excluded.is_replayable then s.replay_asked end
      returning stalled_time is not null as is_stalled`);
    return declared?.is_stalled === true;
  }

  /** The state, at most `withinMs` old in what people ask. */
  async state(withinMs: number): Promise<CursorState> {
    if (this.#known === null || performance.now() - this.#readMs >= withinMs) await this.#read();
    invariant(this.#known !== null, "a state that was read is known");
    return this.#known;
  }

  /** Something went wrong or somebody else was here: what is stored counts. */
  forget(): void {
    this.#known = null;
  }

  async #read(): Promise<void> {
    const { name } = this.#subscription;
    const readMs = performance.now();
    await this.#noteAskedTypes();
    const [row] = await this.#db.query(sql<{
      position: string;
      is_asked: boolean;
      replay_until: string | null;
    }>`
      select position, replay_asked is not null as is_asked, replay_until
        from platform.subscription
       where name = ${name}`);
    invariant(row !== undefined, `the cursor of ${name} is gone`);
    this.#readMs = readMs;
    this.#known = {
      position: BigInt(row.position),
      isReplayAsked: row.is_asked,
      replayUntil: row.replay_until === null ? null : BigInt(row.replay_until),
    };
  }

  /** The board counts lag by the types that are stored. */
  async #noteAskedTypes(): Promise<void> {
    const { name, askedTypes } = this.#subscription;
    if (askedTypes === undefined) return;
    await this.#db.query(sql`
      update platform.subscription as s
         set types = asked.types
        from (select ${askedTypes} as types) as asked
       where s.name = ${name}
         and s.types is distinct from asked.types`);
  }

  async startReplay(position: bigint): Promise<boolean> {
    const { name } = this.#subscription;
    const [row] = await this.#db.query(sql<{ is_started: boolean }>`
      select platform.start_replay(${name}, ${position.toString()}) as is_started`);
    this.forget();
    return row?.is_started === true;
  }

  /** Moves the cursor with the effects of `tx`. @throws CursorMoved when it does not stand at `from`. */
  async move(tx: Transaction, from: bigint, to: bigint): Promise<void> {
    const { numAffectedRows } = await sql`
      update platform.subscription
         set position = ${to.toString()}, updated_time = now(),
             replay_until = case when replay_until > ${to.toString()} then replay_until end,
             stalled_reason = null, stalled_time = null
       where name = ${this.#subscription.name}
         and position = ${from.toString()}`.execute(tx.over());
    if (numAffectedRows !== 1n) throw new CursorMoved(this.#subscription.name);
  }

  /** The transaction of a move is committed. */
  hasMoved(to: bigint): void {
    if (this.#known === null) return;
    const { replayUntil } = this.#known;
    const isReplaying = replayUntil !== null && replayUntil > to;
    this.#known = { ...this.#known, position: to, replayUntil: isReplaying ? replayUntil : null };
  }
}
