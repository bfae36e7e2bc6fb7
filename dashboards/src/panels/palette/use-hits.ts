import type { Lot, WorkOrderSummary } from "@millwright/contracts/api";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import type { NavigateOptions } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { getJson } from "../../api/client.ts";
import { itemChoicesQuery } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { keys, type Page } from "../../api/queries.ts";
import { locationsQuery, stockKeys } from "../../api/stock-queries.ts";
import { paths } from "../../paths.ts";
import { useNavigation } from "../navigation.ts";

/** Something the search has found, and where it is. */
export type Hit = {
  group: "pages" | "items" | "workOrders" | "places" | "lots";
  key: string;
  title: string;
  detail: string;
  to: NavigateOptions;
};

/** What fits a text, by kind; only of kinds that the person may read. Without a text: the pages. */
export function useHits(text: string): { hits: Hit[]; isLoading: boolean } {
  const t = useTranslations();
  const may = useMay();
  const isAsked = text !== "";
  const items = useQuery({ ...itemChoicesQuery(text), enabled: isAsked && may("item:read") });
  const orders = useQuery({ ...ordersQuery(text), enabled: isAsked && may("work_order:read") });
  const lots = useQuery({ ...lotsQuery(text), enabled: isAsked && may("lot:read") });
  const places = useQuery({ ...locationsQuery, enabled: isAsked && may("location:read") });
  const words = text.toLowerCase();
  const pages = useNavigation()
    .flatMap((group): Hit[] =>
      group.pages.map(({ name, path, shortcut }) => ({
        group: "pages",
        key: name,
        title: t(`page.${name}`),
        detail: shortcut,
        to: { to: path },
      })),
    )
    .filter(({ title }) => title.toLowerCase().includes(words));
  if (!isAsked) return { hits: pages, isLoading: false };
  const hits: Hit[] = [
    ...pages.slice(0, perGroupMax),
    ...(items.data?.rows ?? []).slice(0, perGroupMax).map(({ itemId, number, name }): Hit => ({
      group: "items",
      key: itemId,
      title: number,
      detail: name,
      to: { to: paths.item, params: { itemId } },
    })),
    ...(orders.data?.rows ?? [])
      .slice(0, perGroupMax)
      .map(({ workOrderId, number, itemNumber, itemName }): Hit => ({
        group: "workOrders",
        key: workOrderId,
        title: number,
        detail: `${itemNumber} ${itemName}`,
        to: { to: paths.workOrder, params: { workOrderId } },
      })),
    ...(places.data?.rows ?? [])
      .filter(({ code, name }) => `${code} ${name}`.toLowerCase().includes(words))
      .slice(0, perGroupMax)
      .map(({ locationId, code, name }): Hit => ({
        group: "places",
        key: locationId,
        title: code,
        detail: name,
        to: { to: paths.stock, search: { locationId } },
      })),
    ...(lots.data?.rows ?? []).slice(0, perGroupMax).map(({ lotId, number, itemNumber }): Hit => ({
      group: "lots",
      key: lotId,
      title: number,
      detail: itemNumber,
      to: { to: paths.stock, search: { lotId } },
    })),
  ];
  const isLoading = [items, orders, lots, places].some(({ isFetching }) => isFetching);
  return { hits, isLoading };
}

function ordersQuery(text: string) {
  const search = new URLSearchParams({ limit: String(perGroupMax), search: text });
  return queryOptions({
    queryKey: [...keys.workOrders, "found", text],
    queryFn: ({ signal }) => getJson<Page<WorkOrderSummary>>(`/api/work-orders?${search}`, signal),
    placeholderData: keepPreviousData,
  });
}

function lotsQuery(text: string) {
  const search = new URLSearchParams({ limit: String(perGroupMax), search: text });
  return queryOptions({
    queryKey: [...stockKeys.all, "lots", "found", text],
    queryFn: ({ signal }) => getJson<Page<Lot>>(`/api/stock/lots?${search}`, signal),
    placeholderData: keepPreviousData,
  });
}

/** Who wants more of a kind goes to its list. */
const perGroupMax = 6;
