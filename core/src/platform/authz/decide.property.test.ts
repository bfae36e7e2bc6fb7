import { assertNever, Decimal } from "@millwright/contracts/units";
import fc from "fast-check";
import { expect, test } from "vitest";

import type { Question } from "./decide.ts";
import { ask, catalogue, rule } from "./policy.fixture.ts";
import { defaultModel } from "./model.ts";
import { checkPolicy, type PolicyDocument, type Rule } from "./policy.ts";

/**
 * The reference reads a policy the slow and obvious way, from trees it never had to parse: walk the
 * inheritance anew, look at every rule, no index, no Casbin. It shares no code with the engine.
 */
test("decides and explains as a naive reading of the policy does, for any policy and question", async () => {
  let allowed = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(policies, questions, async ({ document, trees }, question) => {
      checkPolicy(document, catalogue);
      const expected = naive(document, trees, question);
      const failures: unknown[] = [];
      const answer = await ask(document, question, failures);
      expect(failures).toEqual([]);
      expect(answer.isAllowed).toBe(expected);
      // The explanation is worked out apart from Casbin; it must tell the same story.
      const has = (effect: Rule["effect"], outcomes: readonly string[]) =>
        answer.rules.some((each) => each.rule.effect === effect && outcomes.includes(each.outcome));
      expect(has("allow", ["matches"]) && !has("deny", ["matches", "unknown"])).toBe(expected);
      if (expected) allowed += 1;
      else refused += 1;
    }),
    { numRuns: 2000 },
  );
  // A property that only ever sees refusals would hold for an engine that always refuses.
  expect(allowed).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(100);
});

type Tree =
  | { is: "and" | "or"; left: Tree; right: Tree }
  | { is: "not"; of: Tree }
  | { is: "amount"; operator: "<" | "<=" | ">" | ">=" | "=" | "<>"; than: string }
  | { is: "own department" }
  | { is: "own site" }
  | { is: "urgent" };

const amounts = fc.constantFrom(
  "0",
  "-0.00",
  "1.50",
  "9999.99",
  "9999.999999999999999999",
  "10000",
  "10000.00",
  "12345678901234567890.1",
);
const names = fc.constantFrom("a", "b", "c", "d");

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      is: fc.constant("amount" as const),
      operator: fc.constantFrom("<", "<=", ">", ">=", "=", "<>"),
      than: amounts,
    }),
    fc.record({ is: fc.constantFrom("own department", "own site", "urgent") }),
    fc.record({ is: fc.constantFrom("and", "or"), left: tie("tree"), right: tie("tree") }),
    fc.record({ is: fc.constant("not" as const), of: tie("tree") }),
  ),
}));

const policies = fc
  .record({
    // A parent comes before its children in the alphabet, so there is no cycle.
    parents: fc.array(
      fc.tuple(names, names).filter(([child, parent]) => child > parent),
      {
        maxLength: 4,
      },
    ),
    rules: fc.array(
      fc.record({
        role: names,
        action: fc.constantFrom("approve", "approve", "read", "*"),
        effect: fc.constantFrom<Rule["effect"]>("allow", "allow", "allow", "deny"),
        tree: fc.option(tree),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ parents, rules }) => {
    const trees = new Map<string, Tree | null>();
    const document: PolicyDocument = {
      model: defaultModel,
      roles: ["a", "b", "c", "d"].map((role) => ({
        role,
        title: role,
        parents: parents.filter(([child]) => child === role).map(([, parent]) => parent),
      })),
      rules: rules.map(({ role, action, effect, tree }) => {
        const made = rule(role, action, tree === null ? null : write(tree), { effect });
        trees.set(made.ruleId, tree);
        return made;
      }),
    };
    return { document, trees };
  });

const questions: fc.Arbitrary<Question> = fc.record({
  roles: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "nobody"), { maxLength: 3 }),
  user: fc.record({
    departmentId: fc.option(fc.constantFrom("d1", "d2")),
    siteIds: fc.option(fc.subarray(["s1", "s2"])),
  }),
  objectType: fc.constant("purchase_order"),
  action: fc.constantFrom("approve", "read"),
  object: fc.record(
    {
      amount: fc.option(amounts),
      departmentId: fc.option(fc.constantFrom("d1", "d2")),
      siteId: fc.constantFrom("s1", "s2", "s3"),
      isUrgent: fc.boolean(),
    },
    { requiredKeys: ["siteId"] },
  ),
});

function write(tree: Tree): string {
  switch (tree.is) {
    case "and":
    case "or":
      return `(${write(tree.left)} ${tree.is} ${write(tree.right)})`;
    case "not":
      return `not ${write(tree.of)}`;
    case "amount":
      return `object.amount ${tree.operator} ${tree.than}`;
    case "own department":
      return "object.departmentId = user.departmentId";
    case "own site":
      return "object.siteId in user.siteIds";
    case "urgent":
      return "object.isUrgent = true";
    default:
      return assertNever(tree);
  }
}

function naive(
  document: PolicyDocument,
  trees: ReadonlyMap<string, Tree | null>,
  question: Question,
): boolean {
  const isMine = (role: string): boolean =>
    question.roles.includes(role) ||
    document.roles.some(({ role: child, parents }) => parents.includes(role) && isMine(child));
  const mine = document.rules.filter(
    ({ role, action }) => isMine(role) && (action === "*" || action === question.action),
  );
  const verdicts = mine.map(({ ruleId, effect }) => {
    const tree = trees.get(ruleId) ?? null;
    const isUnknown =
      tree !== null && attributesIn(tree).some((name) => valueOf(name, question) === null);
    const matches = isUnknown ? effect === "deny" : tree === null || evaluate(tree, question);
    return matches ? effect : "none";
  });
  return verdicts.includes("allow") && !verdicts.includes("deny");
}

function attributesIn(tree: Tree): string[] {
  switch (tree.is) {
    case "and":
    case "or":
      return [...attributesIn(tree.left), ...attributesIn(tree.right)];
    case "not":
      return attributesIn(tree.of);
    case "amount":
      return ["object.amount"];
    case "own department":
      return ["object.departmentId", "user.departmentId"];
    case "own site":
      return ["object.siteId", "user.siteIds"];
    case "urgent":
      return ["object.isUrgent"];
    default:
      return assertNever(tree);
  }
}

function valueOf(name: string, { user, object }: Question): unknown {
  const all = new Map<string, unknown>([
    ...Object.entries(user).map(([key, value]) => [`user.${key}`, value] as const),
    ...Object.entries(object).map(([key, value]) => [`object.${key}`, value] as const),
  ]);
  return all.get(name) ?? null;
}

function evaluate(tree: Tree, question: Question): boolean {
  const { user, object } = question;
  switch (tree.is) {
    case "and":
      return evaluate(tree.left, question) && evaluate(tree.right, question);
    case "or":
      return evaluate(tree.left, question) || evaluate(tree.right, question);
    case "not":
      return !evaluate(tree.of, question);
    case "amount": {
      const difference = new Decimal(String(object["amount"])).cmp(new Decimal(tree.than));
      if (difference < 0) return ["<", "<=", "<>"].includes(tree.operator);
      if (difference > 0) return [">", ">=", "<>"].includes(tree.operator);
      return ["=", "<=", ">="].includes(tree.operator);
    }
    case "own department":
      return object["departmentId"] === user["departmentId"];
    case "own site":
      return String(user["siteIds"]).split(",").includes(String(object["siteId"]));
    case "urgent":
      return object["isUrgent"] === true;
    default:
      return assertNever(tree);
  }
}
