import type { Catalogue } from "../authz/catalogue.ts";

/** What there is to be allowed of the installation itself: the details of its health, its figures. */
export const systemObjectTypes = {
  system: { actions: ["read"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
