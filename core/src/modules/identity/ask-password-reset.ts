import type { Platform } from "../../platform/platform.ts";
import { accountsOf } from "./directory.ts";
import { type LinkMail, sendLink } from "./links.ts";
import { countFailure, readBlocks } from "./store/sign-in-failures.ts";
import { readUser } from "./store/users.ts";

/**
 * Mails a link to whoever has this address and an active account. Answers nobody anything: the caller
 * does not wait for it. Mails to one address are bounded like guesses of its password. Without a mail
 * server there is no way to reach the person; an administrator makes the link then.
 */
export async function askPasswordReset(
  { platform, mail }: { platform: Platform; mail: LinkMail },
  asked: { email: string; address: string },
): Promise<void> {
  if (!mail.sendsMail) return;
  const { db, clock } = platform;
  const now = clock.now();
  const attempt = { email: `reset ${asked.email}`, address: asked.address };
  if ((await readBlocks(db, attempt, now)).length > 0) return;
  await countFailure(db, attempt, now);
  for (const { tenantId, userId } of await accountsOf(db, asked.email)) {
    await db.inTenant(tenantId, async (tx) => {
      const user = await readUser(tx, userId);
      if (user?.state !== "active") return;
      await sendLink(tx, mail, { user, purpose: "password_reset" }, now);
    });
  }
}
