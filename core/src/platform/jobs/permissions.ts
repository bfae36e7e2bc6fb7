import type { Catalogue } from "../authz/catalogue.ts";

/** Conditions may name the scope: `tenant` for jobs of the company, `installation` for upkeep. */
export const jobObjectTypes = {
  job: { actions: ["read", "cancel", "retry"], attributes: { scope: "text", name: "text" } },
} as const satisfies Catalogue["objectTypes"];
