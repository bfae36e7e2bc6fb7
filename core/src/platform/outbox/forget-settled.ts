import { sql } from "kysely";

import type { Database } from "../db/database.ts";
import { defineUpkeep, type RegisteredJob } from "../jobs/define-job.ts";

/** Webhooks get no event older than this: by then the note that it was delivered may be gone. */
export const deliveredDays = 90;
// Long enough to answer "did I not get a mail?"; its text is gone already.
const mailDays = 30;
// Deleted in one statement of some 100 ms, so that senders do not wait for it.
const atOnce = 5000;

/** Forgets mails and deliveries of a database that were settled long ago. */
export function forgetSettled({ db }: { db: Pick<Database, "query"> }): RegisteredJob {
  return defineUpkeep({
    name: "platform.forget_settled",
    cron: "41 * * * *",
    timeoutMs: 300_000,
    handle: async ({ signal, progress }) => {
      let removed = 0;
      let isMore = true;
      while (isMore && !signal.aborted) {
        const [row] = await db.query(sql<{ n: number }>`
          select platform.forget_settled(${mailDays}, ${deliveredDays}, ${atOnce}) as n`);
        isMore = (row?.n ?? 0) >= atOnce;
        removed += row?.n ?? 0;
        if (removed > 0) progress(removed, removed, "mails and deliveries removed");
      }
      return { removed };
    },
  });
}
