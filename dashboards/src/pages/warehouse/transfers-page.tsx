import type { Transfer } from "@millwright/contracts/api";
import { transferStates } from "@millwright/contracts/states/warehouse";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { stockKeys, transfersQuery } from "../../api/stock-queries.ts";
import { DraftTransfer } from "../../forms/warehouse/draft-transfer.tsx";
import { useListChoices } from "../../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../../panels/lists/list-table.tsx";
import { ListTools } from "../../panels/lists/list-tools.tsx";
import { Paged } from "../../panels/lists/paged.tsx";
import { PageHead } from "../../panels/page-head.tsx";
import { TransferStateMark } from "../../panels/stock/warehouse-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** What goes from one warehouse to another, newest first. */
export function TransfersPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const mayDraft = useMay()("transfer:draft");
  const filter = useSearch({ from: paths.transfers });
  const query = useInfiniteQuery(transfersQuery(filter));
  const choices = useListChoices("transfers");
  const columns = useColumns();
  const [isDrafting, setDrafting] = useState(false);
  return (
    <>
      <PageHead title={t("page.transfers")}>
        <search className="filter">
          <select
            className="select"
            aria-label={t("column.state")}
            value={filter.state ?? ""}
            onChange={(event) => {
              const state = transferStates.find((one) => one === event.target.value);
              const search = state === undefined ? {} : { state };
              void navigate({ to: paths.transfers, search, replace: true });
            }}
          >
            <option value="">{t("workOrder.allStates")}</option>
            {transferStates.map((state) => (
              <option key={state} value={state}>
                {t(`transferState.${state}`)}
              </option>
            ))}
          </select>
          <ListTools
            choices={choices}
            columns={columns}
            filter={filter}
            to={paths.transfers}
            files={{
              title: t("page.transfers"),
              path: "/api/transfers",
              importKey: mayDraft ? stockKeys.transfers : null,
            }}
          />
        </search>
        {mayDraft && (
          <button type="button" className="button button-main" onClick={() => setDrafting(true)}>
            <Icon name="add" size={16} /> {t("transfer.new")}
          </button>
        )}
      </PageHead>
      <Paged query={query} empty={<p>{t("transfer.none")}</p>}>
        {(rows) => (
          <ListTable
            label={t("page.transfers")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ transferId }) => transferId}
          />
        )}
      </Paged>
      {isDrafting && <DraftTransfer onClose={() => setDrafting(false)} />}
    </>
  );
}

function useColumns(): Column<Transfer>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "number",
      title: t("transfer.number"),
      renderCell: ({ transferId, number }) => (
        <Link to={paths.transfer} params={{ transferId }} data-row>
          {number}
        </Link>
      ),
    },
    {
      name: "state",
      title: t("column.state"),
      renderCell: ({ state }) => <TransferStateMark state={state} />,
    },
    { name: "from", title: t("stock.from"), renderCell: ({ fromCode }) => fromCode },
    { name: "to", title: t("stock.to"), renderCell: ({ toCode }) => toCode },
    {
      name: "lines",
      title: t("bom.lines"),
      isNumber: true,
      renderCell: ({ lines }) => lines.length,
    },
    {
      name: "created",
      title: t("stock.when"),
      isWide: true,
      renderCell: ({ createdTime }) => format.siteTime(createdTime, "dayMinute"),
    },
    {
      name: "note",
      title: t("bom.line.note"),
      isWide: true,
      renderCell: ({ note }) => note || "–",
    },
  ];
}
