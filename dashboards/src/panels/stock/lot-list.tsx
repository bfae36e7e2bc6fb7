import type { Lot } from "@millwright/contracts/api";
import { lotSorts } from "@millwright/contracts/states/sorts";
import { type LotCommand, lotStatuses } from "@millwright/contracts/states/stock";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { type LotFilter, lotsQuery, stockKeys } from "../../api/stock-queries.ts";
import { PrintLabels } from "../../forms/warehouse/print-labels.tsx";
import { ReasonForm } from "../../forms/reason-form.tsx";
import { paths } from "../../paths.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { FilterSelect } from "../lists/filter-select.tsx";
import { useListChoices } from "../lists/list-choices.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { ListTools } from "../lists/list-tools.tsx";
import { readSort } from "../lists/read-filter.ts";
import { Paged } from "../lists/paged.tsx";
import { SearchBox } from "../lists/search-box.tsx";
import { LotStatusMark } from "./lot-status-mark.tsx";

/** Lots and serials with their quality, released or blocked for a reason. */
export function LotList({
  filter,
  onFilter,
}: {
  filter: LotFilter;
  onFilter: (filter: LotFilter) => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const query = useInfiniteQuery(lotsQuery(filter));
  const choices = useListChoices("lots");
  const [asked, setAsked] = useState<{ lot: Lot; command: LotCommand } | null>(null);
  const columns = useColumns((lot, command) => setAsked({ lot, command }));
  const command = useCommand<{ lot: Lot; command: LotCommand; reason: string }, Lot>(
    ({ lot, command }) => `/api/stock/lots/${encodeURIComponent(lot.lotId)}/${command}`,
    {
      body: ({ reason }) => ({ reason }),
      onSuccess: () => client.invalidateQueries({ queryKey: stockKeys.all }),
    },
  );
  const { search: _, ...withoutSearch } = filter;
  const { status: __, ...withoutStatus } = filter;
  const { sort: ___, ...withoutSort } = filter;
  return (
    <>
      <search className="filter">
        <SearchBox
          label={t("stock.lotSearch")}
          value={filter.search ?? ""}
          onSearch={(search) => onFilter({ ...withoutSearch, ...(search !== "" && { search }) })}
        />
        <FilterSelect
          label={t("column.state")}
          all={t("workOrder.allStates")}
          value={filter.status}
          options={lotStatuses.map((value) => ({ value, title: t(`lotStatus.${value}`) }))}
          onChoose={(status) =>
            onFilter({ ...withoutStatus, ...(status !== undefined && { status }) })
          }
        />
        <ListTools
          choices={choices}
          columns={columns}
          filter={filter}
          to={paths.stock}
          files={{ title: t("stock.view.lots"), path: "/api/stock/lots" }}
        />
      </search>
      {command.error !== null && <ProblemNote error={command.error} />}
      <Paged query={query} empty={<p>{t("stock.noLot")}</p>}>
        {(rows) => (
          <ListTable
            label={t("stock.view.lots")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ lotId }) => lotId}
            isLinked={false}
            sorting={{
              sort: filter.sort,
              onSort: (sort) => onFilter({ ...withoutSort, ...readSort(sort, lotSorts) }),
            }}
          />
        )}
      </Paged>
      {asked !== null && (
        <ReasonForm
          title={t(`lotCommand.${asked.command}Title`, { lot: asked.lot.number })}
          action={t(`lotCommand.${asked.command}`)}
          onSubmit={(reason) => {
            command.mutate({ ...asked, reason });
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function useColumns(onCommand: (lot: Lot, command: LotCommand) => void): Column<Lot>[] {
  const t = useTranslations();
  const format = useFormat();
  const may = useMay();
  return [
    {
      name: "lot",
      title: t("stock.lot"),
      sort: "number",
      renderCell: ({ lotId, number }) => (
        <Link to={paths.stock} search={{ lotId, view: "balances" }} data-row>
          {number}
        </Link>
      ),
    },
    {
      name: "item",
      title: t("column.item"),
      sort: "itemNumber",
      renderCell: ({ itemId, itemNumber }) => (
        <Link to={paths.item} params={{ itemId }}>
          {itemNumber}
        </Link>
      ),
    },
    {
      name: "status",
      title: t("column.state"),
      sort: "status",
      renderCell: ({ status }) => <LotStatusMark status={status} />,
    },
    {
      name: "expires",
      title: t("stock.expires"),
      sort: "expiresTime",
      renderCell: ({ expiresTime, isExpired }) =>
        expiresTime === null ? (
          "–"
        ) : (
          <span className={isExpired ? "unknown" : undefined}>
            {format.siteTime(expiresTime, "date")}
            {isExpired && ` · ${t("stock.expired")}`}
          </span>
        ),
    },
    {
      name: "commands",
      title: t("workOrder.commands"),
      renderCell: (lot) => (
        <span className="head-buttons">
          {(["release", "block"] as const).map((command) => {
            const permission = `lot:${command}` as const;
            const allowed = lot.commands[command];
            const why = may(permission)
              ? allowed?.isAllowed === true
                ? null
                : (allowed?.reason ?? t("command.notNow"))
              : t("permission.missing", { permission });
            return (
              <button
                key={command}
                type="button"
                className="button button-small"
                aria-disabled={why !== null}
                title={why ?? undefined}
                onClick={() => {
                  if (why === null) onCommand(lot, command);
                }}
              >
                {t(`lotCommand.${command}`)}
              </button>
            );
          })}
          <PrintLabels
            isSmall
            labels={[{ of: "item", itemId: lot.itemId, lotNumber: lot.number }]}
          />
        </span>
      ),
    },
  ];
}
