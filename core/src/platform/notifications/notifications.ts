import type { Notification } from "@millwright/contracts/api";
import { iso8601Schema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";

/** Alerts of the tenant, newest first, each with whether this person has seen it. */
export async function readNotifications(
  tx: Transaction,
  userId: string | null,
  limit: number,
): Promise<{ rows: Notification[]; unread: number }> {
  const { rows } = await sql<{
    alert_id: string;
    kind: Notification["kind"];
    details: Record<string, string>;
    raised_time: Date;
    is_read: boolean;
    unread: string;
  }>`
    select a.alert_id, a.kind, a.details, a.raised_time, r.user_id is not null as is_read,
           count(*) filter (where r.user_id is null) over () as unread
      from platform.alert a
      left join platform.alert_read r on r.alert_id = a.alert_id and r.user_id = ${userId}
     where a.tenant_id = ${tx.tenantId}
     order by a.raised_time desc, a.alert_id desc
     limit ${limit}`.execute(tx.over());
  return {
    unread: Number(rows[0]?.unread ?? 0),
    rows: rows.map((row) => ({
      notificationId: row.alert_id,
      kind: row.kind,
      details: row.details,
      time: iso8601Schema.parse(row.raised_time.toISOString()),
      isRead: row.is_read,
    })),
  };
}

/** Marks one as seen by this person, or all of them. Safe to repeat. @throws Refusal notification.unknown */
export async function markRead(
  tx: Transaction,
  userId: string,
  notificationId: string | null,
): Promise<void> {
  const { rows } = await sql`
    select alert_id from platform.alert
     where tenant_id = ${tx.tenantId}
       and (${notificationId}::uuid is null or alert_id = ${notificationId})
     limit 1`.execute(tx.over());
  if (rows.length === 0 && notificationId !== null) {
    throw new Refusal("notification.unknown", "There is no such notification.", { kind: "absent" });
  }
  await sql`
    insert into platform.alert_read (tenant_id, alert_id, user_id)
    select tenant_id, alert_id, ${userId}
      from platform.alert
     where tenant_id = ${tx.tenantId}
       and (${notificationId}::uuid is null or alert_id = ${notificationId})
    on conflict do nothing`.execute(tx.over());
}

export async function readRecipients(tx: Transaction): Promise<string[]> {
  const { rows } = await sql<{ address: string }>`
    select address from platform.alert_recipient
     where tenant_id = ${tx.tenantId}
     order by address`.execute(tx.over());
  return rows.map(({ address }) => address);
}

/** Replaces who is mailed. */
export async function saveRecipients(tx: Transaction, addresses: readonly string[]): Promise<void> {
  await sql`
    delete from platform.alert_recipient where tenant_id = ${tx.tenantId}`.execute(tx.over());
  await sql`
    insert into platform.alert_recipient (tenant_id, address)
    select ${tx.tenantId}, unnest(${[...new Set(addresses)]}::text[])`.execute(tx.over());
}
