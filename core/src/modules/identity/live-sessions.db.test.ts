import { once } from "node:events";

import { createAdaptorServer } from "@hono/node-server";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { until } from "../../../../deploy/test/until.ts";
import type { App } from "../../app.ts";
import { TestBrowser } from "../../testing/browser.ts";
import { anotherApp, openTestPlant, type TestPlant, testSetupCode } from "../../testing/plant.ts";

// Streams of a real server, whose sessions end without anybody doing anything to them: no event tells.
let database: TestDatabase;
let plant: TestPlant;
let app: App;
let server: ReturnType<typeof createAdaptorServer>;
let browser: TestBrowser;

const email = "anna@example.com";
const password = "lathe spindle copper";
const started = Date.parse("2026-11-20T10:00:00Z");
const at = (ms: number) => plant.setClock(new Date(started + ms).toISOString());
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

beforeEach(async () => {
  database = await createTestDatabase();
  plant = await openTestPlant(database);
  app = anotherApp(plant.worker, { liveCheckMs: 20 });
  await app.start();
  server = createAdaptorServer({ fetch: app.api.fetch }).listen(0, "127.0.0.1");
  await once(server, "listening");
  browser = new TestBrowser(app);
  const administrator = { name: "Anna", email, password };
  const site = { name: "Halle 1", timeZone: "Europe/Berlin", dayStart: "05:30" };
  const asked = { code: testSetupCode, company: { name: "Berg" }, site, administrator };
  expect((await browser.call("POST", "/api/setup", asked)).status).toBe(200);
});
afterEach(async () => {
  const closed = once(server, "close");
  server.close();
  await app[Symbol.asyncDispose]();
  await closed;
  await plant?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

type Stream = { status: number; isOpen: () => boolean };

async function openStream(headers: Record<string, string>): Promise<Stream> {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // Else the connection is kept for a next request, and the server waits for it when it closes.
  const single = { connection: "close" };
  const url = `http://127.0.0.1:${port}/api/live`;
  const answer = await fetch(url, { headers: { ...headers, ...single } });
  let isOpen = answer.ok;
  // What it says does not matter here; that the server ends it in order does.
  void answer.text().then(() => (isOpen = false));
  return { status: answer.status, isOpen: () => isOpen };
}

function asBrowser(of: TestBrowser): Record<string, string> {
  return { cookie: `mw_access=${of.cookie("mw_access")}` };
}

/** Waits until all streams were looked at: one more session ends unheard, and only the check finds it. */
async function aCheck(): Promise<void> {
  const visitor = new TestBrowser(app);
  await visitor.signIn({ email, password });
  const { body } = await visitor.call<{ rows: { sessionId: string; isCurrent: boolean }[] }>(
    "GET",
    "/api/me/sessions",
  );
  const sessionId = body.rows.find(({ isCurrent }) => isCurrent)?.sessionId;
  const stream = await openStream(asBrowser(visitor));
  expect(stream.isOpen()).toBe(true);
  await change(sql`update identity.session set ended_time = now() where session_id = ${sessionId}`);
  await until("it is found", () => !stream.isOpen());
}

/** As if a notice was lost: the row changes and nobody is told. */
function change(statement: ReturnType<typeof sql>): Promise<unknown> {
  return plant.worker.db.inTenant(plant.tenantId, (tx) => statement.execute(tx.over()));
}

test("a stream outlives its access token, and ends when its session idles out", async () => {
  const stream = await openStream(asBrowser(browser));
  const phone = new TestBrowser(app);
  await phone.signIn({ email, password });
  const other = await openStream(asBrowser(phone));
  at(11 * minuteMs);
  await aCheck();
  expect([stream.isOpen(), other.isOpen()]).toEqual([true, true]);

  at(10 * dayMs);
  expect((await phone.call("POST", "/api/auth/refresh")).status).toBe(200);
  await aCheck();
  expect(stream.isOpen()).toBe(true);
  at(14 * dayMs + minuteMs);
  await until("the idle one ends", () => !stream.isOpen());
  expect(other.isOpen()).toBe(true);
  // Its browser asks again, is refused, and has nothing to renew the session with.
  expect((await openStream(asBrowser(browser))).status).toBe(401);
  expect((await browser.call("POST", "/api/auth/refresh")).status).toBe(401);
});

test("the stream of a disabled user ends though its notice was lost", async () => {
  const stream = await openStream(asBrowser(browser));
  const key = await openStream({ authorization: `Bearer ${database.apiKey}` });
  await aCheck();
  expect(stream.isOpen()).toBe(true);
  await change(sql`update identity.app_user set state = 'inactive' where email = ${email}`);
  await until("it ends", () => !stream.isOpen());
  expect(key.isOpen()).toBe(true);
});

test("the stream of an API key ends when the key expires", async () => {
  const stream = await openStream({ authorization: `Bearer ${database.apiKey}` });
  const expires = new Date(started + minuteMs);
  await change(sql`update identity.api_key set expires_time = ${expires}`);
  await aCheck();
  expect(stream.isOpen()).toBe(true);
  at(minuteMs);
  await until("it ends", () => !stream.isOpen());
});
