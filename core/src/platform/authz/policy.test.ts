import { expect, test } from "vitest";

import { defaultModel } from "./model.ts";
import { catalogue, managers, rule, sentence } from "./policy.fixture.ts";
import { checkPolicy, indexPolicy, type PolicyDocument, type Rule } from "./policy.ts";
import { expandRoles, findCycle } from "./roles.ts";

test("accepts the example policy", () => {
  expect(() => checkPolicy(managers, catalogue)).not.toThrow();
});

test.each([
  ["", "found the end"],
  ["object.amount <", "found the end"],
  ["object.amount < 10000 and", "found the end"],
  ["object.amount 10000", `one of = <> < <= > >= in is expected at character 15, found "10000"`],
  ["object.amount < 10,000", `and, or, or the end is expected at character 19, found ","`],
  ["object.amount < '10000'", `"object.amount < '10000'" compares a decimal with a text.`],
  ["object.ammount < 1", `The object has no attribute "ammount"; it has amount, departmentId,`],
  ["user.constructor = 'x'", `The user has no attribute "constructor"`],
  ["object.departmentId < 'd2'", "orders a text; only decimals have an order"],
  ["object.siteId in user.departmentId", "a text is looked up in a list of texts"],
  ["object.siteId in (1, 2)", "A list after in holds texts"],
  ["user.siteIds = user.siteIds", "compares lists; use in"],
  ["(object.isUrgent = true", `")" is expected`],
  ["object.isUrgent", "is expected at character 16, found the end"],
  ["object.isUrgent = null", "an attribute (user.… or object.…), a number"],
  ["process.exit(1) = 1", "an attribute (user.… or object.…), a number"],
  ["object.departmentId = 'd1", `It cannot be read at "'d1".`],
  ["object.amount == 1", "is expected"],
  ["object.amount < 1; drop table x", `It cannot be read at "; drop table x".`],
  [`${"(".repeat(21)}1 = 1${")".repeat(21)}`, "It is nested deeper than 20."],
  [`${"not ".repeat(21)}1 = 1`, "It is nested deeper than 20."],
  [`object.departmentId = '${"宁".repeat(700)}'`, "It is longer than 2000 bytes."],
])("refuses the condition %j with a sentence", (condition, reason) => {
  const bad = { ...managers, rules: [rule("buyer", "approve", condition)] };
  expect(() => checkPolicy(bad, catalogue)).toThrow(reason);
  expect(() => checkPolicy(bad, catalogue)).toThrow(
    `The condition of rule "buyer: allow approve purchase_order" is refused.`,
  );
});

test.each([
  sentence,
  "object.siteId in user.siteIds",
  "object.siteId in ('north', 'it''s south') or user.level >= 5.5",
  "not (object.isUrgent = true and object.amount > -1)",
  "  object.amount<10000\n  and object.departmentId<>'d2'  ",
])("accepts the condition %j", (condition) => {
  const good = { ...managers, rules: [rule("buyer", "approve", condition)] };
  expect(() => checkPolicy(good, catalogue)).not.toThrow();
});

test.each<[string, Partial<Rule>, string]>([
  ["an unknown role", { role: "nobody" }, "is for a role that does not exist"],
  ["an unknown object type", { objectType: "order" }, "there is no object type order"],
  ["an unknown action", { action: "burn" }, "purchase_order has no action burn; it has read,"],
  [
    "an attribute that not every object type has",
    { objectType: "*", action: "*", condition: "object.amount < 1" },
    `The object has no attribute "amount"; it has siteId.`,
  ],
])("refuses a rule with %s", (_, more, reason) => {
  const bad = { ...managers, rules: [rule("buyer", "approve", null, more)] };
  expect(() => checkPolicy(bad, catalogue)).toThrow(reason);
});

test("refuses a cycle of inheritance, naming it, and a parent that does not exist", () => {
  const cycle = roles({ a: ["b"], b: ["c"], c: ["a"] });
  expect(() => checkPolicy(cycle, catalogue)).toThrow("inherit from each other: a → b → c → a.");
  expect(() => checkPolicy(roles({ a: ["a"] }), catalogue)).toThrow("a → a");
  expect(() => checkPolicy(roles({ a: ["x"] }), catalogue)).toThrow("Role a inherits from x");
});

test("a diamond is no cycle, and its top is inherited once", () => {
  const diamond = roles({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }).roles;
  expect(findCycle(diamond)).toBeNull();
  expect(expandRoles(diamond).get("a")).toEqual(["a", "b", "c", "d"]);
});

test("a chain of 10,000 roles neither overflows nor loses one", () => {
  const chain = Array.from({ length: 10_000 }, (_, n) => ({
    role: `r${n}`,
    title: "",
    parents: n === 0 ? [] : [`r${n - 1}`],
  }));
  expect(findCycle(chain)).toBeNull();
  expect(findCycle([...chain, { role: "r0", title: "", parents: ["r9999"] }])).not.toBeNull();
});

test("a cycle that got into the tables by hand ends the expansion, not the process", () => {
  const expanded = expandRoles(roles({ a: ["b"], b: ["a"] }).roles);
  expect(expanded.get("a")).toEqual(["a", "b"]);
});

test("accepts the model in any spacing, and no other: a matcher could let everybody in", () => {
  const spaced = defaultModel.replaceAll("\n\n", "\n# why\n").replace("r =", "r  =");
  expect(() => checkPolicy({ ...managers, model: spaced }, catalogue)).not.toThrow();
  const open = { ...managers, model: defaultModel.replace("eval(p.condition)", "true") };
  expect(() => checkPolicy(open, catalogue)).toThrow("The model must define");
  expect(indexPolicy(open, catalogue)).toMatchObject({ rules: new Map(), rolesOf: new Map() });
});

function roles(parents: Record<string, string[]>): PolicyDocument {
  return {
    model: defaultModel,
    roles: Object.entries(parents).map(([role, parents]) => ({ role, title: role, parents })),
    rules: [],
  };
}
