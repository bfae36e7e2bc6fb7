import type { Catalogue } from "../authz/catalogue.ts";

/** Flows over several contexts; whoever retries one must know why it stopped. */
export const sagaObjectTypes = {
  saga: { actions: ["read", "retry"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
