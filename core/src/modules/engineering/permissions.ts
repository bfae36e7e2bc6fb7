import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What there is to be allowed in engineering. */
export const engineeringObjectTypes = {
  item: { actions: ["read", "create"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
