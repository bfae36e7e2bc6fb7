import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

export type LinkPurpose = "invitation" | "password_reset";

/** Adds a link and ends the user's older ones of any purpose: the newest mail is the one that works. */
export async function insertLink(
  tx: Transaction,
  link: {
    sha256: Uint8Array;
    userId: string;
    purpose: LinkPurpose;
    createdTime: Date;
    endsTime: Date;
  },
): Promise<void> {
  await sql`delete from identity.link where user_id = ${link.userId}`.execute(tx.over());
  await sql`
    insert into identity.link (token_sha256, tenant_id, user_id, purpose, created_time, ends_time)
    values (${link.sha256}, ${tx.tenantId}, ${link.userId}, ${link.purpose}, ${link.createdTime},
            ${link.endsTime})`.execute(tx.over());
}

/** A link that may be used now; `take` uses it up. */
export async function findLink(
  tx: Transaction,
  sha256: Uint8Array,
  { now, take }: { now: Date; take: boolean },
): Promise<{ userId: string; purpose: LinkPurpose } | null> {
  const open = sql`
     where token_sha256 = ${sha256}
       and used_time is null
       and ends_time > ${now}`;
  const { rows } = await (
    take
      ? sql<{ userId: string; purpose: LinkPurpose }>`
          update identity.link set used_time = ${now} ${open}
          returning user_id as "userId", purpose`
      : sql<{ userId: string; purpose: LinkPurpose }>`
          select user_id as "userId", purpose from identity.link ${open}`
  ).execute(tx.over());
  return rows[0] ?? null;
}
