import type {
  CycleCount,
  Location,
  Lot,
  ReservationOnTheWire,
  Scanned,
  StockBalance,
  StockGauge,
  StockMove,
  StockProposal,
  Transfer,
} from "@millwright/contracts/api";
import type { BalanceSort, LotSort } from "@millwright/contracts/states/sorts";
import type { LotStatus } from "@millwright/contracts/states/stock";
import type { CountState, TransferState } from "@millwright/contracts/states/warehouse";
import { queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";
import { type Page, pages } from "./queries.ts";
import type { Picks, PutAway } from "./stock-shapes.ts";

/** Everything a move changes lies under `stock`, so that one word makes it all stale. */
export const stockKeys = {
  all: ["stock"],
  locations: ["stock", "locations"],
  transfers: ["stock", "transfers"],
  transfer: (transferId: string) => ["stock", "transfers", "one", transferId],
  counts: ["stock", "counts"],
  count: (countId: string) => ["stock", "counts", "one", countId],
} as const;

/** What balances and moves are narrowed to; ids, because names change. */
export type StockFilter = { itemId?: string; locationId?: string; lotId?: string };

export function balancesQuery(filter: StockFilter & { sort?: BalanceSort }) {
  return pages<StockBalance>([...stockKeys.all, "balances", filter], "/api/stock/balances", {
    limit: "50",
    ...filter,
  });
}

export function movesQuery(filter: StockFilter) {
  return pages<StockMove>([...stockKeys.all, "moves", filter], "/api/stock/moves", {
    limit: "50",
    ...filter,
  });
}

/** Stock that is kept for somebody, newest first. */
export function reservationsQuery(filter: { itemId?: string }) {
  return pages<ReservationOnTheWire>(
    [...stockKeys.all, "reservations", filter],
    "/api/stock/reservations",
    { limit: "50", ...filter },
  );
}

/** Silos and scales that say how much lies in a bin, by bin. */
export const gaugesQuery = pages<StockGauge>([...stockKeys.all, "gauges"], "/api/stock/gauges", {
  limit: "50",
});

export type LotFilter = { itemId?: string; status?: LotStatus; search?: string; sort?: LotSort };

export function lotsQuery(filter: LotFilter) {
  return pages<Lot>([...stockKeys.all, "lots", filter], "/api/stock/lots", {
    limit: "50",
    ...filter,
  });
}

/** What gauges propose and what became of it, newest first. */
export const proposalsQuery = pages<StockProposal>(
  [...stockKeys.all, "proposals"],
  "/api/stock/proposals",
  { limit: "50" },
);

/** The whole tree of places, by code; `isCut` when a company has more than a screen can hold. */
export const locationsQuery = queryOptions({
  queryKey: stockKeys.locations,
  queryFn: async ({ signal }) => {
    const rows: Location[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < locationPagesMax; page += 1) {
      const search = new URLSearchParams({ limit: "200", ...(cursor !== null && { cursor }) });
      const read: Page<Location> = await getJson(`/api/stock/locations?${search}`, signal);
      rows.push(...read.rows);
      cursor = read.nextCursor;
      if (cursor === null) break;
    }
    return { rows, isCut: cursor !== null };
  },
});

/** 10 pages of 200; more bins than that are found by scanning, which asks the server. */
const locationPagesMax = 10;

export function transfersQuery(filter: { state?: TransferState }) {
  return pages<Transfer>([...stockKeys.transfers, "list", filter], "/api/transfers", {
    limit: "50",
    ...filter,
  });
}

export function transferQuery(transferId: string) {
  return queryOptions({
    queryKey: stockKeys.transfer(transferId),
    queryFn: ({ signal }) =>
      getJson<Transfer>(`/api/transfers/${encodeURIComponent(transferId)}`, signal),
  });
}

export function countsQuery(filter: { state?: CountState }) {
  return pages<CycleCount>([...stockKeys.counts, "list", filter], "/api/cycle-counts", {
    limit: "50",
    ...filter,
  });
}

export function countQuery(countId: string) {
  return queryOptions({
    queryKey: stockKeys.count(countId),
    queryFn: ({ signal }) =>
      getJson<CycleCount>(`/api/cycle-counts/${encodeURIComponent(countId)}`, signal),
  });
}

/** Says what a scan means. Asked anew each time: what a label stands for may have changed. */
export function readScan(text: string): Promise<Scanned> {
  return getJson(`/api/stock/scan?${new URLSearchParams({ text })}`);
}

export function putAwaysQuery(itemId: string) {
  return queryOptions({
    queryKey: [...stockKeys.all, "put-aways", itemId],
    queryFn: ({ signal }) =>
      getJson<{ rows: PutAway[] }>(
        `/api/stock/suggestions/put-aways?${new URLSearchParams({ itemId })}`,
        signal,
      ),
  });
}

export function picksQuery(asked: { itemId: string; quantity: string; withinId?: string }) {
  return queryOptions({
    queryKey: [...stockKeys.all, "picks", asked],
    queryFn: ({ signal }) =>
      getJson<Picks>(`/api/stock/suggestions/picks?${new URLSearchParams(asked)}`, signal),
  });
}
