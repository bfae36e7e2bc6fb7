import type { Transfer } from "@millwright/contracts/api";
import { transferStates } from "@millwright/contracts/states/warehouse";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { stockKeys, transfersQuery } from "../../api/stock-queries.ts";
import { DraftTransfer } from "../../forms/warehouse/draft-transfer.tsx";
import { DocumentList } from "../../panels/lists/document-list.tsx";
import type { Column } from "../../panels/lists/list-table.tsx";
import { TransferStateMark } from "../../panels/stock/warehouse-state-mark.tsx";
import { paths } from "../../paths.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFormat } from "../../ui/use-format.ts";

/** What goes from one warehouse to another, newest first. */
export function TransfersPage() {
  const t = useTranslations();
  const mayDraft = useMay()("transfer:draft");
  const filter = useSearch({ from: paths.transfers });
  const query = useInfiniteQuery(transfersQuery(filter));
  const columns = useColumns();
  const [isDrafting, setDrafting] = useState(false);
  return (
    <>
      <DocumentList
        name="transfers"
        title={t("page.transfers")}
        to={paths.transfers}
        states={transferStates}
        state={filter.state}
        stateWord={(state) => t(`transferState.${state}`)}
        query={query}
        columns={columns}
        keyOf={({ transferId }) => transferId}
        files={{ path: "/api/transfers", importKey: mayDraft ? stockKeys.transfers : null }}
        empty={t("transfer.none")}
        action={
          mayDraft && (
            <button type="button" className="button button-main" onClick={() => setDrafting(true)}>
              <Icon name="add" size={16} /> {t("transfer.new")}
            </button>
          )
        }
      />
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
      name: "due",
      title: t("transfer.due"),
      renderCell: ({ dueDay }) => (dueDay === null ? "–" : format.day(dueDay)),
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
