import type { CycleCount } from "@millwright/contracts/api";
import { countStates } from "@millwright/contracts/states/warehouse";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { countsQuery, stockKeys } from "../../api/stock-queries.ts";
import { useListChoices } from "../../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../../panels/lists/list-table.tsx";
import { ListTools } from "../../panels/lists/list-tools.tsx";
import { Paged } from "../../panels/lists/paged.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { CountStateMark } from "../../panels/stock/warehouse-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** Cycle counts, newest first: open ones to count, counted ones to decide on. */
export function CountsPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const mayOpen = useMay()("cycle_count:open");
  const filter = useSearch({ from: paths.counts });
  const query = useInfiniteQuery(countsQuery(filter));
  const choices = useListChoices("counts");
  const columns = useColumns();
  return (
    <>
      <PageHead title={t("page.counts")}>
        <search className="filter">
          <select
            className="select"
            aria-label={t("column.state")}
            value={filter.state ?? ""}
            onChange={(event) => {
              const state = countStates.find((one) => one === event.target.value);
              const search = state === undefined ? {} : { state };
              void navigate({ to: paths.counts, search, replace: true });
            }}
          >
            <option value="">{t("workOrder.allStates")}</option>
            {countStates.map((state) => (
              <option key={state} value={state}>
                {t(`countState.${state}`)}
              </option>
            ))}
          </select>
          <ListTools
            choices={choices}
            columns={columns}
            filter={filter}
            to={paths.counts}
            files={{
              title: t("page.counts"),
              path: "/api/cycle-counts",
              importKey: mayOpen ? stockKeys.counts : null,
            }}
          />
        </search>
        {mayOpen && (
          <Link to={paths.scanner} search={{ task: "count" }} className="button button-main">
            <Icon name="add" size={16} /> {t("count.new")}
          </Link>
        )}
      </PageHead>
      <Paged query={query} empty={<p>{t("count.none")}</p>}>
        {(rows) => (
          <ListTable
            label={t("page.counts")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ countId }) => countId}
          />
        )}
      </Paged>
    </>
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
