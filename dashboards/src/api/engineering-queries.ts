import type { Bom, Calendar, EngineeringChange, StoredItem } from "@millwright/contracts/api";
import type { ChangeState, ItemKind } from "@millwright/contracts/states/engineering";
import type { ItemSort } from "@millwright/contracts/states/sorts";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";
import type {
  BomDifference,
  BomHead,
  BomTree,
  Capability,
  SetupMatrix,
  Uoms,
  WhereUsed,
  WorkingTime,
} from "./engineering-shapes.ts";
import { keys, type Page, pages } from "./queries.ts";

/** First words of the query keys; a saved structure makes everything under `boms` stale. */
export const engineeringKeys = {
  itemList: [...keys.items, "list"],
  item: (itemId: string) => [...keys.items, "one", itemId],
  boms: ["boms"],
  revisions: (itemId: string) => ["boms", "revisions", itemId],
  bom: (bomId: string) => ["boms", "one", bomId],
  changes: ["engineering-changes"],
  change: (changeId: string) => ["engineering-changes", "one", changeId],
  calendars: ["calendars"],
  setupMatrix: ["setup-matrix"],
} as const;

export type ItemFilter = { search?: string; kind?: ItemKind; sort?: ItemSort };

export function itemListQuery(filter: ItemFilter) {
  return pages<StoredItem>([...engineeringKeys.itemList, filter], "/api/items", {
    limit: "50",
    ...filter,
  });
}

/** The first few items that a text finds, to choose one. */
export function itemChoicesQuery(text: string) {
  const search = new URLSearchParams({ limit: "20", ...(text !== "" && { search: text }) });
  return queryOptions({
    queryKey: [...keys.items, "choices", text],
    queryFn: ({ signal }) => getJson<Page<StoredItem>>(`/api/items?${search}`, signal),
    placeholderData: keepPreviousData,
  });
}

export function itemQuery(itemId: string) {
  return queryOptions({
    queryKey: engineeringKeys.item(itemId),
    queryFn: ({ signal }) =>
      getJson<StoredItem>(`/api/items/${encodeURIComponent(itemId)}`, signal),
  });
}

export const uomsQuery = queryOptions({
  queryKey: ["uoms"],
  queryFn: ({ signal }) => getJson<Uoms>("/api/uoms", signal),
});

export const capabilitiesQuery = queryOptions({
  queryKey: ["capabilities"],
  queryFn: ({ signal }) => getJson<{ rows: Capability[] }>("/api/capabilities", signal),
});

export const setupMatrixQuery = queryOptions({
  queryKey: engineeringKeys.setupMatrix,
  queryFn: ({ signal }) => getJson<SetupMatrix>("/api/setup-matrix", signal),
});

export function revisionsQuery(itemId: string) {
  return queryOptions({
    queryKey: engineeringKeys.revisions(itemId),
    queryFn: ({ signal }) =>
      getJson<{ rows: BomHead[] }>(`/api/items/${encodeURIComponent(itemId)}/boms`, signal),
  });
}

export function bomQuery(bomId: string) {
  return queryOptions({
    queryKey: engineeringKeys.bom(bomId),
    queryFn: ({ signal }) => getJson<Bom>(`/api/boms/${encodeURIComponent(bomId)}`, signal),
  });
}

/** `bomId` null: the revision that holds today. */
export function bomTreeQuery(itemId: string, asked: { bomId: string | null; quantity: string }) {
  const { bomId, quantity } = asked;
  const search = new URLSearchParams({ quantity, ...(bomId !== null && { bomId }) });
  return queryOptions({
    queryKey: [...engineeringKeys.boms, "tree", itemId, asked],
    queryFn: ({ signal }) =>
      getJson<BomTree>(`/api/items/${encodeURIComponent(itemId)}/bom-tree?${search}`, signal),
    placeholderData: keepPreviousData,
  });
}

export function whereUsedQuery(itemId: string, isDeep: boolean) {
  return queryOptions({
    queryKey: [...engineeringKeys.boms, "where-used", itemId, isDeep],
    queryFn: ({ signal }) =>
      getJson<WhereUsed>(
        `/api/items/${encodeURIComponent(itemId)}/where-used?isDeep=${isDeep}`,
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}

export function compareQuery(beforeId: string, afterId: string) {
  return queryOptions({
    queryKey: [...engineeringKeys.boms, "compare", beforeId, afterId],
    queryFn: ({ signal }) =>
      getJson<{ rows: BomDifference[] }>(
        `/api/boms/${encodeURIComponent(beforeId)}/compare/${encodeURIComponent(afterId)}`,
        signal,
      ),
  });
}

export type ChangeFilter = { state?: ChangeState };

export function changesQuery(filter: ChangeFilter) {
  return pages<EngineeringChange>(
    [...engineeringKeys.changes, "list", filter],
    "/api/engineering-changes",
    { limit: "50", ...filter },
  );
}

export function changeQuery(changeId: string) {
  return queryOptions({
    queryKey: engineeringKeys.change(changeId),
    queryFn: ({ signal }) =>
      getJson<EngineeringChange>(
        `/api/engineering-changes/${encodeURIComponent(changeId)}`,
        signal,
      ),
  });
}

export const calendarsQuery = queryOptions({
  queryKey: engineeringKeys.calendars,
  queryFn: ({ signal }) => getJson<{ rows: Calendar[] }>("/api/calendars", signal),
});

export function workingTimeQuery(calendarId: string, days: { from: string; to: string }) {
  return queryOptions({
    queryKey: [...engineeringKeys.calendars, "working-time", calendarId, days],
    queryFn: ({ signal }) =>
      getJson<{ rows: WorkingTime[] }>(
        `/api/calendars/${encodeURIComponent(calendarId)}/working-time?${new URLSearchParams(days)}`,
        signal,
      ),
  });
}
