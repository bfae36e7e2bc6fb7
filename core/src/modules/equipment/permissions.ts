import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What there is to be allowed in equipment. */
export const equipmentObjectTypes = {
  equipment: { actions: ["read", "change"], attributes: {} },
  edge_node: { actions: ["read", "register"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
