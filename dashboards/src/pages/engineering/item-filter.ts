import { itemKinds } from "@millwright/contracts/states/engineering";
import { itemSorts } from "@millwright/contracts/states/sorts";

import type { ItemFilter } from "../../api/engineering-queries.ts";
import { readSort, textOf } from "../../panels/lists/read-filter.ts";

/** Reads the filter of the list of items out of a URL; what it does not understand it leaves out. */
export function readItemFilter(search: Record<string, unknown>): ItemFilter {
  const kind = itemKinds.find((one) => one === search["kind"]);
  const text = textOf(search["search"]);
  return {
    ...(kind !== undefined && { kind }),
    ...(text !== "" && { search: text }),
    ...readSort(search["sort"], itemSorts),
  };
}

export const itemTabs = ["master", "routing", "revisions", "planning", "whereUsed"] as const;
export type ItemTab = (typeof itemTabs)[number];

/** Which part of an item is shown. */
export function readItemTab(search: Record<string, unknown>): { tab?: ItemTab } {
  const tab = itemTabs.find((one) => one === search["tab"]);
  return tab === undefined ? {} : { tab };
}
