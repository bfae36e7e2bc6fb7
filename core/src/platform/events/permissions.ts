import type { Catalogue } from "../authz/catalogue.ts";

/** The background work of the installation; what is skipped or replayed concerns all companies in a database. */
export const subscriptionObjectTypes = {
  subscription: { actions: ["read", "retry", "skip", "replay"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
