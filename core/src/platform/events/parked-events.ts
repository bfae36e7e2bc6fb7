import type { LoggedEvent } from "@millwright/contracts/events";
import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Database } from "../db/database.ts";
import type { Transaction } from "../db/transaction.ts";
import { type EventRow, fromRow } from "./log.ts";

/** A stream that waits for its first parked event. */
export type ParkedHead = {
  tenantId: TenantId;
  stream: string;
  position: bigint;
  asked: "retry" | "skip" | null;
  isDue: boolean;
};

/** The first parked event of each stream of a subscription, over all tenants. */
export async function readParkedHeads(
  db: Pick<Database, "query">,
  subscription: string,
): Promise<ParkedHead[]> {
  const rows = await db.query(sql<{
    tenant_id: string;
    stream: string;
    head: string;
    asked: "retry" | "skip" | null;
    is_due: boolean;
  }>`
    select tenant_id, stream, head, asked, is_due
      from platform.parked_heads(${subscription})`);
  return rows.map((row) => ({
    tenantId: tenantIdSchema.parse(row.tenant_id),
    stream: row.stream,
    position: BigInt(row.head),
    asked: row.asked,
    isDue: row.is_due,
  }));
}

export async function countParked(
  db: Pick<Database, "query">,
  subscription: string,
): Promise<number> {
  const [row] = await db.query(sql<{ n: string }>`
    select platform.parked_count(${subscription}) as n`);
  return Number(row?.n ?? 0);
}

/** The oldest parked events of one stream, at most `limit`. */
export async function readParkedOfStream(
  tx: Transaction,
  asked: { subscription: string; stream: string; limit: number },
): Promise<LoggedEvent[]> {
  const { rows } = await sql<EventRow>`
    select e.position, e.tenant_id, e.stream, e.stream_version, e.type, e.type_version, e.payload,
           e.actor, e.trace, e.recorded_time
      from (select position
              from platform.parked_event
             where subscription = ${asked.subscription}
               and tenant_id = ${tx.tenantId}
               and stream = ${asked.stream}
             order by position
             limit ${asked.limit}) p
      join platform.event e on e.position = p.position and e.tenant_id = ${tx.tenantId}
     order by e.position`.execute(tx.over());
  return rows.map(fromRow);
}

/** Parks events: the first of a stream with the reason of its failure, the others because they wait. */
export async function park(
  tx: Transaction,
  subscription: string,
  events: readonly LoggedEvent[],
  reason: string,
): Promise<void> {
  if (events.length === 0) return;
  await sql`
    insert into platform.parked_event (subscription, position, tenant_id, stream, reason)
    select ${subscription}, position, ${tx.tenantId}, stream, ${reason.slice(0, reasonMax)}
      from unnest(${events.map(({ position }) => position)}::bigint[],
                  ${events.map(({ stream }) => stream)}::text[]) as listed (position, stream)`.execute(
    tx.over(),
  );
}

/** Says why the first of a stream failed; the next try comes later each time, in the end never by itself. */
export async function noteFailure(
  tx: Transaction,
  failed: { subscription: string; position: string; reason: string },
): Promise<void> {
  // The database's clock alone decides: clocks of processes may differ or jump.
  await sql`
    update platform.parked_event
       set reason = ${failed.reason.slice(0, reasonMax)},
           attempts = attempts + 1,
           asked = null,
           next_attempt_time = case
             when attempts + 1 < ${attemptsMax}
             then now() + make_interval(secs => least(
                    ${firstPauseS} * power(2, attempts - 1), ${pauseSMax}))
           end
     where subscription = ${failed.subscription}
       and position = ${failed.position}`.execute(tx.over());
}

/**
 * Takes parked events away; their effect belongs into the same transaction. False when another
 * process did so first, and then nothing may be saved.
 */
export async function unpark(
  tx: Transaction,
  subscription: string,
  positions: readonly string[],
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from platform.parked_event
     where subscription = ${subscription}
       and position = any (${[...positions]}::bigint[])`.execute(tx.over());
  return numAffectedRows === BigInt(positions.length);
}

const reasonMax = 2000;
// 10 s doubled to an hour: the 20th try comes after about half a day. Then a person has to look.
const firstPauseS = 10;
const pauseSMax = 3600;
const attemptsMax = 20;
