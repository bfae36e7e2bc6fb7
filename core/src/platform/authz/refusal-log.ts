import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Clock } from "../clock.ts";
import type { Databases } from "../db/databases.ts";
import type { Transaction } from "../db/transaction.ts";
import type { Log } from "../observe/log.ts";
import type { Attributes } from "./catalogue.ts";

export type Refused = {
  readonly time: Date;
  readonly who: string;
  readonly userId: string | null;
  readonly objectType: string;
  readonly action: string;
  readonly object: Attributes;
  readonly because: string;
};

/**
 * Keeps what was refused, for the administrator: the newest 1,000 of a tenant. Written behind the answer,
 * at most once a second and 200 at a time, so that who is refused on purpose costs nobody else anything;
 * what comes faster is counted in the log and dropped.
 */
export class RefusalLog {
  readonly #db: Databases;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #waiting = new Map<TenantId, Refused[]>();
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: { db: Databases; log: Log; clock: Clock }) {
    this.#clock = deps.clock;
    this.#db = deps.db;
    this.#log = deps.log;
  }

  add(tenantId: TenantId, refused: Omit<Refused, "time">): void {
    const waiting = this.#waiting.get(tenantId) ?? [];
    if (waiting.length >= waitingMax) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.set(tenantId, [...waiting, { ...refused, time: this.#clock.now() }]);
    this.#timer ??= setTimeout(() => void this.flush(), everyMs);
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#writing = this.#writing.then(() => this.#write(waiting));
    return this.#writing;
  }

  async #write(waiting: readonly [TenantId, readonly Refused[]][]): Promise<void> {
    for (const [tenantId, refused] of waiting) {
      try {
        await this.#db.inTenant(tenantId, (tx) => insertRefusals(tx, refused));
      } catch (error) {
        this.#log.warn({ err: error }, "refused decisions are not kept");
      }
    }
    if (this.#dropped > 0) {
      this.#log.warn({ dropped: this.#dropped }, "more refused decisions than are kept");
      this.#dropped = 0;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}

const everyMs = 1_000;
const waitingMax = 200;
const keptMax = 1_000;

async function insertRefusals(tx: Transaction, refused: readonly Refused[]): Promise<void> {
  await sql`
    insert into platform.authz_refusal
      (tenant_id, refused_time, who, user_id, object_type, action, object, because)
    select ${tx.tenantId}, r.time, r.who, r."userId", r."objectType", r.action, r.object, r.because
      from jsonb_to_recordset(${JSON.stringify(refused)}::jsonb) as r
           (time timestamptz, who text, "userId" uuid, "objectType" text, action text, object jsonb,
            because text)`.execute(tx.over());
  await sql`
    delete from platform.authz_refusal
     where refusal_id <= (select refusal_id from platform.authz_refusal
                           order by refusal_id desc
                          offset ${keptMax} limit 1)`.execute(tx.over());
}

/** The newest ones first, at most `limit`. */
export async function readRefusals(tx: Transaction, limit: number): Promise<Refused[]> {
  const { rows } = await sql<Refused>`
    select refused_time as time, who, user_id as "userId", object_type as "objectType", action,
           object, because
      from platform.authz_refusal
     order by refusal_id desc
     limit ${limit}`.execute(tx.over());
  return rows;
}
