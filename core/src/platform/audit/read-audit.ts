import type { AuditEntry } from "@millwright/contracts/api";
import { fieldChangeSchema, type LoggedEvent } from "@millwright/contracts/events";
import { iso8601Schema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { z } from "zod";

import type { Transaction } from "../db/transaction.ts";
import { type EventRow, fromRow } from "../events/log.ts";
import { maskSensitive } from "./sensitive-fields.ts";

export type AuditFilter = {
  actor?: string | undefined;
  kind?: "person" | "machine" | "system" | undefined;
  objectType?: string | undefined;
  objectId?: string | undefined;
  type?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

/** A page of the audit trail of the transaction's tenant, newest first, older than position `before`. */
export async function readAudit(
  tx: Transaction,
  asked: AuditFilter & { before: string | null; limit: number },
): Promise<AuditEntry[]> {
  const { objectType, objectId } = asked;
  const { rows } = await sql<EventRow>`
    select position, tenant_id, stream, stream_version, type, type_version, payload, actor, trace,
           recorded_time
      from platform.event
     where tenant_id = ${tx.tenantId}
       and position < coalesce(${asked.before}::bigint, 9223372036854775807)
       -- Written like the predicate of index event_audit.
       and ${
         asked.kind === "machine"
           ? sql`actor ->> 'kind' = 'machine'`
           : sql`actor ->> 'kind' <> 'machine'`
       }
       and (${asked.kind ?? null}::text is null or actor ->> 'kind' = ${asked.kind ?? null})
       and (${asked.actor ?? null}::text is null
            or actor ->> 'id' = ${asked.actor ?? null}
            or strpos(lower(actor ->> 'name'), lower(${asked.actor ?? null})) > 0)
       and (${objectType ?? null}::text is null
            or starts_with(stream, ${`${objectType ?? ""}:`}))
       and (${objectId ?? null}::text is null
            or substr(stream, strpos(stream, ':') + 1) = ${objectId ?? null})
       and (${asked.type ?? null}::text is null or type = ${asked.type ?? null})
       and (${asked.from ?? null}::timestamptz is null or recorded_time >= ${asked.from ?? null})
       and (${asked.to ?? null}::timestamptz is null or recorded_time < ${asked.to ?? null})
     order by position desc
     limit ${asked.limit}`.execute(tx.over());
  return rows.map((row) => toEntry(fromRow(row)));
}

function toEntry(event: LoggedEvent): AuditEntry {
  const payload = payloadSchema.safeParse(event.payload).data ?? {};
  const changes = z.array(fieldChangeSchema).safeParse(payload["changes"]);
  const { label } = payload;
  const at = event.stream.indexOf(":");
  return {
    position: event.position,
    time: iso8601Schema.parse(event.recordedTime),
    actor: event.actor,
    type: event.type,
    objectType: event.stream.slice(0, at),
    objectId: event.stream.slice(at + 1),
    label: typeof label === "string" ? label : null,
    changes: event.type === "record.changed" && changes.success ? changes.data : null,
    // Masked when read as well: an event of an older release may name what is on the list today.
    payload: payloadSchema.parse(maskSensitive(payload)),
  };
}

const payloadSchema = z.record(z.string(), z.unknown());
