import type { Catalogue } from "../../platform/authz/catalogue.ts";

/**
 * What there will be to be allowed in purchasing, so that a company can write its rules before the first
 * order: `amount` in the company's currency, `departmentId` of whoever asked for it.
 */
export const purchasingObjectTypes = {
  purchase_order: {
    actions: ["read", "draft", "approve", "cancel"],
    attributes: { amount: "decimal", departmentId: "text" },
  },
} as const satisfies Catalogue["objectTypes"];
