import type { OidcProvider } from "@millwright/contracts/api";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { TestOidcProvider, type TestPerson } from "../../../../../deploy/test/oidc-provider.ts";
import { TestBrowser } from "../../../testing/browser.ts";
import { anotherApp } from "../../../testing/plant.ts";
import { plantOfFile } from "../../../testing/plant-of-file.ts";

// A real OpenID provider answers; the browser's part at it is played by fetch.

const { database, plant } = await plantOfFile();
let oidc: TestOidcProvider;
let provider: OidcProvider;
let browser: TestBrowser;

beforeAll(async () => {
  oidc = await TestOidcProvider.on();
  provider = await plant.post<OidcProvider>("/api/admin/oidc-providers", {
    name: "Works ID",
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    provisions: true,
    defaultRoles: ["operator"],
    roleClaim: "groups",
    rolesByClaim: { "erp-planners": "planner" },
  });
  await oidc.start(provider.redirectUri);
});
beforeEach(() => {
  browser = new TestBrowser(plant.app);
});
afterAll(async () => {
  await oidc?.[Symbol.asyncDispose]();
});

const person = (fields: Partial<TestPerson> = {}): TestPerson => {
  const sub = crypto.randomUUID();
  const name = "Ines Roth";
  return { sub, name, email: `${sub}@example.com`, email_verified: true, ...fields };
};

async function leave(as = browser, returnTo = "/work-orders?state=released"): Promise<string> {
  const query = new URLSearchParams({ returnTo }).toString();
  const path = `/api/auth/oidc/${provider.providerId}/start?${query}`;
  const answer = await as.raw("GET", path, undefined, { "sec-fetch-site": "none" });
  expect(answer.status).toBe(302);
  return answer.headers.get("location") ?? "";
}

async function comeBack(callback: URL, as = browser): Promise<string> {
  const answer = await as.raw("GET", callback.pathname + callback.search, undefined, {
    "sec-fetch-site": "cross-site",
  });
  expect(answer.status).toBe(302);
  return answer.headers.get("location") ?? "";
}

async function signIn(who: TestPerson, as = browser): Promise<string> {
  oidc.knows(who);
  return comeBack(await oidc.signIn(await leave(as), who.sub), as);
}

test("the sign-in page offers it, and its secret is shown nowhere", async () => {
  const { body } = await browser.call("GET", "/api/auth/methods");
  expect(body).toEqual({ providers: [{ providerId: provider.providerId, name: "Works ID" }] });
  const list = await plant.app.api.request("/api/admin/oidc-providers", {
    headers: { authorization: `Bearer ${database.apiKey}` },
  });
  expect(await list.text()).not.toContain("secret");
  const rows = await inTenant(sql<{ client_secret_sealed: string; log: string }>`
    select client_secret_sealed, (select string_agg(payload::text, '') from platform.event) as log
      from identity.oidc_provider`);
  expect(JSON.stringify(rows)).not.toContain(oidc.clientSecret);
});

test("who is verified by it signs in, as a new user with default and mapped roles", async () => {
  const ines = person({ groups: ["erp-planners", "football"] });
  expect(await signIn(ines)).toBe("/work-orders?state=released");
  const { status, body } = await browser.me();
  expect(status).toBe(200);
  expect(body).toMatchObject({ name: "Ines Roth", email: ines["email"], hasPassword: false });
  expect(body.roles.toSorted()).toEqual(["operator", "planner"]);
  expect(browser.cookie("mw_oidc")).toBeUndefined();
});

test("the same person is the same user, also under a new address that somebody else verified", async () => {
  const ines = person();
  await signIn(ines);
  const { body: first } = await browser.me();
  const again = new TestBrowser(plant.app);
  await signIn({ ...ines, email: "changed@example.com", email_verified: false }, again);
  expect((await again.me()).body.userId).toBe(first.userId);
});

test("an address that is not verified makes nobody, and takes over nobody's account", async () => {
  const victim = person();
  await signIn(victim);
  const thief = person({ email: victim["email"], email_verified: false });
  const other = new TestBrowser(plant.app);
  expect(await signIn(thief, other)).toBe("/sign-in?problem=oidc.email_not_verified");
  expect((await other.me()).status).toBe(401);
  const twin = person({ email: victim["email"] });
  expect(await signIn(twin, other)).toBe("/sign-in?problem=oidc.already_linked");
});

test("without provisioning only who was invited comes in, by the address of the invitation", async () => {
  const { redirectUri: _, providerId, ...fields } = provider;
  const change = async (provisions: boolean) => {
    const { version } = await current();
    const body = { ...fields, provisions, version };
    const answer = await plant.call("PUT", `/api/admin/oidc-providers/${providerId}`, body);
    expect(answer.status).toBe(200);
  };
  await change(false);
  const guest = person();
  expect(await signIn(guest)).toBe("/sign-in?problem=oidc.not_invited");
  await inTenant(sql`
    insert into identity.app_user (user_id, tenant_id, name, email, state, roles)
    values (gen_random_uuid(), ${database.tenantId}, 'Guest', ${guest["email"]}, 'invited', '{buyer}')`);
  expect(await signIn(guest)).toBe("/work-orders?state=released");
  expect((await browser.me()).body).toMatchObject({ name: "Guest", roles: ["buyer"] });
  await change(true);
});

test("a user who was made inactive stays out", async () => {
  const ines = person();
  await signIn(ines);
  await inTenant(sql`
    update identity.app_user set state = 'inactive' where email = ${ines["email"]}`);
  expect(await signIn(ines, new TestBrowser(plant.app))).toBe(
    "/sign-in?problem=oidc.user_inactive",
  );
});

test.each([
  { why: "another state", spoil: (url: URL) => url.searchParams.set("state", "forged") },
  { why: "no state", spoil: (url: URL) => url.searchParams.delete("state") },
  { why: "another code", spoil: (url: URL) => url.searchParams.set("code", "forged") },
  {
    why: "another issuer",
    spoil: (url: URL) => url.searchParams.set("iss", "https://evil.example"),
  },
])("coming back with $why signs nobody in", async ({ spoil }) => {
  const ines = person();
  oidc.knows(ines);
  const callback = await oidc.signIn(await leave(), ines.sub);
  spoil(callback);
  expect(await comeBack(callback)).toMatch(/^\/sign-in\?problem=oidc\.(not_valid|declined)$/);
  expect((await browser.me()).status).toBe(401);
});

test("a callback works once, and only in the browser that left", async () => {
  const ines = person();
  oidc.knows(ines);
  const callback = await oidc.signIn(await leave(), ines.sub);
  const pending = browser.cookie("mw_oidc") ?? "";
  const thief = new TestBrowser(plant.app);
  expect(await comeBack(callback, thief)).toBe("/sign-in?problem=oidc.not_valid");
  expect(await comeBack(callback)).toBe("/work-orders?state=released");
  expect(await comeBack(callback)).toBe("/sign-in?problem=oidc.not_valid");
  // Even with a copy of the cookie: the provider takes its code once.
  thief.setCookie("mw_oidc", pending);
  expect(await comeBack(callback, thief)).toBe("/sign-in?problem=oidc.not_valid");
  thief.setCookie("mw_oidc", `${pending.slice(0, -4)}AAAA`);
  expect(await comeBack(callback, thief)).toBe("/sign-in?problem=oidc.not_valid");
});

test("a sign-in that took too long has to begin again", async () => {
  const ines = person();
  oidc.knows(ines);
  const callback = await oidc.signIn(await leave(), ines.sub);
  const now = new Date(plant.now());
  plant.setClock(new Date(now.getTime() + 11 * 60_000).toISOString());
  expect(await comeBack(callback)).toBe("/sign-in?problem=oidc.expired");
  plant.setClock(now.toISOString());
});

test.each([
  { skewMs: 40_000, to: "/work-orders?state=released" },
  { skewMs: -40_000, to: "/work-orders?state=released" },
  { skewMs: -2 * 3_600_000, to: "/sign-in?problem=oidc.not_valid" },
])("a clock that differs by $skewMs ms ends at $to", async ({ skewMs, to }) => {
  const ines = person();
  oidc.knows(ines);
  const callback = await oidc.signIn(await leave(), ines.sub);
  oidc.skewMs = skewMs;
  try {
    expect(await comeBack(callback)).toBe(to);
  } finally {
    oidc.skewMs = 0;
  }
});

test("a provider that rotates its keys is followed, one that is down is said to be", async () => {
  await signIn(person());
  await oidc.start();
  expect(await signIn(person(), new TestBrowser(plant.app))).toBe("/work-orders?state=released");
  const ines = person();
  oidc.knows(ines);
  const callback = await oidc.signIn(await leave(), ines.sub);
  await oidc.stop();
  expect(await comeBack(callback)).toBe("/sign-in?problem=oidc.provider_unreachable");
  await oidc.start();
});

test("it sends back to pages of ours only, and an unknown provider is told", async () => {
  const path = `/api/auth/oidc/${provider.providerId}/start`;
  for (const returnTo of ["https://evil.example/", "//evil.example", "/\\evil.example"]) {
    const query = new URLSearchParams({ returnTo }).toString();
    expect((await browser.raw("GET", `${path}?${query}`)).status).toBe(400);
  }
  for (const reference of [
    "nobody",
    "0".repeat(64),
    `${provider.providerId.slice(0, 32)}${"0".repeat(32)}`,
  ]) {
    const answer = await browser.raw("GET", `/api/auth/oidc/${reference}/start`);
    expect(answer.headers.get("location")).toBe("/sign-in?problem=oidc.provider_unknown");
  }
});

async function current(): Promise<OidcProvider> {
  const { rows } = await plant.get<{ rows: OidcProvider[] }>("/api/admin/oidc-providers");
  const [first] = rows;
  if (first === undefined) throw new Error("there is a provider");
  return first;
}

function inTenant<Row>(statement: ReturnType<typeof sql<Row>>): Promise<Row[]> {
  return plant.core.db.inTenant(tenantIdSchema.parse(database.tenantId), async (tx) => {
    const { rows } = await statement.execute(tx.over());
    return rows;
  });
}

test("a provider inside of our network is refused, by number at once and by name when it is asked", async () => {
  await using app = anotherApp(plant.core, { oidcMayBeInside: false });
  const headers = {
    authorization: `Bearer ${database.apiKey}`,
    "content-type": "application/json",
  };
  const create = (issuer: string) =>
    app.api.request("/api/admin/oidc-providers", {
      method: "POST",
      headers: { ...headers, "idempotency-key": crypto.randomUUID() },
      body: JSON.stringify({ name: issuer, issuer, clientId: "x", clientSecret: "x" }),
    });
  for (const issuer of ["https://169.254.169.254/", "https://[::1]/", "http://localhost:1/"]) {
    const answer = await create(issuer);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "oidc_provider.issuer_inside" });
  }
  // Known from a time when it was allowed: it is not asked any more.
  const start = await app.api.request(`/api/auth/oidc/${provider.providerId}/start`);
  expect(start.headers.get("location")).toBe("/sign-in?problem=oidc.provider_unreachable");
});
