import type { StockMove } from "@millwright/contracts/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { movesQuery, type StockFilter, stockKeys } from "../../api/stock-queries.ts";
import { paths } from "../../paths.ts";
import { Quantity } from "../../ui/quantity.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { ListPanel } from "../lists/list-panel.tsx";
import type { Column } from "../lists/list-table.tsx";

/** Every move, newest first. Moves are never changed: a wrong one is followed by one that goes back. */
export function MoveList({ filter }: { filter: StockFilter }) {
  const t = useTranslations();
  const query = useInfiniteQuery(movesQuery(filter));
  const columns = useColumns();
  const mayMove = useMay()("stock:move");
  return (
    <ListPanel
      name="moves"
      title={t("stock.view.moves")}
      query={query}
      columns={columns}
      keyOf={({ moveId }) => moveId}
      filter={filter}
      to={paths.stock}
      files={{ path: "/api/stock/moves", importKey: mayMove ? stockKeys.all : null }}
      empty={t("stock.noMove")}
    />
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
      renderCell: ({ quantity, uom }) => <Quantity value={quantity} uom={uom} />,
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
