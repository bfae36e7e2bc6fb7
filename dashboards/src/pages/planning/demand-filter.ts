import { demandSorts } from "@millwright/contracts/states/sorts";

import type { DemandFilter } from "../../api/planning-queries.ts";
import { readSort } from "../../panels/lists/read-filter.ts";
import { textOf } from "../../panels/lists/read-filter.ts";

/** Reads the filter of the list of demands out of a URL; what it does not understand it leaves out. */
export function readDemandFilter(search: Record<string, unknown>): DemandFilter {
  const text = textOf(search["search"]);
  return { ...(text !== "" && { search: text }), ...readSort(search["sort"], demandSorts) };
}
