import type { UnassignedCount } from "@millwright/contracts/api";
import { queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";

export const unassignedKey = ["unassigned-counts"] as const;

/** Pieces that machines counted without an order; looked at again every half minute. */
export const unassignedQuery = queryOptions({
  queryKey: unassignedKey,
  queryFn: ({ signal }) => getJson<{ rows: UnassignedCount[] }>("/api/unassigned-counts", signal),
  refetchInterval: 30_000,
});
