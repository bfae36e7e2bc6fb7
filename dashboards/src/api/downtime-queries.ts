import type {
  DowntimeReason,
  DowntimeReport,
  DowntimeStop,
  MachineReasonCode,
  Stop,
} from "@millwright/contracts/api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";
import { keys, type TimeWindow } from "./queries.ts";

export const downtimeKeys = {
  reasons: ["downtime-reasons"],
  codes: ["machine-reason-codes"],
  /** Sums and lists that take a report. */
  reports: ["analytics", "downtime"],
} as const;

export const downtimeReasonsQuery = queryOptions({
  queryKey: downtimeKeys.reasons,
  queryFn: ({ signal }) => getJson<{ rows: DowntimeReason[] }>("/api/downtime-reasons", signal),
  staleTime: 60_000,
});

export const machineReasonCodesQuery = queryOptions({
  queryKey: downtimeKeys.codes,
  queryFn: ({ signal }) =>
    getJson<{ rows: MachineReasonCode[] }>("/api/machine-reason-codes", signal),
});

/** Stops of one machine, newest first. */
export function stopsQuery(workUnitId: string, window: TimeWindow) {
  const path = `/api/work-units/${encodeURIComponent(workUnitId)}/stops`;
  return queryOptions({
    queryKey: [...keys.stops(workUnitId), window],
    queryFn: ({ signal }) =>
      getJson<{ rows: Stop[]; isCut: boolean }>(`${path}?${new URLSearchParams(window)}`, signal),
    placeholderData: keepPreviousData,
  });
}

/** Production days, both included. */
export type DayRange = { from: string; to: string };

/** Like OEE it takes the server a second: read again every five minutes, and the last one stays meanwhile. */
export function downtimeQuery(range: DayRange) {
  return queryOptions({
    queryKey: [...downtimeKeys.reports, range],
    queryFn: ({ signal }) =>
      getJson<DowntimeReport>(`/api/analytics/downtime?${new URLSearchParams(range)}`, signal),
    staleTime: 300_000,
    refetchInterval: 300_000,
    placeholderData: keepPreviousData,
  });
}

export type StopFilter = DayRange & {
  reason?: string;
  workUnitId?: string;
  order: "longest" | "newest";
};
export type ListedStops = { rows: DowntimeStop[]; downMs: number; stops: number };

/** The stops behind a bar, or those nobody explained. */
export function downtimeStopsQuery(filter: StopFilter) {
  const asked = new URLSearchParams({ ...filter, limit: "200" });
  return queryOptions({
    queryKey: [...downtimeKeys.reports, "stops", filter],
    queryFn: ({ signal }) => getJson<ListedStops>(`/api/analytics/downtime/stops?${asked}`, signal),
    placeholderData: keepPreviousData,
  });
}
