import { type ItemPolicy, itemPolicyInputSchema } from "@millwright/contracts/api";
import { lotRules } from "@millwright/contracts/states/planning";
import { expect, test } from "vitest";

import {
  lotRuleFigures,
  lotRuleInput,
  policyInput,
  typedLotRule,
  typedPolicy,
} from "./policy-input.ts";

const policy = {
  itemId: crypto.randomUUID(),
  isDefault: false,
  version: 3,
  leadDays: 5,
  safetyLeadDays: 0,
  safetyStock: "12.5",
  yieldPercent: "98",
  planningFenceDays: null,
  demandFenceDays: 7,
  lotRule: { rule: "min_max_multiple", minimum: "10", multiple: "2" },
  sites: [
    {
      siteId: crypto.randomUUID(),
      supply: "transfer",
      fromSiteId: crypto.randomUUID(),
      leadDays: 2,
      safetyStock: "0",
      lotRule: { rule: "wagner_whitin", orderCost: 40, holdingCost: 0.05 },
    },
  ],
} as unknown as ItemPolicy;

test("what was read is what is sent when nothing is typed", () => {
  const { itemId: _, isDefault: __, version: ___, ...kept } = policy;
  expect(policyInput(typedPolicy(policy))).toEqual(kept);
});

test.each(lotRules)("%s asks for what the server asks for, and sends nothing else", (rule) => {
  const typed = { ...typedLotRule({ rule: "lot_for_lot" }), rule };
  for (const name of lotRuleFigures[rule]) typed[name] = "7";
  const input = { ...policyInput(typedPolicy(policy)), lotRule: lotRuleInput(typed) };
  const { success, data } = itemPolicyInputSchema.safeParse(input);
  expect(success).toBe(true);
  expect(Object.keys(data?.lotRule ?? {})).toEqual(["rule", ...lotRuleFigures[rule]]);
});

test("a decimal comma is a point, and a site that makes gets nothing from another", () => {
  const typed = typedPolicy(policy);
  const [site] = typed.sites;
  if (site === undefined) throw new Error("the policy has a site");
  const sent = policyInput({
    ...typed,
    safetyStock: "3,5",
    sites: [{ ...site, supply: "make" }],
  });
  expect(sent.safetyStock).toBe("3.5");
  expect(sent.sites[0]?.fromSiteId).toBeNull();
});
