import { changeStates } from "@millwright/contracts/states/engineering";

import type { ChangeFilter } from "../../api/engineering-queries.ts";

/** Reads the filter of the list of changes out of a URL. */
export function readChangeFilter(search: Record<string, unknown>): ChangeFilter {
  const state = changeStates.find((one) => one === search["state"]);
  return state === undefined ? {} : { state };
}
