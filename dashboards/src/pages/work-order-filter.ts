import { type WorkOrderSort, workOrderSorts } from "@millwright/contracts/states/sorts";
import { type WorkOrderState, workOrderStates } from "@millwright/contracts/states/tables";

import { readSort } from "../panels/lists/read-sort.ts";

/** What the list of work orders shows; it lives in the URL, so that it can be sent to a colleague. */
export type WorkOrderFilter = { state?: WorkOrderState; search?: string; sort?: WorkOrderSort };

/** Reads a filter out of a URL; what it does not understand it leaves out. */
export function readWorkOrderFilter(search: Record<string, unknown>): WorkOrderFilter {
  const state = workOrderStates.find((one) => one === search["state"]);
  const asked = search["search"];
  // The router reads `?search=123` as a number.
  const text = typeof asked === "string" || typeof asked === "number" ? String(asked) : "";
  return {
    ...(state !== undefined && { state }),
    ...(text !== "" && { search: text.slice(0, 100) }),
    ...readSort(search["sort"], workOrderSorts),
  };
}
