import type { TenantId } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { sendMail } from "../../platform/mail/send-mail.ts";
import { insertLink, type LinkPurpose } from "./store/links.ts";
import type { UserRow } from "./store/users.ts";
import { makeTenantSecret, readTenantSecret, type TenantSecret } from "./tenant-secret.ts";

/** How links leave: `publicUrl` is what they start with; without a mail server the asker hands them over. */
export type LinkMail = { publicUrl: string; sendsMail: boolean };

/**
 * Makes a link for a user, which ends all older ones, and puts it into the mail. Returns the link when
 * the installation sends no mail, else null: then only the mailbox's owner sees it.
 */
export async function sendLink(
  tx: Transaction,
  { publicUrl, sendsMail }: LinkMail,
  asked: { user: Pick<UserRow, "userId" | "name" | "email" | "companyName">; purpose: LinkPurpose },
  now: Date,
): Promise<string | null> {
  const { user, purpose } = asked;
  const { text, sha256 } = await makeTenantSecret("mwl_", tx.tenantId);
  const endsTime = new Date(now.getTime() + lastsMs[purpose]);
  const { userId } = user;
  await insertLink(tx, { sha256, userId, purpose, createdTime: now, endsTime });
  // Behind the #, which browsers keep to themselves: it reaches no log and no referrer.
  const link = `${publicUrl.replace(/\/$/, "")}/link#token=${text}`;
  if (!sendsMail) return link;
  const key = `link:${crypto.randomUUID()}`;
  await sendMail(tx, { key, to: user.email, ...mails[purpose](user, link) });
  return null;
}

/** @throws Refusal link.not_valid: none of ours, whatever it is */
export async function readLinkToken(token: string): Promise<TenantSecret & { tenantId: TenantId }> {
  const secret = await readTenantSecret("mwl_", token);
  if (secret === null) throw linkNotValid();
  return secret;
}

export function linkNotValid(): Refusal {
  return new Refusal(
    "link.not_valid",
    "This link was used, has ended, or was replaced by a newer one. Ask for a new one.",
    { kind: "absent" },
  );
}

const lastsMs = {
  // A new colleague may start next Monday.
  invitation: 7 * 86_400_000,
  // Whoever asks for it is waiting for it.
  password_reset: 3_600_000,
} as const satisfies Record<LinkPurpose, number>;

type Mail = (
  user: Pick<UserRow, "name" | "companyName">,
  link: string,
) => { subject: string; text: string };

const mails = {
  invitation: ({ name, companyName }, link) => ({
    subject: `${companyName}: your account on Millwright`,
    text: `Hello ${name},\n\nyou are invited to Millwright of ${companyName}. Choose your password here within seven days:\n\n${link}\n`,
  }),
  password_reset: ({ name, companyName }, link) => ({
    subject: `${companyName}: a new password for Millwright`,
    text: `Hello ${name},\n\nchoose a new password here within an hour:\n\n${link}\n\nIf you did not ask for it, nothing has changed and you need do nothing.\n`,
  }),
} as const satisfies Record<LinkPurpose, Mail>;
