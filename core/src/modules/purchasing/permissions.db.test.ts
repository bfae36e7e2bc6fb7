import type { PolicyOnTheWire, SignedIn, User } from "@millwright/contracts/api";
import { beforeAll, expect, test } from "vitest";

import { TestBrowser } from "../../testing/browser.ts";
import { testSetupCode } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";

const { plant } = await plantOfFile();
let admin: TestBrowser;
const password = "lathe spindle copper";

beforeAll(async () => {
  admin = new TestBrowser(plant.app);
  await admin.call<SignedIn>("POST", "/api/setup", {
    code: testSetupCode,
    company: { name: "Nordwerk" },
    site: { name: "Halle 1", timeZone: "Europe/Berlin", dayStart: "05:30" },
    administrator: { name: "Ada", email: "ada@example.com", password },
  });
});

async function department(name: string): Promise<string> {
  const asked = { name, parentId: null, siteId: null };
  const made = await admin.call<{ departmentId: string }>("POST", "/api/admin/departments", asked);
  return made.body.departmentId;
}

test("a purchasing manager may approve below 10,000 in the own department, by the real catalogue", async () => {
  const [own, other] = [await department("Sawing"), await department("Milling")];
  const stored = (await admin.call<PolicyOnTheWire>("GET", "/api/admin/policy")).body;
  const rule = {
    ruleId: crypto.randomUUID(),
    role: "purchasing_manager",
    objectType: "purchase_order",
    action: "approve",
    effect: "allow",
    condition: "object.amount < 10000 and object.departmentId = user.departmentId",
  };
  const saved = await admin.call(
    "PUT",
    "/api/admin/policy",
    { roles: stored.roles, rules: [...stored.rules, rule] },
    { "if-match": `"${stored.version}"` },
  );
  expect(saved.status).toBe(200);
  const { user } = (
    await admin.call<{ user: User }>("POST", "/api/admin/users", {
      name: "Max",
      email: "max@example.com",
      roles: ["purchasing_manager"],
      departmentId: own,
    })
  ).body;
  const isAllowed = async (object: Record<string, string>) => {
    const asked = { userId: user.userId, objectType: "purchase_order", action: "approve", object };
    const answer = await admin.call<{ isAllowed: boolean }>(
      "POST",
      "/api/admin/policy/explain",
      asked,
    );
    expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
    return answer.body.isAllowed;
  };
  expect(await isAllowed({ amount: "9999.99", departmentId: own })).toBe(true);
  expect(await isAllowed({ amount: "10000", departmentId: own })).toBe(false);
  expect(await isAllowed({ amount: "9999.99", departmentId: other })).toBe(false);
  expect(await isAllowed({ amount: "9999.99" })).toBe(false);
});
