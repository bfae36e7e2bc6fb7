import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What there is to be allowed in inventory. */
export const inventoryObjectTypes = {
  location: { actions: ["read", "create"], attributes: {} },
  stock: { actions: ["read", "move", "keep_item"], attributes: {} },
  lot: { actions: ["read", "release", "block"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
