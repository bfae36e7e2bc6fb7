import type {
  HistoryEvent,
  Item,
  Machine,
  Metric,
  Plant,
  Trend,
  WorkOrder,
  WorkOrderSummary,
} from "@millwright/contracts/api";
import type { WorkOrderSort } from "@millwright/contracts/states/sorts";
import type { WorkOrderState } from "@millwright/contracts/states/tables";
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";
import type { EdgeNode, Equipment, StateInterval } from "./shapes.ts";
import { noteServerTime } from "./server-clock.ts";
import { withNewerTiles } from "./tiles.ts";

/** A page of a list, as every list route answers. */
export type Page<Row> = { rows: Row[]; nextCursor: string | null };

/** The first page has no cursor. Up here, because some queries are made as this file loads. */
const firstPage: string | null = null;

export type TimeWindow = { from: string; to: string };

/** First words of the query keys; live messages and commands name what they make stale by them. */
export const keys = {
  plant: ["plant"],
  machine: (workUnitId: string) => ["machine", workUnitId],
  states: (workUnitId: string) => ["states", workUnitId],
  trends: (workUnitId: string) => ["trends", workUnitId],
  stops: (workUnitId: string) => ["stops", workUnitId],
  machineEvents: (workUnitId: string) => ["machine-events", workUnitId],
  workOrders: ["work-orders"],
  workOrder: (workOrderId: string) => ["work-order", workOrderId],
  workOrderEvents: (workOrderId: string) => ["work-order-events", workOrderId],
  equipment: ["equipment"],
  edgeNodes: ["edge-nodes"],
  metrics: ["metrics"],
  items: ["items"],
} as const;

export const plantQuery = queryOptions({
  queryKey: keys.plant,
  queryFn: async ({ signal }) => {
    const askedTime = performance.now();
    const plant = await getJson<Plant>("/api/plant", signal);
    noteServerTime(plant.asOf);
    return withNewerTiles(plant, askedTime);
  },
});

export function machineQuery(workUnitId: string) {
  return queryOptions({
    queryKey: keys.machine(workUnitId),
    queryFn: ({ signal }) =>
      getJson<Machine>(`/api/work-units/${encodeURIComponent(workUnitId)}`, signal),
  });
}

export function statesQuery(workUnitId: string, window: TimeWindow) {
  return queryOptions({
    queryKey: [...keys.states(workUnitId), window],
    queryFn: ({ signal }) =>
      getJson<{ intervals: StateInterval[] }>(
        `/api/work-units/${encodeURIComponent(workUnitId)}/states?${search(window)}`,
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}

export function trendsQuery(workUnitId: string, metricIds: string[], window: TimeWindow) {
  const metrics = metricIds.join(",");
  return queryOptions({
    queryKey: [...keys.trends(workUnitId), metrics, window],
    queryFn: ({ signal }) =>
      getJson<{ series: Trend[] }>(
        `/api/work-units/${encodeURIComponent(workUnitId)}/trends?${search({ ...window, metrics, points: "600" })}`,
        signal,
      ),
    enabled: metricIds.length > 0,
    placeholderData: keepPreviousData,
  });
}

export function machineEventsQuery(workUnitId: string) {
  const path = `/api/work-units/${encodeURIComponent(workUnitId)}/events`;
  return pages<HistoryEvent>(keys.machineEvents(workUnitId), path, { limit: "50" });
}

export function workOrdersQuery(filter: {
  state?: WorkOrderState;
  search?: string;
  sort?: WorkOrderSort;
}) {
  return pages<WorkOrderSummary>([...keys.workOrders, "list", filter], "/api/work-orders", {
    limit: "50",
    ...filter,
  });
}

/** Orders that are being worked on, to find the late ones: the first 200 of a state. */
export function openOrdersQuery(state: WorkOrderState) {
  return queryOptions({
    queryKey: [...keys.workOrders, "open", state],
    queryFn: ({ signal }) =>
      getJson<Page<WorkOrderSummary>>(
        `/api/work-orders?${search({ state, limit: "200" })}`,
        signal,
      ),
  });
}

export function workOrderQuery(workOrderId: string) {
  return queryOptions({
    queryKey: keys.workOrder(workOrderId),
    queryFn: ({ signal }) =>
      getJson<WorkOrder>(`/api/work-orders/${encodeURIComponent(workOrderId)}`, signal),
  });
}

export function workOrderEventsQuery(workOrderId: string) {
  const path = `/api/work-orders/${encodeURIComponent(workOrderId)}/events`;
  return pages<HistoryEvent>(keys.workOrderEvents(workOrderId), path, { limit: "50" });
}

export const equipmentQuery = queryOptions({
  queryKey: keys.equipment,
  queryFn: ({ signal }) => getJson<Equipment>("/api/equipment", signal),
});

export const edgeNodesQuery = queryOptions({
  queryKey: keys.edgeNodes,
  queryFn: ({ signal }) => getJson<{ rows: EdgeNode[] }>("/api/edge-nodes", signal),
  // Gateways have no live message; what is offline should not look online for long.
  refetchInterval: 10_000,
});

export const metricsQuery = {
  ...pages<Metric>(keys.metrics, "/api/metrics", { limit: "100" }),
  refetchInterval: 10_000,
};

export function itemsQuery(text: string) {
  return queryOptions({
    queryKey: [...keys.items, text],
    queryFn: ({ signal }) =>
      getJson<Page<Item>>(
        `/api/items?${search({ limit: "20", ...(text !== "" && { search: text }) })}`,
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}

/** A list in pages, by the cursor of each. */
export function pages<Row>(key: readonly unknown[], path: string, query: Record<string, string>) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ signal, pageParam }) =>
      getJson<Page<Row>>(
        `${path}?${search({ ...query, ...(pageParam !== null && { cursor: pageParam }) })}`,
        signal,
      ),
    initialPageParam: firstPage,
    getNextPageParam: (page: Page<Row>) => page.nextCursor,
    // 20 pages of 50 are more than a person reads; older ones are read again when asked for.
    maxPages: 20,
    getPreviousPageParam: () => null,
  });
}

function search(query: Record<string, string>): string {
  return new URLSearchParams(query).toString();
}
