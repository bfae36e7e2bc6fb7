import { randomUUID } from "node:crypto";

import type { Catalogue } from "./catalogue.ts";
import { decide, explain, type Explanation, type Question } from "./decide.ts";
import { Enforcers } from "./enforcers.ts";
import { defaultModel } from "./model.ts";
import { indexPolicy, type PolicyDocument, type Rule } from "./policy.ts";

/** What the tests authorise. The contexts declare the real one with their permissions. */
export const catalogue: Catalogue = {
  user: { departmentId: "text", siteIds: "text_list", level: "decimal" },
  objectTypes: {
    purchase_order: {
      actions: ["read", "approve", "cancel"],
      attributes: {
        amount: "decimal",
        departmentId: "text",
        siteId: "text",
        isUrgent: "boolean",
      },
    },
    work_order: { actions: ["read", "release"], attributes: { siteId: "text" } },
  },
};

/** "A purchasing manager may approve a purchase order when its amount is below 10,000 and it belongs
 * to the manager's own department." */
export const sentence = "object.amount < 10000 and object.departmentId = user.departmentId";

export const managers: PolicyDocument = {
  model: defaultModel,
  roles: [
    { role: "buyer", title: "Buyer", parents: [] },
    { role: "purchasing_manager", title: "Purchasing manager", parents: ["buyer"] },
  ],
  rules: [rule("buyer", "read", null), rule("purchasing_manager", "approve", sentence)],
};

/** An allowing rule on purchase orders, unless said otherwise. */
export function rule(
  role: string,
  action: string,
  condition: string | null,
  more: Partial<Rule> = {},
): Rule {
  const objectType = "purchase_order";
  return { ruleId: randomUUID(), role, action, objectType, condition, effect: "allow", ...more };
}

/** May the manager of department d1 approve an order of 9,999.99 of his department? */
export function question(more: Partial<Question> = {}): Question {
  return {
    roles: ["purchasing_manager"],
    user: { departmentId: "d1" },
    objectType: "purchase_order",
    action: "approve",
    object: { amount: "9999.99", departmentId: "d1" },
    ...more,
  };
}

/** Decides and explains once, without a database. Conditions that throw are collected in `failures`. */
export async function ask(
  document: PolicyDocument,
  asked: Question,
  failures: unknown[] = [],
): Promise<Explanation> {
  const policy = indexPolicy(document, catalogue);
  const enforcers = new Enforcers({ max: 100, onFailure: (error) => failures.push(error) });
  return explain(policy, asked, await decide(policy, asked, { enforcers, tenantId: "t" }));
}
