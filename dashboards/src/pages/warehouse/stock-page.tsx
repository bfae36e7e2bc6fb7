import { balanceSorts, lotSorts } from "@millwright/contracts/states/sorts";
import { locationKinds } from "@millwright/contracts/states/stock";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { itemQuery } from "../../api/engineering-queries.ts";
import { useMay } from "../../api/identity-queries.ts";
import { locationsQuery, type StockFilter } from "../../api/stock-queries.ts";
import { ItemPicker } from "../../forms/item-picker.tsx";
import { LocationField } from "../../forms/warehouse/location-field.tsx";
import { readSort } from "../../panels/lists/read-filter.ts";
import { PageHead } from "../../panels/page-head.tsx";
import { BalanceList } from "../../panels/stock/balance-list.tsx";
import { GaugeList } from "../../panels/stock/gauge-list.tsx";
import { LocationTree } from "../../panels/stock/location-tree.tsx";
import { LotList } from "../../panels/stock/lot-list.tsx";
import { MoveList } from "../../panels/stock/move-list.tsx";
import { ProposalList } from "../../panels/stock/proposal-list.tsx";
import { ReservationList } from "../../panels/stock/reservation-list.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { readStockSearch, type StockSearch, type StockView, stockViews } from "./stock-search.ts";

/** What lies where, what moved, which lots there are, and the places; the filter is in the URL. */
export function StockPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const may = useMay();
  const asked: StockSearch = useSearch({ from: paths.stock });
  const { view = "balances", status, search, sort, ...filter } = asked;
  const needs = {
    balances: "stock:read",
    moves: "stock:read",
    lots: "lot:read",
    locations: "location:read",
    proposals: "stock:read",
    reservations: "stock:read",
    gauges: "stock:read",
  } as const;
  const show = (next: StockSearch) =>
    void navigate({ to: paths.stock, search: next, replace: true });
  return (
    <>
      <PageHead title={t("page.stock")} />
      <nav className="tabs" aria-label={t("items.parts")}>
        {stockViews
          .filter((one) => may(needs[one]))
          .map((one) => (
            <Link
              key={one}
              to={paths.stock}
              search={{ ...filter, view: one }}
              className="tab"
              aria-current={one === view ? "page" : undefined}
            >
              {t(`stock.view.${one}`)}
            </Link>
          ))}
      </nav>
      {narrowed.includes(view) && (
        <Narrowed filter={filter} view={view} onFilter={(next) => show({ ...next, view })} />
      )}
      {view === "balances" && (
        <BalanceList
          filter={filter}
          sort={readSort(sort, balanceSorts).sort}
          onSort={(next) => show(readStockSearch({ ...filter, view, sort: next }))}
        />
      )}
      {view === "moves" && <MoveList filter={filter} />}
      {view === "lots" && (
        <LotList
          filter={{
            ...(filter.itemId !== undefined && { itemId: filter.itemId }),
            ...(status !== undefined && { status }),
            ...(search !== undefined && { search }),
            ...readSort(sort, lotSorts),
          }}
          onFilter={(next) => show({ ...filter, ...next, view })}
        />
      )}
      {view === "locations" && <LocationTree />}
      {view === "reservations" && (
        <ReservationList filter={filter.itemId === undefined ? {} : { itemId: filter.itemId }} />
      )}
      {view === "proposals" && <ProposalList />}
      {view === "gauges" && <GaugeList />}
    </>
  );
}

/** Views that can be of one item, place or lot; lots and reservations have no place of their own. */
const narrowed: readonly StockView[] = ["balances", "moves", "lots", "reservations"];
const placeless: readonly StockView[] = ["lots", "reservations"];

/** One item, one place or one lot: what the list is narrowed to, by name, and how to let it go. */
function Narrowed({
  filter,
  view,
  onFilter,
}: {
  filter: StockFilter;
  view: StockView;
  onFilter: (filter: StockFilter) => void;
}) {
  const t = useTranslations();
  const { itemId, locationId, lotId } = filter;
  const { data: item } = useQuery({ ...itemQuery(itemId ?? ""), enabled: itemId !== undefined });
  const { data: places } = useQuery(locationsQuery);
  const place = places?.rows.find((one) => one.locationId === locationId);
  const without = (name: keyof StockFilter) => {
    const { [name]: _, ...rest } = filter;
    onFilter(rest);
  };
  return (
    <search className="stock-filter">
      {itemId === undefined ? (
        <ItemPicker
          label={t("column.item")}
          picked={null}
          onPick={(picked) => {
            if (picked !== null) onFilter({ ...filter, itemId: picked.itemId });
          }}
        />
      ) : (
        <Chip
          words={`${t("column.item")}: ${item?.number ?? "…"}`}
          onDrop={() => without("itemId")}
        />
      )}
      {!placeless.includes(view) &&
        (locationId === undefined ? (
          <LocationField
            label={t("stock.place")}
            kinds={locationKinds}
            onChange={(picked) => {
              if (picked !== null) onFilter({ ...filter, locationId: picked.locationId });
            }}
          />
        ) : (
          <Chip
            words={`${t("stock.place")}: ${place?.code ?? "…"}`}
            onDrop={() => without("locationId")}
          />
        ))}
      {lotId !== undefined && <Chip words={t("stock.oneLot")} onDrop={() => without("lotId")} />}
    </search>
  );
}

function Chip({ words, onDrop }: { words: string; onDrop: () => void }) {
  const t = useTranslations();
  return (
    <button type="button" className="button" onClick={onDrop} title={t("stock.dropFilter")}>
      {words} <Icon name="close" size={16} />
    </button>
  );
}
