import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Databases } from "../db/databases.ts";
import type { Notices } from "../db/notices.ts";
import type { Transaction } from "../db/transaction.ts";
import { Fault } from "../errors.ts";
import { WakeUp } from "../events/wake-up.ts";
import type { Log } from "../observe/log.ts";

type Deps = { db: Databases; listener: Notices; log: Log };
type Held<T> = { value: T; version: string; isOutdated: boolean };

/**
 * Copies of something small that each tenant has in the database (settings, flags), current in every
 * process: the version is compared at every notice of a change, after a reconnect and every second.
 * While a database is away the last copy goes on being used; it decides how a screen looks, not who
 * may do what (that is `Authorisation`, which forgets).
 */
export class TenantCopies<T> {
  readonly #topic: "setting" | "flag";
  readonly #read: (tx: Transaction) => Promise<T>;
  readonly #deps: Deps;
  readonly #wakeUp: WakeUp;
  readonly #held = new Map<TenantId, Held<T>>();
  readonly #reading = new Map<TenantId, Promise<T>>();
  #isStopped = false;
  readonly #watching: Promise<void>;

  constructor(topic: "setting" | "flag", read: (tx: Transaction) => Promise<T>, deps: Deps) {
    this.#topic = topic;
    this.#read = read;
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.listener);
    this.#watching = this.#watch();
  }

  /** @throws Fault when the tenant was never read and its database is away. */
  async of(tenantId: TenantId): Promise<T> {
    const held = this.#held.get(tenantId);
    if (held?.isOutdated === false) return held.value;
    const reading = this.#reading.get(tenantId) ?? this.#refresh(tenantId);
    this.#reading.set(tenantId, reading);
    try {
      return await reading;
    } catch (error) {
      if (held !== undefined && error instanceof Fault) return held.value;
      throw error;
    }
  }

  /** Somebody here just changed it: the next question reads it. */
  outdate(tenantId: TenantId): void {
    const held = this.#held.get(tenantId);
    if (held !== undefined) held.isOutdated = true;
  }

  async #refresh(tenantId: TenantId): Promise<T> {
    try {
      // One snapshot, so that the version belongs to what was read.
      return await this.#deps.db.inSnapshot(tenantId, async (tx) => {
        const { rows } = await sql<{ version: string }>`
          select version from platform.tenant_copy where topic = ${this.#topic}`.execute(tx.over());
        const value = await this.#read(tx);
        this.#keep(tenantId, { value, version: rows[0]?.version ?? "0", isOutdated: false });
        return value;
      });
    } finally {
      this.#reading.delete(tenantId);
    }
  }

  #keep(tenantId: TenantId, held: Held<T>): void {
    this.#held.delete(tenantId);
    this.#held.set(tenantId, held);
    const [oldest] = this.#held.keys();
    if (this.#held.size > tenantsMax && oldest !== undefined) this.#held.delete(oldest);
  }

  async #watch(): Promise<void> {
    while (!this.#isStopped) {
      await this.#wakeUp.wait(compareMs);
      if (!this.#isStopped) await this.#compare();
    }
  }

  async #compare(): Promise<void> {
    for (const [{ db }, tenantIds] of this.#deps.db.byHome(this.#held.keys())) {
      try {
        const rows = await db.query(sql<{ tenant_id: string; version: string }>`
          select tenant_id, version from platform.tenant_copy_versions(${this.#topic}, ${tenantIds})`);
        const stored = new Map(rows.map((row) => [row.tenant_id, row.version]));
        for (const tenantId of tenantIds) {
          const held = this.#held.get(tenantId);
          if (held !== undefined && held.version !== (stored.get(tenantId) ?? "0")) {
            held.isOutdated = true;
          }
        }
      } catch (error) {
        this.#deps.log.warn({ err: error, topic: this.#topic }, "versions cannot be compared");
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#wakeUp[Symbol.dispose]();
    await this.#watching;
  }
}

// A notice may be lost; a person does not notice a second (decision 5).
const compareMs = 1_000;
const tenantsMax = 1_000;
