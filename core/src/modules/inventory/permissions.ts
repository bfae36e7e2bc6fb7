import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What there is to be allowed in inventory. */
export const inventoryObjectTypes = {
  location: { actions: ["read", "create"], attributes: {} },
  stock: { actions: ["read", "move", "keep_item", "reserve"], attributes: {} },
  // Of the lot as it is when somebody releases or blocks it; a repeated request is asked about again.
  lot: {
    actions: ["read", "release", "block"],
    attributes: { itemId: "text", itemNumber: "text", number: "text", status: "text" },
  },
  transfer: { actions: ["read", "draft", "release", "cancel", "ship", "receive"], attributes: {} },
  cycle_count: {
    actions: ["read", "open", "report", "post", "recount", "cancel"],
    attributes: {},
  },
} as const satisfies Catalogue["objectTypes"];
