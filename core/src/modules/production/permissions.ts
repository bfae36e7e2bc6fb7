import type { Catalogue } from "../../platform/authz/catalogue.ts";

/** What there is to be allowed in production; the actions on a work order are its commands. */
export const productionObjectTypes = {
  work_order: {
    actions: [
      "read",
      "draft",
      "firm",
      "release",
      "hold",
      "resume",
      "complete",
      "cancel",
      "close",
      "report_progress",
      "correct",
    ],
    attributes: {},
  },
  machine: { actions: ["read"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
