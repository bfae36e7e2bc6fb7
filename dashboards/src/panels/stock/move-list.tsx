import type { StockMove } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { movesQuery, type StockFilter, stockKeys } from "../../api/stock-queries.ts";
import { paths } from "../../paths.ts";
import { useFormat } from "../../ui/use-format.ts";
import { useListChoices } from "../lists/list-choices.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { ListTools } from "../lists/list-tools.tsx";
import { Paged } from "../lists/paged.tsx";

/** Every move, newest first. Moves are never changed: a wrong one is followed by one that goes back. */
export function MoveList({ filter }: { filter: StockFilter }) {
  const t = useTranslations();
  const query = useInfiniteQuery(movesQuery(filter));
  const choices = useListChoices("moves");
  const columns = useColumns();
  const mayMove = useMay()("stock:move");
  return (
    <>
      <div className="list-head">
        <ListTools
          choices={choices}
          columns={columns}
          filter={filter}
          to={paths.stock}
          files={{
            title: t("stock.view.moves"),
            path: "/api/stock/moves",
            importKey: mayMove ? stockKeys.all : null,
          }}
        />
      </div>
      <Paged query={query} empty={<p>{t("stock.noMove")}</p>}>
        {(rows) => (
          <ListTable
            label={t("stock.view.moves")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ moveId }) => moveId}
            isLinked={false}
          />
        )}
      </Paged>
    </>
  );
}

function useColumns(): Column<StockMove>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "time",
      title: t("stock.when"),
      renderCell: ({ movedTime }) => format.siteTime(movedTime, "dayMinute"),
    },
    {
      name: "item",
      title: t("column.item"),
      renderCell: ({ itemId, itemNumber }) => (
        <Link to={paths.item} params={{ itemId }}>
          {itemNumber}
        </Link>
      ),
    },
    {
      name: "quantity",
      title: t("stock.quantity"),
      isNumber: true,
      renderCell: ({ quantity, uom }) => (
        <>
          {format.quantity(quantity)} <span className="unit">{uom}</span>
        </>
      ),
    },
    { name: "from", title: t("stock.from"), renderCell: ({ fromCode }) => fromCode },
    { name: "to", title: t("stock.to"), renderCell: ({ toCode }) => toCode },
    {
      name: "lot",
      title: t("stock.lot"),
      isWide: true,
      renderCell: ({ lotNumber }) => lotNumber ?? "–",
    },
    { name: "reason", title: t("form.reason"), isWide: true, renderCell: ({ reason }) => reason },
  ];
}
