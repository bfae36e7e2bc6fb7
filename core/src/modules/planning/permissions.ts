import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What there is to be allowed in planning. */
export const planningObjectTypes = {
  plan: { actions: ["read", "run", "cancel"], attributes: {} },
  planned_order: { actions: ["read", "firm", "release"], attributes: {} },
  demand: { actions: ["read", "change"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
