import type { Me, SignedIn, User } from "@millwright/contracts/api";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { TestBrowser } from "../../testing/browser.ts";
import { openTestPlant, type TestPlant, testSetupCode } from "../../testing/plant.ts";
import { codeAt } from "./totp.ts";

/** What people try who mean harm, from outside and with a small role. */
let database: TestDatabase;
let plant: TestPlant;
let admin: TestBrowser;

const email = "ada@example.com";
const password = "lathe spindle copper";

beforeEach(async () => {
  database = await createTestDatabase();
  plant = await openTestPlant(database);
  admin = new TestBrowser(plant.app);
  const { status } = await admin.call("POST", "/api/setup", {
    code: testSetupCode,
    company: { name: "Nordwerk" },
    site: { name: "Halle 1", timeZone: "Europe/Berlin", dayStart: "05:30" },
    administrator: { name: "Ada", email, password },
  });
  expect(status).toBe(200);
});
afterEach(async () => {
  await plant?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test.each([
  { what: "a NUL in a name", method: "PATCH", path: "/api/me", body: { name: "A\u0000b" } },
  { what: "half a surrogate pair", method: "PATCH", path: "/api/me", body: { name: "A\ud800" } },
  {
    what: "a NUL in a company",
    method: "POST",
    path: "/api/auth/sign-in",
    body: { email, password: "x\u0000", companyName: "\u0000" },
  },
  { what: "a NUL in a search", method: "GET", path: "/api/admin/users?search=%00" },
  { what: "a NUL in a path", method: "GET", path: "/api/work-orders/%00" },
])("$what is the asker's mistake, never a bug of ours", async ({ method, path, body }) => {
  const answer = await admin.call(method, path, body);
  expect([answer.status, answer.body]).toEqual([400, expect.anything()]);
});

test("signing out ends the session also when the access token has ended before", async () => {
  const refreshToken = admin.cookie("mw_refresh") ?? "";
  plant.setClock("2026-11-20T10:30:00Z");
  admin.setCookie("mw_access", "ended");
  expect((await admin.call("POST", "/api/auth/sign-out", {})).status).toBe(200);
  const thief = new TestBrowser(plant.app, "203.0.113.9");
  const { status } = await thief.call("POST", "/api/auth/refresh", { refreshToken });
  expect(status).toBe(401);
});

/** Somebody whose role allows just these actions, in a browser of their own. */
async function someone(
  name: string,
  rules: readonly { objectType: string; action: string; condition?: string }[],
  departmentId: string | null = null,
): Promise<{ browser: TestBrowser; me: Me }> {
  const stored = await admin.call<{ version: string; roles: object[]; rules: object[] }>(
    "GET",
    "/api/admin/policy",
  );
  const role = `role_${name}`;
  const added = rules.map(({ condition = null, ...rule }) => ({
    ruleId: crypto.randomUUID(),
    role,
    effect: "allow",
    condition,
    ...rule,
  }));
  const saved = await admin.call(
    "PUT",
    "/api/admin/policy",
    {
      roles: [...stored.body.roles, { role, title: name, parents: [] }],
      rules: [...stored.body.rules, ...added],
    },
    { "if-match": `"${stored.body.version}"` },
  );
  expect([saved.status, saved.body]).toEqual([200, expect.anything()]);
  const invited = await admin.call<{ user: User; link: string }>("POST", "/api/admin/users", {
    name,
    email: `${name}@example.com`,
    roles: [role],
    departmentId,
  });
  expect([invited.status, invited.body]).toEqual([201, expect.anything()]);
  const browser = new TestBrowser(plant.app, "192.0.2.7");
  const token = invited.body.link.split("token=")[1];
  const used = await browser.call<SignedIn>("POST", "/api/auth/links/use", { token, password });
  expect([used.status, used.body]).toEqual([200, expect.anything()]);
  return { browser, me: used.body.me };
}

test("who may edit the policy but not everything cannot write themselves more", async () => {
  const { browser } = await someone("pia", [
    { objectType: "policy", action: "read" },
    { objectType: "policy", action: "change" },
  ]);
  type Stored = { version: string; roles: { role: string; parents: string[] }[]; rules: object[] };
  const stored = await browser.call<Stored>("GET", "/api/admin/policy");
  const { version, roles, rules } = stored.body;
  const put = (body: object) =>
    browser.call("PUT", "/api/admin/policy", body, { "if-match": `"${version}"` });
  const rule = {
    ruleId: crypto.randomUUID(),
    role: "role_pia",
    objectType: "*",
    action: "*",
    effect: "allow",
    condition: null,
  };
  const refused = { status: 403, body: { code: "policy.beyond_own" } };
  expect(await put({ roles, rules: [...rules, rule] })).toMatchObject(refused);
  const inheriting = roles.map((each) =>
    each.role === "role_pia" ? { ...each, parents: ["administrator"] } : each,
  );
  expect(await put({ roles: inheriting, rules })).toMatchObject(refused);
});

test("who may change the company but not people cannot vouch for them by an OpenID provider", async () => {
  const { browser } = await someone("otto", [{ objectType: "company", action: "change" }]);
  const provider = {
    name: "Otto's own",
    issuer: "https://otto.example",
    clientId: "x",
    clientSecret: "y",
    scopes: "openid email",
    isActive: true,
    provisions: true,
    defaultRoles: ["administrator"],
    roleClaim: null,
    rolesByClaim: {},
  };
  const answer = await browser.call("POST", "/api/admin/oidc-providers", provider);
  expect(answer).toMatchObject({ status: 403, body: { code: "oidc_provider.beyond_own" } });
});

async function department(name: string): Promise<string> {
  const asked = { name, parentId: null, siteId: null };
  const made = await admin.call<{ departmentId: string }>("POST", "/api/admin/departments", asked);
  return made.body.departmentId;
}

test("who manages people cannot move themselves, or a friend, into the department of a condition", async () => {
  const [own, other] = [await department("Saws"), await department("Mills")];
  const { browser, me } = await someone(
    "uma",
    [
      { objectType: "user", action: "read" },
      { objectType: "user", action: "change" },
      {
        objectType: "purchase_order",
        action: "approve",
        condition: "object.departmentId = user.departmentId",
      },
    ],
    own,
  );
  const moved = await browser.call(
    "PATCH",
    `/api/admin/users/${me.userId}`,
    { departmentId: other },
    { "if-match": '"2"' },
  );
  expect(moved).toMatchObject({ status: 403, body: { code: "role.beyond_own" } });
  const friend = { name: "Fritz", email: "fritz@example.com", roles: me.roles };
  expect(
    await browser.call("POST", "/api/admin/users", { ...friend, departmentId: other }),
  ).toMatchObject({ status: 403, body: { code: "role.beyond_own" } });
  expect(
    (await browser.call("POST", "/api/admin/users", { ...friend, departmentId: own })).status,
  ).toBe(201);
});

test("guesses sent all at once are no more than those sent one after another", async () => {
  const guesses = Array.from({ length: 30 }, (_, index) =>
    new TestBrowser(plant.app, "203.0.113.9").call("POST", "/api/auth/sign-in", {
      email,
      password: `guess number ${index}`,
    }),
  );
  const tried = (await Promise.all(guesses)).filter(({ status }) => status === 401);
  expect(tried.length).toBeLessThanOrEqual(6);
});

test("a copy of the database makes nobody's codes: what they are made of is sealed", async () => {
  const { secret } = (await admin.call<{ secret: string }>("POST", "/api/me/totp", {})).body;
  const now = new Date(plant.now());
  expect(
    (await admin.call("POST", "/api/me/totp/confirm", { code: codeAt(secret, now) })).status,
  ).toBe(200);
  const stored = await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ totp_secret: string }>`
      select totp_secret from identity.app_user where totp_secret is not null`.execute(tx.over());
    return rows[0]?.totp_secret ?? "";
  });
  expect(stored.length).toBeGreaterThan(secret.length);
  expect(stored).not.toContain(secret);
  const later = new Date(now.getTime() + 60_000);
  plant.setClock(later.toISOString());
  const code = codeAt(secret, later);
  await new TestBrowser(plant.app).signIn({ email, password, code });
});

test("a stream ends when the policy changes, so that a right withdrawn is not heard on", async () => {
  await plant.app.start();
  const stream = await admin.raw("GET", "/api/live");
  const reader = stream.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await someone("eve", [{ objectType: "machine", action: "read" }]);
  const ended = async () => {
    for (;;) if ((await reader?.read())?.done !== false) return true;
  };
  expect(await ended()).toBe(true);
}, 20_000);
