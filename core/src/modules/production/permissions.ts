import type { Catalogue } from "../../platform/authz/catalogue.ts";

/**
 * What there is to be allowed in production; the actions on a work order are its commands. Conditions may
 * name its attributes for the commands, one order at a time; lists and files are read whole or not at
 * all. Work centers and areas are those of its routing, by name; the quantity is in the item's unit.
 */
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
    attributes: {
      itemId: "text",
      itemNumber: "text",
      quantity: "decimal",
      workCenterNames: "text_list",
      areaNames: "text_list",
    },
  },
  // Reading takes in stops and the list of reasons; giving one is asked about one machine at a time.
  machine: {
    actions: ["read", "give_reason"],
    attributes: { workUnitName: "text", workCenterName: "text", areaName: "text" },
  },
  downtime_reason: { actions: ["change"], attributes: {} },
} as const satisfies Catalogue["objectTypes"];
