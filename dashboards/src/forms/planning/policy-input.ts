import type { ItemPolicy, ItemPolicyInput, ItemSite } from "@millwright/contracts/api";
import type { LotRuleName } from "@millwright/contracts/states/planning";

import { decimal } from "../engineering/item-input.ts";

type LotRule = ItemPolicyInput["lotRule"];

/** How needs are put together, as it is typed: of every rule what it asks for, empty where it does not. */
export type TypedLotRule = {
  rule: LotRuleName;
  quantity: string;
  minimum: string;
  maximum: string;
  multiple: string;
  days: string;
  annualDemand: string;
  orderCost: string;
  holdingCost: string;
};
export type LotRuleFigure = Exclude<keyof TypedLotRule, "rule">;

/** What each rule asks for, and what of it may be left empty. */
export const lotRuleFigures: Readonly<Record<LotRuleName, readonly LotRuleFigure[]>> = {
  lot_for_lot: [],
  fixed: ["quantity"],
  min_max_multiple: ["minimum", "maximum", "multiple"],
  period_order_quantity: ["days"],
  economic_order_quantity: ["annualDemand", "orderCost", "holdingCost"],
  wagner_whitin: ["orderCost", "holdingCost"],
};
export const isOptional = (rule: LotRuleName) => rule === "min_max_multiple";

const noFigures = {
  quantity: "",
  minimum: "",
  maximum: "",
  multiple: "",
  days: "",
  annualDemand: "",
  orderCost: "",
  holdingCost: "",
} as const satisfies Record<LotRuleFigure, string>;

export function typedLotRule(lotRule: LotRule): TypedLotRule {
  const figures = Object.entries(lotRule).map(([name, value]) => [name, String(value)]);
  return { ...noFigures, ...Object.fromEntries(figures) } as TypedLotRule;
}

/** Costs are numbers, days whole ones; quantities stay as they are written. */
export function lotRuleInput(typed: TypedLotRule): LotRule {
  const figures = lotRuleFigures[typed.rule].flatMap((name) => {
    const text = decimal(typed[name]);
    if (text === "") return [];
    const isNumber = name === "days" || name === "orderCost" || name === "holdingCost";
    return [[name, isNumber ? Number(text) : text]];
  });
  // The server judges what is missing; the form asks for it first.
  return { rule: typed.rule, ...Object.fromEntries(figures) } as LotRule;
}

/** A site that is planned by itself, as it is typed. */
export type TypedSite = {
  siteId: string;
  supply: ItemSite["supply"];
  fromSiteId: string;
  leadDays: string;
  safetyStock: string;
  lotRule: TypedLotRule;
};

export type TypedPolicy = {
  leadDays: string;
  safetyLeadDays: string;
  safetyStock: string;
  yieldPercent: string;
  planningFenceDays: string;
  demandFenceDays: string;
  lotRule: TypedLotRule;
  sites: readonly TypedSite[];
};

export const newSite: TypedSite = {
  siteId: "",
  supply: "transfer",
  fromSiteId: "",
  leadDays: "1",
  safetyStock: "0",
  lotRule: { rule: "lot_for_lot", ...noFigures },
};

export function typedPolicy(policy: ItemPolicy): TypedPolicy {
  return {
    leadDays: String(policy.leadDays),
    safetyLeadDays: String(policy.safetyLeadDays),
    safetyStock: policy.safetyStock,
    yieldPercent: policy.yieldPercent,
    planningFenceDays: daysText(policy.planningFenceDays),
    demandFenceDays: daysText(policy.demandFenceDays),
    lotRule: typedLotRule(policy.lotRule),
    sites: policy.sites.map((site) => ({
      siteId: site.siteId,
      supply: site.supply,
      fromSiteId: site.fromSiteId ?? "",
      leadDays: String(site.leadDays),
      safetyStock: site.safetyStock,
      lotRule: typedLotRule(site.lotRule),
    })),
  };
}

/** What is sent; an empty fence is none. */
export function policyInput(typed: TypedPolicy) {
  return {
    leadDays: Number(typed.leadDays),
    safetyLeadDays: Number(typed.safetyLeadDays),
    safetyStock: decimal(typed.safetyStock),
    yieldPercent: decimal(typed.yieldPercent),
    planningFenceDays: daysOrNull(typed.planningFenceDays),
    demandFenceDays: daysOrNull(typed.demandFenceDays),
    lotRule: lotRuleInput(typed.lotRule),
    sites: typed.sites.map((site) => ({
      siteId: site.siteId,
      supply: site.supply,
      fromSiteId: site.supply === "transfer" ? site.fromSiteId : null,
      leadDays: Number(site.leadDays),
      safetyStock: decimal(site.safetyStock),
      lotRule: lotRuleInput(site.lotRule),
    })),
  };
}

function daysText(days: number | null): string {
  return days === null ? "" : String(days);
}

function daysOrNull(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
