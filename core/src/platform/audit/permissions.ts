import type { Catalogue } from "../authz/catalogue.ts";

/** The audit trail shows what everybody did, so it is for few. */
export const auditObjectTypes = {
  audit: { actions: ["read"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
