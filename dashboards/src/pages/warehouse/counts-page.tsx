import type { CycleCount } from "@millwright/contracts/api";
import { countStates } from "@millwright/contracts/states/warehouse";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { countsQuery, stockKeys } from "../../api/stock-queries.ts";
import { DocumentList } from "../../panels/lists/document-list.tsx";
import type { Column } from "../../panels/lists/list-table.tsx";
import { CountStateMark } from "../../panels/stock/warehouse-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** Cycle counts, newest first: open ones to count, counted ones to decide on. */
export function CountsPage() {
  const t = useTranslations();
  const mayOpen = useMay()("cycle_count:open");
  const filter = useSearch({ from: paths.counts });
  const query = useInfiniteQuery(countsQuery(filter));
  const columns = useColumns();
  return (
    <DocumentList
      name="counts"
      title={t("page.counts")}
      to={paths.counts}
      states={countStates}
      state={filter.state}
      stateWord={(state) => t(`countState.${state}`)}
      query={query}
      columns={columns}
      keyOf={({ countId }) => countId}
      files={{ path: "/api/cycle-counts", importKey: mayOpen ? stockKeys.counts : null }}
      empty={t("count.none")}
      action={
        mayOpen && (
          <Link to={paths.scanner} search={{ task: "count" }} className="button button-main">
            <Icon name="add" size={16} /> {t("count.new")}
          </Link>
        )
      }
    />
  );
}

function useColumns(): Column<CycleCount>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "number",
      title: t("count.number"),
      renderCell: ({ countId, number }) => (
        <Link to={paths.count} params={{ countId }} data-row>
          {number}
        </Link>
      ),
    },
    { name: "bin", title: t("stock.place"), renderCell: ({ locationCode }) => locationCode },
    {
      name: "state",
      title: t("column.state"),
      renderCell: ({ state }) => <CountStateMark state={state} />,
    },
    { name: "by", title: t("count.by"), renderCell: ({ countedBy }) => countedBy ?? "–" },
    {
      name: "created",
      title: t("stock.when"),
      isWide: true,
      renderCell: ({ createdTime }) => format.siteTime(createdTime, "dayMinute"),
    },
  ];
}
