import type { SignedIn } from "@millwright/contracts/api";
import { SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { until } from "../../../../deploy/test/until.ts";
import { TestBrowser } from "../../testing/browser.ts";
import {
  anotherApp,
  openTestPlant,
  type TestPlant,
  testSetupCode,
  testSigningKey,
} from "../../testing/plant.ts";
import { codeAt } from "./totp.ts";

let database: TestDatabase;
let plant: TestPlant;
let browser: TestBrowser;

const email = "Anna.Berg@example.com";
const password = "lathe spindle copper";

beforeEach(async () => {
  database = await createTestDatabase();
  plant = await openTestPlant(database);
  browser = new TestBrowser(plant.app);
});
afterEach(async () => {
  await plant?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const setup = {
  code: testSetupCode,
  company: { name: "Berg Metall" },
  site: { name: "Halle 1", timeZone: "Europe/Berlin", dayStart: "05:30" },
  administrator: { name: "Anna Berg", email, password },
};

async function setUp(as = browser): Promise<SignedIn> {
  const { status, body } = await as.call<SignedIn>("POST", "/api/setup", setup);
  expect(body).toMatchObject({ me: { email } });
  expect(status).toBe(200);
  return body;
}

test("the first run names company and site, signs in, and closes behind itself", async () => {
  expect((await browser.call("GET", "/api/setup")).body).toMatchObject({ isNeeded: true });
  const { me } = await setUp();
  expect(me).toMatchObject({
    companyName: "Berg Metall",
    roles: ["administrator"],
    hasTotp: false,
  });
  expect(me.permissions).toContain("work_order:release");
  expect((await browser.me()).status).toBe(200);
  expect((await browser.call("GET", "/api/setup")).body).toMatchObject({ isNeeded: false });
  const again = await new TestBrowser(plant.app).call("POST", "/api/setup", setup);
  expect(again).toMatchObject({ status: 409, body: { code: "setup.done" } });
  expect((await browser.call("GET", "/api/equipment")).body).toMatchObject({
    siteName: "Halle 1",
    timeZone: "Europe/Berlin",
  });
});

test("of two first runs at once one wins, and there is one administrator", async () => {
  const answers = await Promise.all(
    ["a", "b", "c"].map((name) =>
      new TestBrowser(plant.app).call("POST", "/api/setup", {
        ...setup,
        administrator: { ...setup.administrator, email: `${name}@example.com` },
      }),
    ),
  );
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
});

test("the first run refuses a wrong code, an unknown time zone and a bad password", async () => {
  const { administrator, site } = setup;
  for (const [change, status, code] of [
    [{ code: "a guess of sixteen" }, 403, "setup.code_wrong"],
    [{ site: { ...site, timeZone: "Mars/Olympus" } }, 400, "time_zone.unknown"],
    [
      { administrator: { ...administrator, password: "passwordpassword" } },
      400,
      "password.too_common",
    ],
    [{ administrator: { ...administrator, password: "short" } }, 400, "request.not_valid"],
  ] as const) {
    const refused = await browser.call("POST", "/api/setup", { ...setup, ...change });
    expect(refused).toMatchObject({ status, body: { code } });
  }
  expect((await browser.call("GET", "/api/setup")).body).toMatchObject({ isNeeded: true });
});

test("signing in sets cookies no script can read, and tells nobody who exists", async () => {
  await setUp();
  const other = new TestBrowser(plant.app);
  await other.signIn({ email: email.toUpperCase(), password });
  const cookies = other.headers.getSetCookie();
  expect(cookies.find((set) => set.startsWith("mw_access="))).toMatch(/HttpOnly; SameSite=Lax/);
  expect(cookies.find((set) => set.startsWith("mw_refresh="))).toMatch(
    /Path=\/api\/auth; HttpOnly; SameSite=Strict/,
  );
  const wrong = { email, password: "not the password" };
  const unknown = { email: "nobody@example.com", password };
  const answers = await Promise.all(
    [wrong, unknown].map((asked) => other.call("POST", "/api/auth/sign-in", asked)),
  );
  expect(answers[0]).toMatchObject({ status: 401, body: { code: "sign_in.refused" } });
  expect(answers[1]).toEqual(answers[0]);
});

test("under https the cookies travel by TLS only", async () => {
  await setUp();
  await using app = anotherApp(plant.core, { publicUrl: "https://plant.example" });
  const secure = new TestBrowser(app);
  await secure.signIn({ email, password });
  for (const set of secure.headers.getSetCookie()) expect(set).toContain("Secure");
});

test("a guesser is slowed down; the person, where they signed in before, is not locked out", async () => {
  await setUp();
  plant.setClock("2026-11-20T11:00:00Z");
  const guess = { email, password: "a guess of many" };
  const guesser = new TestBrowser(plant.app, "198.51.100.7");
  for (let n = 0; n < 5; n += 1) await guesser.call("POST", "/api/auth/sign-in", guess);
  const locked = await guesser.call("POST", "/api/auth/sign-in", { email, password });
  expect(locked).toMatchObject({ status: 429, body: { code: "sign_in.locked" } });
  expect(Number(guesser.headers.get("retry-after"))).toBeGreaterThan(0);
  // From many addresses: the account itself is slowed down, except where its owner is known.
  for (let n = 0; n < 25; n += 1) {
    await new TestBrowser(plant.app, `203.0.113.${n}`).call("POST", "/api/auth/sign-in", guess);
  }
  const stranger = new TestBrowser(plant.app, "203.0.113.99");
  expect((await stranger.call("POST", "/api/auth/sign-in", { email, password })).status).toBe(429);
  await new TestBrowser(plant.app).signIn({ email, password });
  // And nobody for ever.
  plant.setClock("2026-11-20T11:16:00Z");
  await guesser.signIn({ email, password });
});

test("a refresh gives the next token; one that comes twice ends the session for both", async () => {
  await setUp();
  const first = browser.cookie("mw_refresh") ?? "";
  plant.setClock("2026-11-20T10:09:00Z");
  const { status } = await browser.call("POST", "/api/auth/refresh");
  expect(status).toBe(200);
  const second = browser.cookie("mw_refresh") ?? "";
  expect(second).not.toBe(first);
  expect((await browser.me()).status).toBe(200);
  const thief = new TestBrowser(plant.app, "198.51.100.7");
  const replayed = await thief.call("POST", "/api/auth/refresh", { refreshToken: first });
  expect(replayed).toMatchObject({ status: 401, body: { code: "sign_in.needed" } });
  expect((await browser.me()).status).toBe(401);
  expect((await browser.call("POST", "/api/auth/refresh")).status).toBe(401);
});

test("of two refreshes at once with one token at most one succeeds", async () => {
  await setUp();
  const refreshToken = browser.cookie("mw_refresh");
  const answers = await Promise.all(
    [1, 2, 3].map(() =>
      new TestBrowser(plant.app).call("POST", "/api/auth/refresh", { refreshToken }),
    ),
  );
  // None, when a copy was seen before the first had its answer: the session is over then.
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
});

test("an access token ends after ten minutes, a session idle for two weeks or after ninety days", async () => {
  await setUp();
  plant.setClock("2026-11-20T10:10:01Z");
  expect((await browser.me()).status).toBe(401);
  const day = Date.parse("2026-11-20T10:00:00Z");
  const at = (days: number) => plant.setClock(new Date(day + days * 86_400_000).toISOString());
  for (let days = 13; days < 90; days += 13) {
    at(days);
    expect((await browser.call("POST", "/api/auth/refresh")).status).toBe(200);
  }
  at(90.001);
  expect((await browser.call("POST", "/api/auth/refresh")).status).toBe(401);
  await browser.signIn({ email, password });
  at(105);
  expect((await browser.call("POST", "/api/auth/refresh")).status).toBe(401);
});

test("a revoked session is refused at once, also by another process, and its stream ends", async () => {
  await setUp();
  await using there = anotherApp(plant.worker);
  await Promise.all([plant.app.start(), there.start()]);
  plant.setClock("2026-11-20T10:01:00Z");
  const phone = new TestBrowser(plant.app);
  const { me } = await phone.signIn({ email, password });
  expect(me.email).toBe(email);
  const elsewhere = new TestBrowser(there);
  elsewhere.setCookie("mw_access", phone.cookie("mw_access") ?? "");
  expect((await elsewhere.me()).status).toBe(200);
  const stream = await elsewhere.raw("GET", "/api/live");
  const reading = stream.text();
  const { body } = await browser.call<{ rows: { sessionId: string; isCurrent: boolean }[] }>(
    "GET",
    "/api/me/sessions",
  );
  expect(body.rows.map(({ isCurrent }) => isCurrent)).toEqual([false, true]);
  const [other] = body.rows;
  await browser.call("POST", `/api/me/sessions/${other?.sessionId}/revoke`);
  expect((await phone.me()).status).toBe(401);
  await until("the other process knows", async () => (await elsewhere.me()).status === 401, 1000);
  expect(await reading).toContain(": millwright");
  expect((await browser.me()).status).toBe(200);
});

test("signing out ends the session and takes the cookies", async () => {
  await setUp();
  const stolen = browser.cookie("mw_access") ?? "";
  expect((await browser.call("POST", "/api/auth/sign-out")).status).toBe(200);
  expect(browser.cookie("mw_access")).toBeUndefined();
  const thief = new TestBrowser(plant.app);
  thief.setCookie("mw_access", stolen);
  expect((await thief.me()).status).toBe(401);
});

test("a second factor is asked for, counts once, and a recovery code stands in once", async () => {
  await setUp();
  const { body: proposed } = await browser.call<{ secret: string; uri: string }>(
    "POST",
    "/api/me/totp",
  );
  expect(proposed.uri).toContain("otpauth://totp/Millwright%20Berg%20Metall");
  // It does not count yet.
  await new TestBrowser(plant.app).signIn({ email, password });
  const code = (ms = 0) => codeAt(proposed.secret, new Date(plant.now() + ms));
  const wrong = await browser.call("POST", "/api/me/totp/confirm", { code: "000000" });
  expect(wrong).toMatchObject({ status: 400, body: { code: "totp.code_wrong" } });
  const { body } = await browser.call<{ recoveryCodes: string[] }>("POST", "/api/me/totp/confirm", {
    code: code(),
  });
  expect(body.recoveryCodes).toHaveLength(10);

  const other = new TestBrowser(plant.app);
  const asked = await other.call("POST", "/api/auth/sign-in", { email, password });
  expect(asked).toMatchObject({ status: 401, body: { code: "sign_in.code_needed" } });
  // The code that confirmed it was used.
  const replayed = await other.call("POST", "/api/auth/sign-in", { email, password, code: code() });
  expect(replayed).toMatchObject({ status: 401, body: { code: "sign_in.code_needed" } });
  await other.signIn({ email, password, code: code(30_000) });
  const recovery = body.recoveryCodes[0]?.toUpperCase() ?? "";
  await other.signIn({ email, password, code: recovery });
  const twice = await other.call("POST", "/api/auth/sign-in", { email, password, code: recovery });
  expect(twice.status).toBe(401);

  const unproven = await browser.call("POST", "/api/me/totp/remove", { password: "guessed it" });
  expect(unproven).toMatchObject({ status: 403, body: { code: "password.wrong" } });
  expect((await browser.call("POST", "/api/me/totp/remove", { password })).status).toBe(200);
  await other.signIn({ email, password });
});

test("a new password needs the old one and ends every other session", async () => {
  await setUp();
  const other = new TestBrowser(plant.app);
  await other.signIn({ email, password });
  const next = "copper shavings in oil";
  const change = (currentPassword: string, newPassword: string) =>
    browser.call("POST", "/api/me/password", { currentPassword, newPassword });
  expect(await change("guessed it", next)).toMatchObject({ body: { code: "password.wrong" } });
  expect(await change(password, "anna.berg-2026")).toMatchObject({
    body: { code: "password.own_name" },
  });
  expect((await change(password, next)).status).toBe(200);
  expect((await browser.me()).status).toBe(200);
  expect((await other.me()).status).toBe(401);
  await other.signIn({ email, password: next });
});

const forged: [string, () => string | Promise<string>][] = [
  ["none", () => `${part({ alg: "none" })}.${part(claims())}.`],
  ["another key", () => sign("somebody else's key, 32 characters!!")],
  ["an unknown key id", () => sign(testSigningKey, { kid: "ffffffff" })],
  ["no key id", () => sign(testSigningKey)],
  ["RS256 in the header", () => `${part({ alg: "RS256" })}.${part(claims())}.c2ln`],
  ["garbage", () => "not.a.token"],
  ["an API key of nobody", () => `mw_${"0".repeat(32)}_${"a".repeat(43)}`],
  ["a session of nobody", () => browser.cookie("mw_refresh") ?? ""],
];

test("a forged token is 401, as a header and as a cookie", async () => {
  await setUp();
  for (const [why, make] of forged) {
    const token = await make();
    const stranger = new TestBrowser(plant.app);
    const authorization = `Bearer ${token}`;
    const asked = await stranger.call("GET", "/api/me", undefined, { authorization });
    expect(asked, why).toMatchObject({ status: 401, body: { code: "sign_in.needed" } });
    stranger.setCookie("mw_access", token);
    expect((await stranger.me()).status, why).toBe(401);
  }
});

test("a page of another site cannot act with the cookie", async () => {
  await setUp();
  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "", origin: "https://evil.example" },
    // Neither header: no browser that is still in use, so somebody hides where they come from.
    { "sec-fetch-site": "" },
  ]) {
    const refused = await browser.call("PATCH", "/api/me", { name: "Eve" }, headers);
    expect(refused).toMatchObject({ status: 403, body: { code: "request.cross_site" } });
  }
  expect((await browser.me()).body.name).toBe("Anna Berg");
  const own = { "sec-fetch-site": "", origin: "http://localhost" };
  expect((await browser.call("PATCH", "/api/me", { name: "Anna" }, own)).status).toBe(200);
});

function claims() {
  const now = Math.floor(plant.now() / 1000);
  const id = "0190b4a0-0000-7000-8000-000000000001";
  const common = { iss: "millwright", aud: "millwright", iat: now, exp: now + 600 };
  return { ...common, sub: id, sid: id, tid: database.tenantId };
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(key: string, header: { kid?: string } = {}): Promise<string> {
  return new SignJWT(claims())
    .setProtectedHeader({ alg: "HS256", ...header })
    .sign(new TextEncoder().encode(key));
}
