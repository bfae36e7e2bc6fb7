import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Clock } from "../clock.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../observe/log.ts";
import { DueLoop } from "../due-loop.ts";
import { backoffMs } from "../outbox/backoff.ts";
import { MailNotTaken, type MailServer } from "./smtp.ts";

type Deps = {
  db: Pick<Database, "query" | "inTenant">;
  clock: Clock;
  log: Log;
  server: MailServer;
};

/**
 * Sends what `sendMail` put into the outbox, oldest first, until disposed. A mail that a server did
 * not take is tried again with growing pauses, at most `attemptsMax` times, then kept as failed with
 * the reason. Killed between the server's yes and our note of it, the mail goes out again with the
 * same Message-ID.
 */
export function mailSender(deps: Deps): DueLoop {
  const { log } = deps;
  return new DueLoop({ name: "mail", everyMs, log, work: () => sendDueMails(deps) });
}

/** One round; true when there may be more. */
export async function sendDueMails(deps: Deps): Promise<boolean> {
  const now = deps.clock.now();
  const mails = await deps.db.query(sql<DueMail>`
    select tenant_id, mail_id, recipient, subject, text, attempts
      from platform.claim_mails(${now}, ${roundMax}, ${heldSeconds})`);
  await Promise.all(mails.map((mail) => sendOne(deps, mail)));
  return mails.length === roundMax;
}

type DueMail = {
  tenant_id: string;
  mail_id: string;
  recipient: string;
  subject: string;
  text: string;
  attempts: number;
};

async function sendOne(deps: Deps, mail: DueMail): Promise<void> {
  const { mail_id: mailId, recipient: to, subject, text } = mail;
  try {
    await deps.server.deliver({ mailId, to, subject, text });
  } catch (error) {
    await noteFailure(deps, mail, error);
    return;
  }
  await deps.db.inTenant(tenantIdSchema.parse(mail.tenant_id), (tx) =>
    sql`
      update platform.mail
         set state = 'sent', text = null, reason = null, settled_time = ${deps.clock.now()}
       where mail_id = ${mailId}`.execute(tx.over()),
  );
}

async function noteFailure(deps: Deps, mail: DueMail, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const isOver = mail.attempts >= attemptsMax || (error instanceof MailNotTaken && error.isForever);
  const now = deps.clock.now();
  const next = new Date(now.getTime() + backoffMs(mail.attempts, pauses));
  await deps.db.inTenant(tenantIdSchema.parse(mail.tenant_id), (tx) =>
    sql`
      update platform.mail
         set state = ${isOver ? "failed" : "queued"}, reason = ${reason.slice(0, reasonMax)},
             next_attempt_time = ${next}, settled_time = ${isOver ? now : null},
             text = case when ${isOver} then null else text end
       where mail_id = ${mail.mail_id}`.execute(tx.over()),
  );
  deps.log.warn({ err: error, mailId: mail.mail_id, isOver }, "a mail was not taken");
}

const everyMs = 1000;
// Connections that a small mail server takes at once.
const roundMax = 5;
// Longer than an attempt can take (smtp.ts: three waits of 15 s): nobody else tries meanwhile.
const heldSeconds = 60;
// 1 min doubled to 6 h: the 20th attempt comes after about three days.
const attemptsMax = 20;
const pauses = { firstMs: 60_000, maxMs: 6 * 3_600_000, random: Math.random };
const reasonMax = 500;
