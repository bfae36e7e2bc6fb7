import type { Clock } from "../clock.ts";
import type { Home } from "../db/databases.ts";
import { mailSender } from "../mail/mail-sender.ts";
import type { MailServer } from "../mail/smtp.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Seal } from "../seal.ts";
import { webhookSender } from "../webhooks/webhook-sender.ts";

type Deps = {
  clock: Clock;
  log: Log;
  metrics: Pick<Metrics, "webhookDeliveries">;
  seal: Seal;
  mail: MailServer | null;
  mayBeInside: boolean;
};

/**
 * Sends what waits in a database's outboxes: webhooks always, mail when there is a server for it. For
 * `databases.everywhere`, so that it runs wherever companies live.
 */
export function sends({ mail, mayBeInside, ...deps }: Deps): (home: Home) => AsyncDisposable {
  return ({ db }) => {
    const { clock, log, metrics, seal } = deps;
    const webhooks = webhookSender({ db, clock, log, metrics, seal, mayBeInside });
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
