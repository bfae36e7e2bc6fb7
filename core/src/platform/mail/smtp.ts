import { createTransport } from "nodemailer";

/** One mail as the outbox holds it. */
export type OutgoingMail = { mailId: string; to: string; subject: string; text: string };

/** A mail server that may be asked; a failure is thrown, with `isForever` when asking again is in vain. */
export type MailServer = Disposable & { deliver(mail: OutgoingMail): Promise<void> };

export class MailNotTaken extends Error {
  override readonly name = "MailNotTaken";
  readonly isForever: boolean;

  constructor(message: string, options: { cause: unknown; isForever: boolean }) {
    super(message, { cause: options.cause });
    this.isForever = options.isForever;
  }
}

/**
 * The server of `SMTP_URL`: `smtp://user:password@host:587?from=plant@example.com`, `smtps://…` for TLS
 * from the first byte. Without `from` the sender is `millwright@<host>`.
 */
export function openSmtp(smtpUrl: string): MailServer {
  const url = new URL(smtpUrl);
  const from = url.searchParams.get("from") ?? `millwright@${url.hostname}`;
  url.searchParams.delete("from");
  const transport = createTransport({
    url: url.toString(),
    connectionTimeout: answerMsMax,
    greetingTimeout: answerMsMax,
    socketTimeout: answerMsMax,
  });
  return {
    async deliver({ mailId, to, subject, text }) {
      try {
        // One id for all attempts: a mail program shows a mail once that came twice.
        const messageId = `<${mailId}@millwright>`;
        await transport.sendMail({ from, to, subject, text, messageId });
      } catch (cause) {
        throw new MailNotTaken(reasonOf(cause), { cause, isForever: isForever(cause) });
      }
    },
    [Symbol.dispose]: () => transport.close(),
  };
}

// A mail server that says nothing for this long is taken for gone.
const answerMsMax = 15_000;

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** RFC 5321, 4.2.1: 5yz is a permanent answer; a wrong password (535) is mended by a person. */
function isForever(cause: unknown): boolean {
  if (typeof cause !== "object" || cause === null || !("responseCode" in cause)) return false;
  const { responseCode } = cause;
  return typeof responseCode === "number" && responseCode >= 550 && responseCode < 560;
}
