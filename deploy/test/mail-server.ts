import { once } from "node:events";

import { SMTPServer } from "smtp-server";

/** A real SMTP server on loopback that keeps what it took; `refuse` makes it answer with that code. */
export async function startMailServer(): Promise<MailServerOfTest> {
  const mails: string[] = [];
  const behaviour = { refuse: null as number | null };
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        if (behaviour.refuse !== null) {
          done(Object.assign(new Error("not now"), { responseCode: behaviour.refuse }));
          return;
        }
        mails.push(Buffer.concat(parts).toString("utf8"));
        done();
      });
    },
  });
  // A client that goes away in the middle is the client's matter.
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    mails,
    behaviour,
    url: `smtp://127.0.0.1:${address.port}?from=plant@example.com`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export type MailServerOfTest = AsyncDisposable & {
  /** Messages as they came, headers and text. */
  readonly mails: readonly string[];
  readonly behaviour: { refuse: number | null };
  readonly url: string;
};
