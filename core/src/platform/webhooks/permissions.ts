import type { Catalogue } from "../authz/catalogue.ts";

export const webhookObjectTypes = {
  webhook: { actions: ["read", "create", "enable", "disable", "remove"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
