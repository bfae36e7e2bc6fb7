import type { EventKey, EventPayload, LoggedEvent } from "@millwright/contracts/events";
import { actorSchema, eventSchemas } from "@millwright/contracts/events";
import { type RawBuilder, sql } from "kysely";

import type { Transaction } from "../db/transaction.ts";
import type { Database } from "../db/database.ts";

/** A row of `platform.event` as the driver gives it. */
export type EventRow = {
  position: string;
  tenant_id: string;
  stream: string;
  stream_version: number | null;
  type: string;
  type_version: number;
  payload: Record<string, unknown>;
  actor: unknown;
  trace: string | null;
  recorded_time: Date;
};

const columns = sql.raw(
  "position, tenant_id, stream, stream_version, type, type_version, payload, actor, trace, recorded_time",
);

/** Events of every tenant after `after`, ascending, at most `limit`; and where the log ended then. */
export async function readEvents(
  db: Database,
  options: {
    after: bigint;
    limit: number;
    types: readonly string[] | RawBuilder<readonly string[]>;
  },
): Promise<{ events: LoggedEvent[]; last: bigint }> {
  const { types } = options;
  const wanted = "toOperationNode" in types ? types : sql`${[...types]}`;
  // One statement sees one state of the log: what commits meanwhile is after `last`, never lost.
  const rows = await db.query(sql<{ last: string } & (EventRow | { position: null })>`
    -- Materialized, or the end of the log is looked up for every row.
    with log as materialized (select platform.last_position() as last)
    select log.last, ${columns}
      from log
      left join platform.read_events(
             ${options.after.toString()}, ${options.limit}, ${wanted}::text[]) as event on true
     order by position`);
  return {
    events: rows.flatMap((row) => (row.position === null ? [] : fromRow(row))),
    last: BigInt(rows[0]?.last ?? "0"),
  };
}

/** A whole stream of the transaction's tenant, oldest first; for folds. */
export async function readStream(tx: Transaction, stream: string): Promise<LoggedEvent[]> {
  const { rows } = await sql<EventRow>`
    select ${columns}
      from platform.event
     where tenant_id = ${tx.tenantId}
       and stream = ${stream}
     order by position`.execute(tx.over());
  return rows.map(fromRow);
}

/**
 * A page of a stream, newest first, older than `before`. Counts are left out: they come every second,
 * and nobody reads them one by one.
 */
export async function readStreamPage(
  tx: Transaction,
  options: { stream: string; before: string | null; limit: number },
): Promise<LoggedEvent[]> {
  const { rows } = await sql<EventRow>`
    select ${columns}
      from platform.event
     where tenant_id = ${tx.tenantId}
       and stream = ${options.stream}
       and position < coalesce(${options.before}::bigint, 9223372036854775807)
       -- Written like the predicate of index event_stream_readable.
       and type <> 'machine.count_observed'
     order by position desc
     limit ${options.limit}`.execute(tx.over());
  return rows.map(fromRow);
}

/**
 * The payload of an event as its schema types it.
 * @throws ZodError when the writer broke the contract; a subscription then parks the event.
 */
export function payloadOf<K extends EventKey>(key: K, event: LoggedEvent): EventPayload<K> {
  return eventSchemas[key].parse(event.payload) as EventPayload<K>;
}

/** `<type>@<version>`, the name under which contracts list its schema. */
export function keyOf(event: LoggedEvent): string {
  return `${event.type}@${event.typeVersion}`;
}

export function fromRow(row: EventRow): LoggedEvent {
  return {
    position: row.position,
    tenantId: row.tenant_id,
    stream: row.stream,
    streamVersion: row.stream_version,
    type: row.type,
    typeVersion: row.type_version,
    payload: row.payload,
    // One actor nobody can read must not hold up the log for everybody.
    actor: actorSchema.safeParse(row.actor).data ?? { kind: "system", id: "unknown" },
    trace: row.trace,
    recordedTime: row.recorded_time.toISOString(),
  };
}
