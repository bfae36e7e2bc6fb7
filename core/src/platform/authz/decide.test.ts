import { expect, test } from "vitest";

import { Enforcers } from "./enforcers.ts";
import { decide, type Question } from "./decide.ts";
import { ask, catalogue, managers, question, rule, sentence } from "./policy.fixture.ts";
import { indexPolicy, type PolicyDocument } from "./policy.ts";

test.each<[string, Partial<Question>, boolean]>([
  ["below 10,000 in the own department", {}, true],
  ["exactly 10,000", { object: { amount: "10000.00", departmentId: "d1" } }, false],
  [
    "a hair below 10,000, equal to it as a float",
    { object: { amount: "9999.99999999999999999999", departmentId: "d1" } },
    true,
  ],
  ["of another department", { object: { amount: "1", departmentId: "d2" } }, false],
  ["without an amount", { object: { amount: null, departmentId: "d1" } }, false],
  ["without any attribute", { object: {} }, false],
  ["with an amount that is no decimal", { object: { amount: "1e3", departmentId: "d1" } }, false],
  [
    "by a manager without a department, of no department",
    { user: { departmentId: null }, object: { amount: "1", departmentId: null } },
    false,
  ],
  ["by a buyer", { roles: ["buyer"] }, false],
  ["by nobody in particular", { roles: [] }, false],
  ["by a role that does not exist", { roles: ["constructor"] }, false],
  ["another action", { action: "cancel" }, false],
  ["an action that does not exist", { action: "toString" }, false],
  ["an object type that does not exist", { objectType: "__proto__" }, false],
])("a purchasing manager may approve a purchase order: %s → %#", async (_, more, expected) => {
  expect((await ask(managers, question(more))).isAllowed).toBe(expected);
});

test("an amount that is a float instead of a decimal string denies", async () => {
  const object = JSON.parse(`{"amount": 1, "departmentId": "d1"}`);
  expect((await ask(managers, question({ object }))).isAllowed).toBe(false);
});

test("a role has the rules of those it inherits, through any number of them", async () => {
  const document: PolicyDocument = {
    ...managers,
    roles: [
      ...managers.roles,
      { role: "head", title: "Head of purchasing", parents: ["purchasing_manager"] },
    ],
  };
  expect((await ask(document, question({ roles: ["head"], action: "read" }))).isAllowed).toBe(true);
  expect((await ask(document, question({ roles: ["head"] }))).isAllowed).toBe(true);
  expect((await ask(document, question({ roles: ["buyer"] }))).isAllowed).toBe(false);
});

test("a deny wins over an allow, of the same role, an inherited one and another one", async () => {
  const urgent = { object: { amount: "1", departmentId: "d1", isUrgent: true } };
  for (const [role, roles] of [
    ["purchasing_manager", ["purchasing_manager"]],
    ["buyer", ["purchasing_manager"]],
    ["auditor", ["purchasing_manager", "auditor"]],
  ] as const) {
    const document: PolicyDocument = {
      ...managers,
      roles: [...managers.roles, { role: "auditor", title: "Auditor", parents: [] }],
      rules: [
        ...managers.rules,
        rule(role, "approve", "object.isUrgent = true", { effect: "deny" }),
      ],
    };
    const denied = await ask(document, question({ ...urgent, roles }));
    expect(denied.isAllowed).toBe(false);
    expect(denied.because).toContain("denies approve purchase_order when object.isUrgent = true");
    const calm = { object: { ...urgent.object, isUrgent: false } };
    expect((await ask(document, question({ ...calm, roles }))).isAllowed).toBe(true);
    // Unknown is not "no": a deny that cannot be judged denies.
    const unknown = { object: { ...urgent.object, isUrgent: null } };
    expect((await ask(document, question({ ...unknown, roles }))).isAllowed).toBe(false);
  }
});

test("a rule for every action of every object type reaches all that the catalogue has", async () => {
  const document: PolicyDocument = {
    ...managers,
    roles: [{ role: "administrator", title: "Administrator", parents: [] }],
    rules: [rule("administrator", "*", null, { objectType: "*" })],
  };
  const roles = ["administrator"];
  const release = { roles, objectType: "work_order", action: "release" };
  expect((await ask(document, question({ roles }))).isAllowed).toBe(true);
  expect((await ask(document, question(release))).isAllowed).toBe(true);
  expect((await ask(document, question({ roles, action: "burn" }))).isAllowed).toBe(false);
});

test("a condition that throws denies, is reported, and can still be explained", async () => {
  const failures: unknown[] = [];
  const object = {
    departmentId: "d1",
    get amount(): string {
      throw new Error("torn");
    },
  };
  const answer = await ask(managers, question({ object }), failures);
  expect(answer.isAllowed).toBe(false);
  expect(failures).toEqual([new Error("torn")]);
  expect(answer.because).toContain("torn");
});

test("a stored rule that cannot be read grants nothing; a deny that cannot be read denies", async () => {
  const bad = "object.weight < 5";
  const allow = { ...managers, rules: [rule("purchasing_manager", "approve", bad)] };
  expect((await ask(allow, question())).isAllowed).toBe(false);
  const deny = {
    ...managers,
    rules: [...managers.rules, rule("buyer", "approve", bad, { effect: "deny" })],
  };
  expect((await ask(deny, question())).isAllowed).toBe(false);
  expect(indexPolicy(deny, catalogue).problems).toHaveLength(1);
});

test("texts in conditions are texts, whatever they look like", async () => {
  for (const text of ["r.user", "p.eft", "$&", "a) || true || (b", "# x", "it''s", "in (''a'')"]) {
    const document = {
      ...managers,
      rules: [rule("buyer", "approve", `object.departmentId = '${text}'`)],
    };
    const roles = ["buyer"];
    const same = { amount: "1", departmentId: text.replaceAll("''", "'") };
    expect((await ask(document, question({ roles, object: same }))).isAllowed).toBe(true);
    expect((await ask(document, question({ roles }))).isAllowed).toBe(false);
  }
});

test("explains which role, which rule, which comparison and which values", async () => {
  const answer = await ask(
    managers,
    question({ object: { amount: "12000.00", departmentId: "d2" } }),
  );
  expect(answer.because).toBe(
    `Role purchasing_manager allows it only when ${sentence}, but object.amount < 10000 is false ` +
      "(object.amount is 12000.00) and object.departmentId = user.departmentId is false " +
      "(object.departmentId is d2, user.departmentId is d1).",
  );
  expect(answer.rules).toEqual([
    {
      rule: managers.rules[1],
      through: "purchasing_manager",
      outcome: "does_not_match",
      unknown: [],
      against: [
        { text: "object.amount < 10000", values: { "object.amount": "12000.00" } },
        {
          text: "object.departmentId = user.departmentId",
          values: { "object.departmentId": "d2", "user.departmentId": "d1" },
        },
      ],
    },
  ]);
});

test.each<[Partial<Question>, string]>([
  [{}, `Role purchasing_manager allows approve purchase_order when ${sentence}.`],
  [
    { action: "read" },
    "Role buyer (inherited by purchasing_manager) allows read purchase_order always.",
  ],
  [
    { object: { amount: null, departmentId: "d1" } },
    `Role purchasing_manager allows it only when ${sentence}, but object.amount is unknown.`,
  ],
  [
    { roles: ["buyer"] },
    "No rule of buyer covers this: approve purchase_order is refused, as is everything that no rule allows.",
  ],
  [
    { roles: [] },
    "The user has no role: approve purchase_order is refused, as is everything that no rule allows.",
  ],
])("says in one sentence why: %#", async (more, because) => {
  expect((await ask(managers, question(more))).because).toBe(because);
});

test("keeps at most so many enforcers, and answers the same with one as with many", async () => {
  const policy = indexPolicy(managers, catalogue);
  const enforcers = new Enforcers({ max: 1, onFailure: () => undefined });
  for (let round = 0; round < 3; round += 1) {
    for (const action of ["read", "approve", "cancel"]) {
      const answer = await decide(policy, question({ action }), { enforcers, tenantId: "t" });
      expect(answer).toBe(action !== "cancel");
      expect(enforcers.size).toBe(1);
    }
  }
});

test("one tenant's enforcers are never asked for another, whose rules have the same key", async () => {
  const enforcers = new Enforcers({ max: 10, onFailure: () => undefined });
  const open = { ...managers, rules: [rule("purchasing_manager", "approve", null)] };
  const big = question({ object: { amount: "1000000", departmentId: "d9" } });
  const of = async (tenantId: string, document: PolicyDocument) =>
    decide(indexPolicy(document, catalogue), big, { enforcers, tenantId });
  expect([await of("a", open), await of("b", managers), await of("a", open)]).toEqual([
    true,
    false,
    true,
  ]);
});
