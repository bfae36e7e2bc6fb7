import { createHash } from "node:crypto";

import type { Catalogue } from "../../core/src/platform/authz/catalogue.ts";
import type { Question } from "../../core/src/platform/authz/decide.ts";
import { defaultModel } from "../../core/src/platform/authz/model.ts";
import type { PolicyDocument, Rule } from "../../core/src/platform/authz/policy.ts";

/** A company made from a seed, the same in every process: its policy, its users, its questions. */
export type CompanySize = { users: number; roles: number; rulesPerRole: number };

export type Users = { readonly count: number; readonly at: (n: number) => User };
export type User = { readonly roles: readonly string[]; readonly departmentId: string };

const objectTypes = 20;
const actions = ["read", "change", "approve", "cancel"];
const departments = 200;
const rolesMax = 3;

export const companyCatalogue: Catalogue = {
  user: { departmentId: "text" },
  objectTypes: Object.fromEntries(
    Array.from({ length: objectTypes }, (_, n) => [
      `document_${n}`,
      { actions, attributes: { amount: "decimal", departmentId: "text", isLocked: "boolean" } },
    ]),
  ),
};

/**
 * Roles in families of five, each inheriting from the one before it. Nine rules in ten are the
 * sentence of the purchasing manager with a limit of their own, one denies what is locked.
 */
export function makePolicy({ roles, rulesPerRole }: CompanySize, seed: number): PolicyDocument {
  const random = randomFrom(seed);
  return {
    model: defaultModel,
    roles: Array.from({ length: roles }, (_, n) => ({
      role: `role_${n}`,
      title: `Role ${n}`,
      parents: n % 5 === 0 ? [] : [`role_${n - 1}`],
    })),
    rules: Array.from({ length: roles * rulesPerRole }, (_, n): Rule => {
      const place = (Math.floor(n / roles) + random(objectTypes)) % objectTypes;
      const isDeny = n % 10 === 9;
      return {
        ruleId: uuidOf(`${seed} ${n}`),
        role: `role_${n % roles}`,
        objectType: `document_${place}`,
        action: actions[random(actions.length)] ?? "read",
        effect: isDeny ? "deny" : "allow",
        condition: isDeny
          ? `object.isLocked = true and object.amount >= ${n}`
          : `object.amount < ${1000 + n}.50 and object.departmentId = user.departmentId`,
      };
    }),
  };
}

/** One to three roles each. Columns, as a hundred thousand small objects cost more than what is measured. */
export function makeUsers({ users, roles }: CompanySize, seed: number): Users {
  const random = randomFrom(seed + 1);
  const roleNumbers = new Uint16Array(users * rolesMax);
  const roleCounts = new Uint8Array(users);
  const departmentNumbers = new Uint8Array(users);
  for (let n = 0; n < users; n += 1) {
    roleCounts[n] = 1 + random(rolesMax);
    departmentNumbers[n] = random(departments);
    for (let each = 0; each < rolesMax; each += 1) roleNumbers[n * rolesMax + each] = random(roles);
  }
  return {
    count: users,
    at: (n) => ({
      roles: Array.from(
        roleNumbers.subarray(n * rolesMax, n * rolesMax + (roleCounts[n] ?? 0)),
        (role) => `role_${role}`,
      ),
      departmentId: `d${departmentNumbers[n]}`,
    }),
  };
}

/**
 * Random users about random objects. What is asked is covered by a rule of one of the user's roles,
 * because asking about nothing is answered by one look into a map and would flatter the figures; half
 * of the objects are of the user's department, for the same reason.
 */
export function* makeQuestions(
  policy: PolicyDocument,
  users: Users,
  seed: number,
): Generator<Question & { userIndex: number }> {
  const random = randomFrom(seed + 2);
  const rulesOf = Map.groupBy(policy.rules, ({ role }) => role);
  for (;;) {
    const userIndex = random(users.count);
    const user = users.at(userIndex);
    const rules = rulesOf.get(user.roles[random(user.roles.length)] ?? "") ?? [];
    const rule = rules[random(Math.max(1, rules.length))];
    if (rule === undefined) continue;
    yield {
      userIndex,
      roles: user.roles,
      user: { departmentId: user.departmentId },
      objectType: rule.objectType,
      action: rule.action,
      object: {
        amount: `${random(3000)}.${10 + random(90)}`,
        departmentId: random(2) === 0 ? user.departmentId : `d${random(departments)}`,
        isLocked: random(4) === 0,
      },
    };
  }
}

/** Integers in [0, below), the same for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
