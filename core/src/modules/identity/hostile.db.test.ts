import type { Me, SignedIn, User } from "@millwright/contracts/api";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import { TestBrowser } from "../../testing/browser.ts";
import { openTestPlant, type TestPlant, testSetupCode } from "../../testing/plant.ts";

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
