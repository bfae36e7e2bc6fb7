import {
  balanceSorts,
  type BalanceSort,
  lotSorts,
  type LotSort,
} from "@millwright/contracts/states/sorts";
import { lotStatuses } from "@millwright/contracts/states/stock";
import { countStates, transferStates } from "@millwright/contracts/states/warehouse";

import type { LotFilter, StockFilter } from "../../api/stock-queries.ts";
import { readSort } from "../../panels/lists/read-filter.ts";
import { textOf } from "../../panels/lists/read-filter.ts";

export const stockViews = [
  "balances",
  "moves",
  "lots",
  "locations",
  "reservations",
  "proposals",
  "gauges",
] as const;
export type StockView = (typeof stockViews)[number];

export type StockSearch = StockFilter &
  Pick<LotFilter, "status" | "search"> & { view?: StockView; sort?: BalanceSort | LotSort };

/** Reads what of the stock is shown out of a URL; what it does not understand it leaves out. */
export function readStockSearch(search: Record<string, unknown>): StockSearch {
  const view = stockViews.find((one) => one === search["view"]);
  const status = lotStatuses.find((one) => one === search["status"]);
  const found: StockSearch = readSort(search["sort"], view === "lots" ? lotSorts : balanceSorts);
  if (view !== undefined) found.view = view;
  if (status !== undefined) found.status = status;
  for (const name of ["itemId", "locationId", "lotId", "search"] as const) {
    const text = textOf(search[name]);
    if (text !== "") found[name] = text;
  }
  return found;
}

export function readTransferFilter(search: Record<string, unknown>) {
  const state = transferStates.find((one) => one === search["state"]);
  return state === undefined ? {} : { state };
}

export function readCountFilter(search: Record<string, unknown>) {
  const state = countStates.find((one) => one === search["state"]);
  return state === undefined ? {} : { state };
}

export const scannerTasks = ["receive", "pick", "count"] as const;
export type ScannerTask = (typeof scannerTasks)[number];

export function readScannerSearch(search: Record<string, unknown>): { task?: ScannerTask } {
  const task = scannerTasks.find((one) => one === search["task"]);
  return task === undefined ? {} : { task };
}
