import { newEnforcer, newModelFromString } from "casbin";

import type { Question } from "./decide.ts";
import type { PolicyDocument } from "./policy.ts";

/**
 * Casbin as its manual shows it, for bench:authz to compare with: one enforcer with every user, role
 * and rule, conditions by `eval`, amounts as floats. The tests that cost least come first, which is its
 * fastest order; it understands just the conditions of the bench.
 */
export async function buildPlainCasbin(
  document: PolicyDocument,
  users: { count: number; at: (n: number) => { roles: readonly string[] } },
): Promise<(question: Question & { userIndex: number }) => boolean> {
  const model = newModelFromString(`[request_definition]
r = sub, obj, type, act
[policy_definition]
p = role, type, act, condition, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.type == p.type && r.act == p.act && g(r.sub.name, p.role) && eval(p.condition)
`);
  model.addPolicies(
    "p",
    "p",
    document.rules.map(({ role, objectType, action, condition, effect }) => [
      role,
      objectType,
      action,
      translate(condition),
      effect,
    ]),
  );
  const inheritance = document.roles.flatMap(({ role, parents }) =>
    parents.map((parent) => [role, parent]),
  );
  // Not addPolicies: it compares each line with all before it, which takes minutes.
  const links = model.model.get("g")?.get("g")?.policy;
  links?.push(...inheritance);
  for (let n = 0; n < users.count; n += 1) {
    for (const role of new Set(users.at(n).roles)) links?.push([`u${n}`, role]);
  }
  const enforcer = await newEnforcer(model);
  await enforcer.buildRoleLinks();
  return ({ userIndex, user, object, objectType, action }) =>
    enforcer.enforceSync(
      { name: `u${userIndex}`, ...user },
      { ...object, amount: Number(object["amount"]) },
      objectType,
      action,
    );
}

function translate(condition: string | null): string {
  return (condition ?? "true")
    .replaceAll("object.", "r.obj.")
    .replaceAll("user.", "r.sub.")
    .replaceAll(" and ", " && ")
    .replaceAll(" = ", " == ");
}
