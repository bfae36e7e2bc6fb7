import type { ApiKey, PolicyOnTheWire, SignedIn, User } from "@millwright/contracts/api";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import type { App } from "../../app.ts";
import { TestBrowser } from "../../testing/browser.ts";
import { anotherApp, testSetupCode } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();
/** Another process of core, as far as memory, pool and listener are concerned. */
let there: App;
let admin: TestBrowser;
let me: SignedIn["me"];

const password = "lathe spindle copper";

beforeAll(async () => {
  there = anotherApp(plant.worker);
  await Promise.all([plant.app.start(), there.start()]);
  admin = new TestBrowser(plant.app);
  const { body } = await admin.call<SignedIn>("POST", "/api/setup", {
    code: testSetupCode,
    company: { name: "Berg Metall" },
    site: { name: "Halle 1", timeZone: "Europe/Berlin", dayStart: "06:00" },
    administrator: { name: "Anna Berg", email: "anna@example.com", password },
  });
  ({ me } = body);
});
afterAll(async () => {
  await there?.[Symbol.asyncDispose]();
});

let policyBefore: PolicyOnTheWire;
beforeEach(async () => {
  policyBefore = await readPolicy();
});
afterEach(async () => {
  const { version } = await readPolicy();
  if (version !== policyBefore.version) {
    await admin.call("PUT", "/api/admin/policy", withoutVersion(policyBefore), ifMatch(version));
  }
});

async function readPolicy(): Promise<PolicyOnTheWire> {
  return (await admin.call<PolicyOnTheWire>("GET", "/api/admin/policy")).body;
}

function putPolicy(body: object, version: string) {
  return admin.call("PUT", "/api/admin/policy", body, ifMatch(version));
}

/** Asks for something without saying what: 403 without the right, 400 with it. */
function draft(as: TestBrowser) {
  return as.call("POST", "/api/work-orders", {});
}

function withoutVersion({ roles, rules }: PolicyOnTheWire) {
  return { roles, rules };
}

function ifMatch(version: string | number) {
  return { "if-match": `"${version}"` };
}

/** Invites and lets choose a password, as two people do it. */
async function join(asked: { name: string; roles: string[]; departmentId?: string | null }) {
  const email = `${crypto.randomUUID().slice(0, 8)}@example.com`;
  const { status, body } = await admin.call<{ user: User; link: string }>(
    "POST",
    "/api/admin/users",
    { email, ...asked },
  );
  if (status !== 201) throw new Error(JSON.stringify(body));
  const [, token] = body.link.split("#token=");
  const browser = new TestBrowser(plant.app);
  const used = await browser.call<SignedIn>("POST", "/api/auth/links/use", { token, password });
  expect(used.status).toBe(200);
  return { user: body.user, email, token, browser };
}

test("an invited person chooses a password by a link that works once", async () => {
  const { user, email, token, browser } = await join({ name: "Ole", roles: ["operator"] });
  expect(user).toMatchObject({ state: "invited", roles: ["operator"] });
  expect((await browser.me()).body).toMatchObject({ email, roles: ["operator"] });
  for (const path of ["/api/auth/links/read", "/api/auth/links/use"]) {
    const again = await new TestBrowser(plant.app).call("POST", path, { token, password });
    expect(again).toMatchObject({ status: 404, body: { code: "link.not_valid" } });
  }
  const asked = await browser.call("POST", "/api/items", { number: "x" });
  expect(asked).toMatchObject({ status: 403, body: { code: "permission.missing" } });
  const { body } = await admin.call<{ rows: object[] }>("GET", "/api/admin/policy/refusals");
  expect(body.rows[0]).toMatchObject({ who: "Ole", objectType: "item", action: "create" });
});

test("a newer link replaces the older one, and a used one ends the other sessions", async () => {
  const { user, browser } = await join({ name: "Ida", roles: [] });
  const send = () =>
    admin.call<{ link: string }>("POST", `/api/admin/users/${user.userId}/send_link`);
  const first = (await send()).body.link.split("#token=")[1];
  const second = (await send()).body.link.split("#token=")[1];
  const dead = await browser.call("POST", "/api/auth/links/read", { token: first });
  expect(dead.status).toBe(404);
  const shown = await browser.call("POST", "/api/auth/links/read", { token: second });
  expect(shown.body).toMatchObject({ purpose: "password_reset", name: "Ida" });
  const next = new TestBrowser(plant.app);
  await next.call("POST", "/api/auth/links/use", { token: second, password: "quiet river stones" });
  expect((await browser.me()).status).toBe(401);
  expect((await next.me()).status).toBe(200);
});

test("new roles are in force in every process at once", async () => {
  const { user, browser } = await join({ name: "Per", roles: ["viewer"] });
  const elsewhere = new TestBrowser(there);
  elsewhere.setCookie("mw_access", browser.cookie("mw_access") ?? "");
  expect((await draft(browser)).status).toBe(403);
  expect((await draft(elsewhere)).status).toBe(403);
  const { body } = await admin.call<User>("GET", `/api/admin/users/${user.userId}`);
  const changed = await admin.call(
    "PATCH",
    `/api/admin/users/${user.userId}`,
    { roles: ["planner"] },
    ifMatch(body.version),
  );
  expect(changed).toMatchObject({ status: 200, body: { roles: ["planner"] } });
  // Let in now, and then refused for its empty body.
  expect((await draft(browser)).status).toBe(400);
  await until("the other process", async () => (await draft(elsewhere)).status === 400, 1000);
});

test("two administrators edit one user at once: the second is told to read again", async () => {
  const { user } = await join({ name: "Eva", roles: [] });
  const path = `/api/admin/users/${user.userId}`;
  const { version } = (await admin.call<User>("GET", path)).body;
  const answers = await Promise.all(
    ["Eva A", "Eva B"].map((name) => admin.call("PATCH", path, { name }, ifMatch(version))),
  );
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412]);
});

test("the last administrator can neither leave nor be left without rights, also not two at once", async () => {
  const path = `/api/admin/users/${me.userId}`;
  const versionOf = async (at: string) => (await admin.call<User>("GET", at)).body.version;
  const demote = async (at: string) =>
    admin.call("PATCH", at, { roles: ["viewer"] }, ifMatch(await versionOf(at)));
  const last = { status: 409, body: { code: "user.last_administrator" } };
  expect(await demote(path)).toMatchObject(last);
  expect(await admin.call("POST", `${path}/deactivate`)).toMatchObject(last);
  const { user, browser } = await join({ name: "Second", roles: ["administrator"] });
  const other = `/api/admin/users/${user.userId}`;
  const [mine, theirs] = [await versionOf(path), await versionOf(other)];
  const answers = await Promise.all([
    browser.call("PATCH", path, { roles: ["viewer"] }, ifMatch(mine)),
    admin.call("PATCH", other, { roles: ["viewer"] }, ifMatch(theirs)),
  ]);
  const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
  expect([
    [200, 403],
    [200, 409],
  ]).toContainEqual(statuses);
  if (answers[0]?.status === 200) {
    const { body } = await browser.call<User>("GET", path);
    await browser.call("PATCH", path, { roles: ["administrator"] }, ifMatch(body.version));
  }
  await admin.call("POST", `${other}/deactivate`);
});

test("a deactivated person is out at once and may not come back", async () => {
  const { user, email, browser } = await join({ name: "Jan", roles: ["viewer"] });
  await admin.call("POST", `/api/admin/users/${user.userId}/deactivate`);
  expect((await browser.me()).status).toBe(401);
  const asked = await browser.call("POST", "/api/auth/sign-in", { email, password });
  expect(asked).toMatchObject({ status: 401, body: { code: "sign_in.refused" } });
  await admin.call("POST", `/api/admin/users/${user.userId}/activate`);
  await browser.signIn({ email, password });
});

test("nobody hands on what they may not do: not by role, not by key, not by another's link", async () => {
  const policy = await readPolicy();
  const hr = { role: "hr", title: "Personnel", parents: [] };
  const rules = ["read", "change"].map((action) => rule("hr", "user", action));
  const key = rule("hr", "api_key", "create");
  await admin.call(
    "PUT",
    "/api/admin/policy",
    { roles: [...policy.roles, hr], rules: [...policy.rules, ...rules, key] },
    ifMatch(policy.version),
  );
  const { user, browser } = await join({ name: "Hanna", roles: ["hr", "viewer"] });
  const beyond = { status: 403, body: { code: "role.beyond_own" } };
  const { version } = (await browser.call<User>("GET", `/api/admin/users/${user.userId}`)).body;
  const raise = { roles: ["hr", "administrator"] };
  const path = `/api/admin/users/${user.userId}`;
  expect(await browser.call("PATCH", path, raise, ifMatch(version))).toMatchObject(beyond);
  const invited = { name: "X", email: "x@example.com", roles: ["planner"] };
  expect(await browser.call("POST", "/api/admin/users", invited)).toMatchObject(beyond);
  const link = await browser.call("POST", `/api/admin/users/${me.userId}/send_link`);
  expect(link).toMatchObject(beyond);
  const made = await browser.call("POST", "/api/admin/api-keys", { name: "K", roles: ["planner"] });
  expect(made).toMatchObject(beyond);
  const own = await browser.call("POST", "/api/admin/api-keys", { name: "K", roles: ["viewer"] });
  expect(own.status).toBe(201);
});

test("an API key is shown once, works until revoked, everywhere at once", async () => {
  const headers = { "idempotency-key": crypto.randomUUID() };
  const asked = { name: "Reports", roles: ["viewer"] };
  const made = await admin.call<{ apiKey: ApiKey; key: string }>(
    "POST",
    "/api/admin/api-keys",
    asked,
    headers,
  );
  expect(made.status).toBe(201);
  const { apiKey, key } = made.body;
  expect(key.startsWith(apiKey.prefix)).toBe(true);
  const again = await admin.call("POST", "/api/admin/api-keys", asked, headers);
  expect(again).toMatchObject({ status: 409, body: { code: "api_key.shown_once" } });
  const ask = (app: App) =>
    new TestBrowser(app).call("GET", "/api/equipment", undefined, {
      authorization: `Bearer ${key}`,
    });
  expect([(await ask(plant.app)).status, (await ask(there)).status]).toEqual([200, 200]);
  const profile = await new TestBrowser(plant.app).call("GET", "/api/me", undefined, {
    authorization: `Bearer ${key}`,
  });
  expect(profile).toMatchObject({ status: 403, body: { code: "session.needed" } });
  const revoked = await admin.call("POST", `/api/admin/api-keys/${apiKey.apiKeyId}/revoke`);
  expect(revoked.status).toBe(200);
  expect((await ask(plant.app)).status).toBe(401);
  await until("the other process", async () => (await ask(there)).status === 401, 1000);
});

test("the policy is edited by version, keeps an administrator, and says why it refuses", async () => {
  const policy = await readPolicy();
  const { roles, rules } = policy;
  const bad = { ...rule("viewer", "work_order", "read"), condition: "object.colour = 'red'" };
  expect(await putPolicy({ roles, rules: [...rules, bad] }, policy.version)).toMatchObject({
    status: 400,
    body: { code: "authz.condition_invalid" },
  });
  const without = rules.filter(({ role }) => role !== "administrator");
  expect(await putPolicy({ roles, rules: without }, policy.version)).toMatchObject({
    status: 409,
    body: { code: "policy.locks_out" },
  });
  const more = [...rules, rule("viewer", "work_order", "draft")];
  const answers = await Promise.all([
    putPolicy({ roles, rules: more }, policy.version),
    putPolicy({ roles, rules: more.slice(1) }, policy.version),
  ]);
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412]);
});

test("a withdrawn right is refused in every process within a second, with its reason", async () => {
  const { user, browser } = await join({ name: "Liv", roles: ["planner"] });
  const elsewhere = new TestBrowser(there);
  elsewhere.setCookie("mw_access", browser.cookie("mw_access") ?? "");
  expect([(await draft(browser)).status, (await draft(elsewhere)).status]).toEqual([400, 400]);
  const policy = await readPolicy();
  const deny = { ...rule("planner", "work_order", "draft"), effect: "deny" };
  const { roles, rules } = policy;
  await admin.call(
    "PUT",
    "/api/admin/policy",
    { roles, rules: [...rules, deny] },
    ifMatch(policy.version),
  );
  for (const each of [browser, elsewhere]) {
    await until("refused", async () => (await draft(each)).status === 403, 1000);
  }
  const { body } = await admin.call("POST", "/api/admin/policy/explain", {
    userId: user.userId,
    objectType: "work_order",
    action: "draft",
    object: {},
  });
  expect(body).toMatchObject({
    isAllowed: false,
    because: "Role planner denies draft work_order always.",
  });
});

test("departments form no circle and are edited by version", async () => {
  const make = async (name: string, parentId: string | null = null) =>
    (
      await admin.call<{ departmentId: string }>("POST", "/api/admin/departments", {
        name,
        parentId,
      })
    ).body.departmentId;
  const works = await make("Works");
  const saw = await make("Sawing", works);
  const path = `/api/admin/departments/${works}`;
  const put = (parentId: string, version: number) =>
    admin.call("PUT", path, { name: "Works", parentId }, ifMatch(version));
  expect(await put(saw, 1)).toMatchObject({ status: 409, body: { code: "department.cycle" } });
  expect(await put(crypto.randomUUID(), 1)).toMatchObject({ status: 404 });
  expect(await admin.call("PUT", path, { name: "Works 2" }, ifMatch(7))).toMatchObject({
    status: 412,
  });
  expect(await admin.call("PUT", path, { name: "Works 2" }, ifMatch(1))).toMatchObject({
    status: 200,
    body: { version: 2 },
  });
});

test("a further site needs a group of its own in the installation", async () => {
  const site = { name: "Halle 2", timeZone: "UTC", dayStart: "06:00", groupId: "halle-2" };
  const made = await admin.call<{ sites: object[] }>("POST", "/api/admin/sites", site);
  expect(made.body.sites).toHaveLength(2);
  const taken = await admin.call("POST", "/api/admin/sites", {
    ...site,
    name: "Halle 3",
    groupId: database.groupId,
  });
  expect(taken).toMatchObject({ status: 409, body: { code: "site.group_taken" } });
});

function rule(role: string, objectType: string, action: string) {
  return {
    ruleId: crypto.randomUUID(),
    role,
    objectType,
    action,
    effect: "allow",
    condition: null,
  };
}

test("a company is renamed by who has read its name, and nobody else's edit is lost", async () => {
  type Company = { name: string; version: number };
  const { body: before } = await admin.call<Company>("GET", "/api/admin/company");
  const rename = (name: string) =>
    admin.call<Company>("PUT", "/api/admin/company", { name }, ifMatch(String(before.version)));
  const answers = [await rename("Berg Metall GmbH"), await rename("Berg")];
  expect(answers.map(({ status }) => status)).toEqual([200, 412]);
  const { body: after } = await admin.call<Company>("GET", "/api/admin/company");
  expect(after).toMatchObject({ name: "Berg Metall GmbH", version: before.version + 1 });
  expect((await rename("")).status).toBe(400);
});
