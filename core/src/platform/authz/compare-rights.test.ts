import { expect, test } from "vitest";

import { isAlwaysAllowed, isAtMost } from "./compare-rights.ts";
import { defaultModel } from "./model.ts";
import { catalogue, rule, sentence } from "./policy.fixture.ts";
import { indexPolicy } from "./policy.ts";

const roles = ["reader", "manager", "chief", "admin", "careful", "nobody"];
const policy = indexPolicy(
  {
    model: defaultModel,
    roles: roles.map((role) => ({
      role,
      title: role,
      parents: role === "chief" ? ["manager"] : [],
    })),
    rules: [
      rule("reader", "read", null),
      rule("manager", "read", null),
      rule("manager", "approve", sentence),
      rule("chief", "cancel", null),
      rule("admin", "*", null, { objectType: "*" }),
      rule("careful", "*", null, { objectType: "*" }),
      rule("careful", "approve", "object.isUrgent = true", { effect: "deny" }),
    ],
  },
  catalogue,
);

test.each([
  [["reader"], ["reader"], true],
  [["reader"], ["manager"], true],
  [["manager"], ["reader"], false],
  [["manager"], ["chief"], true],
  [["chief"], ["manager"], false],
  [["chief", "reader"], ["admin"], true],
  [["admin"], ["chief"], false],
  // The same sentence in a rule of one's own is not the rule: it may be changed apart.
  [["manager"], ["careful"], false],
  [["admin"], ["careful"], false],
  [["careful"], ["admin"], true],
  [["nobody"], ["nobody"], true],
  [["gone"], ["nobody"], true],
  [[], [], true],
])("%j is at most %j: %s", (given, own, expected) => {
  expect(isAtMost(policy, given, own)).toBe(expected);
});

test.each([
  ["admin", "approve", true],
  ["manager", "approve", false],
  ["manager", "read", true],
  ["careful", "approve", false],
  ["nobody", "read", false],
])("%s may always %s: %s", (role, action, expected) => {
  const place = { objectType: "purchase_order", action };
  expect(isAlwaysAllowed(policy, [role], place)).toBe(expected);
});
