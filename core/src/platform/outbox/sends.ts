import type { Clock } from "../clock.ts";
import type { Home } from "../db/databases.ts";
import { mailSender } from "../mail/mail-sender.ts";
import type { MailServer } from "../mail/smtp.ts";
import type { Log } from "../observe/log.ts";
import { webhookSender } from "../webhooks/webhook-sender.ts";

type Deps = { clock: Clock; log: Log; mail: MailServer | null; mayBeInside: boolean };

/**
 * Sends what waits in a database's outboxes: webhooks always, mail when there is a server for it. For
 * `databases.everywhere`, so that it runs wherever companies live.
 */
export function sends({ mail, mayBeInside, ...deps }: Deps): (home: Home) => AsyncDisposable {
  return ({ db }) => {
    const { clock, log } = deps;
    const webhooks = webhookSender({ db, clock, log, mayBeInside });
    const mails = mail === null ? [] : [mailSender({ db, clock, log, server: mail })];
    const loops = [webhooks, ...mails];
    for (const loop of loops) loop.start();
    return {
      [Symbol.asyncDispose]: async () => {
        await Promise.all(loops.map((loop) => loop[Symbol.asyncDispose]()));
      },
    };
  };
}
