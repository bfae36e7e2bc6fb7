import type { MetricRetention, OeeReport } from "@millwright/contracts/api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";

export type OeeRange = { from: string; to: string; by: "day" | "shift" | "machine" };

/** A report takes the server a second: read again every five minutes, and the last one stays meanwhile. */
export function oeeQuery(range: OeeRange) {
  const query = new URLSearchParams(range);
  return queryOptions({
    queryKey: ["analytics", "oee", range],
    queryFn: ({ signal }) => getJson<OeeReport>(`/api/analytics/oee?${query}`, signal),
    staleTime: 300_000,
    refetchInterval: 300_000,
    placeholderData: keepPreviousData,
  });
}

/** Metrics with a retention of their own; all others are kept `defaultRawDays`. */
export const retentionsQuery = queryOptions({
  queryKey: ["analytics", "retentions"],
  queryFn: ({ signal }) =>
    getJson<{ rows: MetricRetention[]; defaultRawDays: number }>("/api/metric-retentions", signal),
});
