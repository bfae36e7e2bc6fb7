import type { StockBalance } from "@millwright/contracts/api";
import type { BalanceSort } from "@millwright/contracts/states/sorts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { balancesQuery, type StockFilter } from "../../api/stock-queries.ts";
import { PrintLabels } from "../../forms/warehouse/print-labels.tsx";
import { ReserveStock } from "../../forms/warehouse/reserve-stock.tsx";
import { paths } from "../../paths.ts";
import { Quantity } from "../../ui/quantity.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { ListPanel } from "../lists/list-panel.tsx";
import type { Column } from "../lists/list-table.tsx";
import { LotStatusMark } from "./lot-status-mark.tsx";

/** What lies where, by item, place and lot. */
export function BalanceList({
  filter,
  sort,
  onSort,
}: {
  filter: StockFilter;
  sort: BalanceSort | undefined;
  onSort: (sort: string | undefined) => void;
}) {
  const t = useTranslations();
  const sorted = { ...filter, ...(sort !== undefined && { sort }) };
  const query = useInfiniteQuery(balancesQuery(sorted));
  const [reserved, setReserved] = useState<StockBalance | null>(null);
  const columns = useColumns(filter, setReserved);
  return (
    <>
      <ListPanel
        name="balances"
        title={t("stock.view.balances")}
        query={query}
        columns={columns}
        keyOf={(row) => `${row.itemId} ${row.locationId} ${row.lotId}`}
        filter={sorted}
        to={paths.stock}
        files={{ path: "/api/stock/balances" }}
        empty={t("stock.noBalance")}
        sorting={{ sort, onSort }}
      />
      {reserved !== null && <ReserveStock of={reserved} onClose={() => setReserved(null)} />}
    </>
  );
}

function useColumns(
  filter: StockFilter,
  onReserve: (balance: StockBalance) => void,
): Column<StockBalance>[] {
  const t = useTranslations();
  const mayReserve = useMay()("stock:reserve");
  const format = useFormat();
  return [
    {
      name: "item",
      title: t("column.item"),
      sort: "itemNumber",
      renderCell: ({ itemId, itemNumber }) => (
        <Link to={paths.item} params={{ itemId }} data-row>
          {itemNumber}
        </Link>
      ),
    },
    {
      name: "place",
      title: t("stock.place"),
      sort: "locationCode",
      renderCell: ({ locationId, locationCode, locationKind }) => (
        <>
          <Link to={paths.stock} search={{ ...filter, locationId }}>
            {locationCode}
          </Link>
          {locationKind !== "bin" && (
            <span className="tag">{t(`locationKind.${locationKind}`)}</span>
          )}
        </>
      ),
    },
    {
      name: "lot",
      title: t("stock.lot"),
      sort: "lotNumber",
      renderCell: ({ lotId, lotNumber, lotStatus }) =>
        lotId === null || lotStatus === null ? (
          "–"
        ) : (
          <>
            <Link to={paths.stock} search={{ ...filter, lotId }}>
              {lotNumber}
            </Link>{" "}
            <LotStatusMark status={lotStatus} />
          </>
        ),
    },
    {
      name: "expires",
      title: t("stock.expires"),
      sort: "lotExpiresTime",
      isWide: true,
      renderCell: ({ lotExpiresTime }) =>
        lotExpiresTime === null ? "–" : format.siteTime(lotExpiresTime, "date"),
    },
    {
      name: "quantity",
      title: t("stock.quantity"),
      sort: "quantity",
      isNumber: true,
      renderCell: ({ quantity, uom }) => <Quantity value={quantity} uom={uom} />,
    },
    {
      name: "reserved",
      title: t("stock.reserved"),
      sort: "reserved",
      isNumber: true,
      isWide: true,
      renderCell: ({ reserved, uom }) => <Quantity value={reserved} uom={uom} />,
    },
    {
      name: "available",
      title: t("stock.available"),
      isNumber: true,
      renderCell: ({ available, uom }) => (
        <b>
          <Quantity value={available} uom={uom} />
        </b>
      ),
    },
    {
      name: "commands",
      title: t("workOrder.commands"),
      isWide: true,
      renderCell: (balance) => (
        <span className="head-buttons">
          {mayReserve && Number(balance.available) > 0 && (
            <button
              type="button"
              className="button button-small"
              onClick={() => onReserve(balance)}
            >
              {t("reservation.reserve")}
            </button>
          )}
          <PrintLabels isSmall labels={[labelOf(balance)]} />
        </span>
      ),
    },
  ];
}

function labelOf({ itemId, lotNumber }: StockBalance) {
  return { of: "item" as const, itemId, ...(lotNumber !== null && { lotNumber }) };
}
