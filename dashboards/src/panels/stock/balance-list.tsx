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
import { useFormat } from "../../ui/use-format.ts";
import { useListChoices } from "../lists/list-choices.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { ListTools } from "../lists/list-tools.tsx";
import { Paged } from "../lists/paged.tsx";
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
  const choices = useListChoices("balances");
  const [reserved, setReserved] = useState<StockBalance | null>(null);
  const columns = useColumns(filter, setReserved);
  return (
    <>
      <div className="list-head">
        <ListTools
          choices={choices}
          columns={columns}
          filter={sorted}
          to={paths.stock}
          files={{ title: t("stock.view.balances"), path: "/api/stock/balances" }}
        />
      </div>
      <Paged query={query} empty={<p>{t("stock.noBalance")}</p>}>
        {(rows) => (
          <ListTable
            label={t("stock.view.balances")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={(row) => `${row.itemId} ${row.locationId} ${row.lotId}`}
            isLinked={false}
            sorting={{ sort, onSort }}
          />
        )}
      </Paged>
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
  const figure = (quantity: string, uom: string) => (
    <>
      {format.quantity(quantity)} <span className="unit">{uom}</span>
    </>
  );
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
      renderCell: ({ quantity, uom }) => figure(quantity, uom),
    },
    {
      name: "reserved",
      title: t("stock.reserved"),
      sort: "reserved",
      isNumber: true,
      isWide: true,
      renderCell: ({ reserved, uom }) => figure(reserved, uom),
    },
    {
      name: "available",
      title: t("stock.available"),
      isNumber: true,
      renderCell: ({ available, uom }) => <b>{figure(available, uom)}</b>,
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
