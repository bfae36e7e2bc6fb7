import { type WorkOrderSort, workOrderSorts } from "@millwright/contracts/states/sorts";
import { type WorkOrderState, workOrderStates } from "@millwright/contracts/states/tables";

import { readSort, textOf } from "../panels/lists/read-filter.ts";

/** What the list of work orders shows; it lives in the URL, so that it can be sent to a colleague. */
export type WorkOrderFilter = { state?: WorkOrderState; search?: string; sort?: WorkOrderSort };

/** Reads a filter out of a URL; what it does not understand it leaves out. */
export function readWorkOrderFilter(search: Record<string, unknown>): WorkOrderFilter {
  const state = workOrderStates.find((one) => one === search["state"]);
  const text = textOf(search["search"]);
  return {
    ...(state !== undefined && { state }),
    ...(text !== "" && { search: text }),
    ...readSort(search["sort"], workOrderSorts),
  };
}
