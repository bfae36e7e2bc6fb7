import { sql } from "kysely";

import type { Transaction } from "../db/transaction.ts";

/**
 * Puts a plain-text mail into the outbox, in the caller's transaction: it leaves when that commits, by
 * the worker, tried for about three days. It never waits for a mail server. The same `key` is sent once.
 * The text is forgotten when the mail has left, so it may carry an invitation link.
 */
export async function sendMail(
  tx: Transaction,
  mail: {
    /** What the mail is about: `invitation:<id>`, `alert:<id>:<address>`. */
    key: string;
    to: string;
    subject: string;
    text: string;
  },
): Promise<void> {
  await sql`
    insert into platform.mail (tenant_id, mail_id, key, recipient, subject, text)
    values (${tx.tenantId}, ${crypto.randomUUID()}, ${mail.key}, ${mail.to},
            ${oneLine(mail.subject)}, ${mail.text})
    on conflict (tenant_id, key) do nothing`.execute(tx.over());
}

/** A header is one line; RFC 5322, 2.1.1 allows 998 characters of it. */
function oneLine(subject: string): string {
  return subject.replaceAll(/[\r\n]+/g, " ").slice(0, subjectMax);
}
const subjectMax = 250;
