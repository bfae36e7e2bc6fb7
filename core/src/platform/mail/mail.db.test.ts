import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { type MailServerOfTest, startMailServer } from "../../../../deploy/test/mail-server.ts";
import { until } from "../../../../deploy/test/until.ts";
import { openPlatform } from "../open-platform.ts";
import type { Platform } from "../platform.ts";
import { mailSender, sendDueMails } from "./mail-sender.ts";
import { sendMail } from "./send-mail.ts";
import { type MailServer, openSmtp } from "./smtp.ts";

let database: TestDatabase;
let platform: Platform & AsyncDisposable;
let inbox: MailServerOfTest;
let server: MailServer;
let now = new Date();

beforeEach(async () => {
  now = new Date();
  database = await createTestDatabase();
  inbox = await startMailServer();
  server = openSmtp(inbox.url);
  platform = await openPlatform({
    process: "test",
    databaseUrl: database.urls.worker,
    logLevel: "silent",
    clock: { now: () => now },
  });
});
afterEach(async () => {
  server?.[Symbol.dispose]();
  await inbox?.[Symbol.asyncDispose]();
  await platform?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const mail = {
  key: "invitation:1",
  to: "mei@example.com",
  subject: "You are invited\nBcc: everybody@example.com",
  text: "https://plant.example/invitation/abc",
};

test("a mail leaves once, and what it said is forgotten then", async () => {
  await write(mail);
  await write(mail);
  await sendDueMails({ ...platform, server });
  await sendDueMails({ ...platform, server });
  expect(inbox.mails).toHaveLength(1);
  expect(inbox.mails[0]).toMatch(/^From: plant@example.com\r$/m);
  expect(inbox.mails[0]).toMatch(/^To: mei@example.com\r$/m);
  // A line break in a subject is not a way to more headers.
  expect(inbox.mails[0]).not.toMatch(/^Bcc:/im);
  expect(inbox.mails[0]).toContain("https://plant.example/invitation/abc");
  expect(await stored()).toEqual([{ state: "sent", text: null, attempts: 1, reason: null }]);
});

test("a server that is busy for a day gets the mail when it is back", async () => {
  inbox.behaviour.refuse = 451;
  await write(mail);
  let attempts = 0;
  for (let hour = 0; hour < 24; hour += 1) {
    await sendDueMails({ ...platform, server });
    now = new Date(now.getTime() + 3_600_000);
    attempts = (await stored())[0]?.attempts ?? 0;
  }
  // Growing pauses: a day costs the server a dozen attempts, not 86,400.
  expect(attempts).toBeGreaterThan(5);
  expect(attempts).toBeLessThan(15);
  inbox.behaviour.refuse = null;
  now = new Date(now.getTime() + 6 * 3_600_000);
  await sendDueMails({ ...platform, server });
  expect(inbox.mails).toHaveLength(1);
});

test("an address that does not exist is given up with the server's reason", async () => {
  inbox.behaviour.refuse = 550;
  await write(mail);
  await sendDueMails({ ...platform, server });
  expect(await stored()).toMatchObject([{ state: "failed", text: null }]);
  expect((await stored())[0]?.reason).toContain("550");
});

test("the loop sends by itself, and nothing is tried before the outbox commits", async () => {
  await using loop = mailSender({ ...platform, server });
  loop.start();
  await expect(
    platform.db.inTenant(tenantIdSchema.parse(database.tenantId), async (tx) => {
      await sendMail(tx, { ...mail, key: "never" });
      throw new Error("changed my mind");
    }),
  ).rejects.toThrow("changed my mind");
  await write(mail);
  await until("the mail", () => {
    now = new Date();
    return inbox.mails.length > 0;
  });
  expect(inbox.mails).toHaveLength(1);
});

function write(asked: typeof mail): Promise<void> {
  return platform.db.inTenant(tenantIdSchema.parse(database.tenantId), (tx) => sendMail(tx, asked));
}

async function stored() {
  return platform.db.inTenant(tenantIdSchema.parse(database.tenantId), async (tx) => {
    const { rows } = await sql<{
      state: string;
      text: string | null;
      attempts: number;
      reason: string | null;
    }>`select state, text, attempts, reason from platform.mail`.execute(tx.over());
    return rows;
  });
}
