import type { Catalogue } from "../authz/catalogue.ts";

/** Alerts concern whoever keeps the plant running; who is mailed is decided by fewer. */
export const notificationObjectTypes = {
  notification: { actions: ["read", "change_recipients"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
