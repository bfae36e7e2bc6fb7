import { expect, test } from "vitest";

import type { Rule } from "../../api/identity-shapes.ts";
import {
  countChanges,
  matrixRows,
  type PolicyDraft,
  readMatrix,
  withAncestors,
  withEffect,
  withoutRole,
} from "./matrix.ts";

const roles = [
  { role: "buyer", title: "Buyer", parents: [] },
  { role: "manager", title: "Manager", parents: ["buyer"] },
  { role: "chief", title: "Chief", parents: ["manager"] },
];
let ids = 0;
function rule(role: string, action: string, more: Partial<Rule> = {}): Rule {
  ids += 1;
  const ruleId = `019a0000-0000-7000-8000-${String(ids).padStart(12, "0")}`;
  return { ruleId, role, objectType: "order", action, effect: "allow", condition: null, ...more };
}
const place = { role: "manager", objectType: "order", action: "approve" };
const always = null;
const sometimes = "object.amount < 10000";

test.each([
  ["nothing says so", [], "none"],
  ["a rule allows", [rule("manager", "approve")], "allow"],
  ["its parent's rule allows", [rule("buyer", "approve")], "allow"],
  ["its child's rule allows", [rule("chief", "approve")], "none"],
  ["every action is allowed", [rule("manager", "*")], "allow"],
  ["everything is allowed", [rule("manager", "*", { objectType: "*" })], "allow"],
  ["another object is allowed", [rule("manager", "approve", { objectType: "item" })], "none"],
  ["a condition decides", [rule("manager", "approve", { condition: sometimes })], "sometimes"],
  [
    "deny wins over allow",
    [rule("manager", "approve"), rule("buyer", "*", { effect: "deny" })],
    "deny",
  ],
  [
    "allowed but for some",
    [rule("manager", "approve"), rule("buyer", "*", { effect: "deny", condition: sometimes })],
    "sometimes",
  ],
  [
    "a condition that denies allows nobody",
    [rule("manager", "approve", { effect: "deny", condition: sometimes })],
    "deny",
  ],
] as const)("when %s", (_, rules, verdict) => {
  expect(readMatrix({ roles, rules })(place).verdict).toBe(verdict);
});

test("keeps what is edited here apart from what comes from elsewhere", () => {
  const [own, parent, star] = [
    rule("manager", "approve"),
    rule("buyer", "approve"),
    rule("manager", "*"),
  ];
  const cell = readMatrix({ roles, rules: [own, parent, star] })(place);
  expect(cell.own).toEqual([own]);
  expect(cell.inherited).toEqual([star, parent]);
});

test("walks a cycle of roles once", () => {
  const round = [
    { role: "a", title: "A", parents: ["b"] },
    { role: "b", title: "B", parents: ["a"] },
  ];
  expect(withAncestors("a", round)).toEqual(["a", "b"]);
});

test("an effect keeps the condition, and none takes every rule of the place", () => {
  const draft: PolicyDraft = {
    roles,
    rules: [rule("manager", "approve", { condition: sometimes }), rule("buyer", "read")],
  };
  const denied = withEffect(draft, place, "deny", () => "new");
  expect(readMatrix(denied)(place).own).toMatchObject([{ effect: "deny", condition: sometimes }]);
  const none = withEffect(denied, place, "none", () => "new");
  expect(none.rules).toHaveLength(1);
  expect(withEffect(none, place, "allow", () => "new").rules.at(-1)).toEqual({
    ruleId: "new",
    ...place,
    effect: "allow",
    condition: always,
  });
});

test("counts what differs, not what moved", () => {
  const draft: PolicyDraft = { roles, rules: [rule("buyer", "read"), rule("buyer", "approve")] };
  expect(countChanges(draft, { roles: roles.toReversed(), rules: draft.rules.toReversed() })).toBe(
    0,
  );
  expect(
    countChanges(
      draft,
      withEffect(draft, place, "allow", () => "new"),
    ),
  ).toBe(1);
});

test("takes a role away with its rules and from those who inherit", () => {
  const draft: PolicyDraft = { roles, rules: [rule("buyer", "read"), rule("chief", "read")] };
  const after = withoutRole(draft, "buyer");
  expect(after.roles.map(({ role, parents }) => [role, parents])).toEqual([
    ["manager", []],
    ["chief", ["manager"]],
  ]);
  expect(after.rules.map(({ role }) => role)).toEqual(["chief"]);
});

test("has a row for everything, and for each object type and each of its actions", () => {
  const objectTypes = { order: { actions: ["read", "approve"], attributes: {} } };
  expect(matrixRows({ user: {}, objectTypes }).map((row) => Object.values(row).join(":"))).toEqual([
    "*:*",
    "order:*",
    "order:read",
    "order:approve",
  ]);
});
