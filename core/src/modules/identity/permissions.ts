import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What conditions may name of the user who asks. */
export const userAttributes = {
  userId: "text",
  departmentId: "text",
} as const satisfies Catalogue["user"];

/** What there is to be allowed in identity. */
export const identityObjectTypes = {
  user: { actions: ["read", "change"], attributes: {} },
  department: { actions: ["read", "change"], attributes: {} },
  company: { actions: ["read", "change"], attributes: {} },
  policy: { actions: ["read", "change"], attributes: {} },
  api_key: { actions: ["read", "create", "revoke"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
