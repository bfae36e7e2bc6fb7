import type { WorkOrderSummary } from "@millwright/contracts/api";
import { workOrderStates } from "@millwright/contracts/states/tables";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../api/identity-queries.ts";
import { keys, workOrdersQuery } from "../api/queries.ts";
import { DraftWorkOrder } from "../forms/draft-work-order.tsx";
import { DueDate } from "../panels/due-date.tsx";
import { useListChoices } from "../panels/lists/list-choices.ts";
import { type Column, ListTable } from "../panels/lists/list-table.tsx";
import { ListTools } from "../panels/lists/list-tools.tsx";
import { Paged } from "../panels/lists/paged.tsx";
import { SearchBox } from "../panels/lists/search-box.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { paths } from "../paths.ts";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { WorkOrderStateMark } from "../ui/state-mark.tsx";
import { useFormat } from "../ui/use-format.ts";
import { readWorkOrderFilter, type WorkOrderFilter } from "./work-order-filter.ts";

/** All work orders, newest first; the filter is in the URL. */
export function WorkOrdersPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const filter: WorkOrderFilter = useSearch({ from: paths.workOrders });
  const query = useInfiniteQuery(workOrdersQuery(filter));
  const columns = useColumns();
  const choices = useListChoices("work-orders");
  const may = useMay();
  const [isDrafting, setDrafting] = useState(false);
  const show = (asked: Record<string, unknown>) =>
    void navigate({ to: paths.workOrders, search: readWorkOrderFilter(asked), replace: true });
  const isFiltered = filter.state !== undefined || filter.search !== undefined;
  return (
    <>
      <PageHead title={t("page.workOrders")}>
        <search className="filter">
          <SearchBox
            label={t("workOrder.search")}
            value={filter.search ?? ""}
            onSearch={(search) => show({ ...filter, search })}
          />
          <select
            className="select"
            aria-label={t("workOrder.stateFilter")}
            value={filter.state ?? ""}
            onChange={(event) => show({ ...filter, state: event.target.value })}
          >
            <option value="">{t("workOrder.allStates")}</option>
            {workOrderStates.map((state) => (
              <option key={state} value={state}>
                {t(`workOrderState.${state}`)}
              </option>
            ))}
          </select>
          <ListTools
            choices={choices}
            columns={columns}
            filter={filter}
            to={paths.workOrders}
            files={{
              title: t("page.workOrders"),
              path: "/api/work-orders",
              importKey: may("work_order:draft") ? keys.workOrders : null,
            }}
          />
        </search>
        {may("work_order:draft") && (
          <button type="button" className="button button-main" onClick={() => setDrafting(true)}>
            <Icon name="add" size={16} /> {t("workOrder.new")}
          </button>
        )}
      </PageHead>
      <Paged
        query={query}
        empty={<p>{t(isFiltered ? "workOrder.noneFound" : "workOrder.none")}</p>}
      >
        {(orders) => (
          <ListTable
            label={t("page.workOrders")}
            rows={orders}
            columns={columns}
            hidden={choices.choices.hidden}
            keyOf={({ workOrderId }) => workOrderId}
            sorting={{ sort: filter.sort, onSort: (sort) => show({ ...filter, sort }) }}
          />
        )}
      </Paged>
      {isDrafting && <DraftWorkOrder onClose={() => setDrafting(false)} />}
    </>
  );
}

function useColumns(): Column<WorkOrderSummary>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "order",
      title: t("column.order"),
      sort: "number",
      renderCell: ({ workOrderId, number }) => (
        <Link to={paths.workOrder} params={{ workOrderId }} data-row>
          {number}
        </Link>
      ),
    },
    {
      name: "item",
      title: t("column.item"),
      sort: "itemNumber",
      renderCell: ({ itemNumber, itemName }) => (
        <>
          {itemNumber}
          <span className="address">{itemName}</span>
        </>
      ),
    },
    {
      name: "state",
      title: t("column.state"),
      sort: "state",
      renderCell: ({ state }) => <WorkOrderStateMark state={state} />,
    },
    {
      name: "operation",
      title: t("column.operation"),
      renderCell: ({ currentStep, currentOperationName }) =>
        currentStep === null ? "–" : `${currentStep} ${currentOperationName ?? ""}`,
    },
    {
      name: "progress",
      title: t("column.progress"),
      className: "cell-progress",
      renderCell: (order) => <ProgressBar {...order} />,
    },
    {
      name: "scrap",
      title: t("column.scrap"),
      isNumber: true,
      isWide: true,
      renderCell: ({ scrap, uom }) => (
        <>
          {format.quantity(scrap)} <span className="unit">{uom}</span>
        </>
      ),
    },
    {
      name: "due",
      title: t("column.due"),
      sort: "dueDate",
      renderCell: (order) => <DueDate order={order} />,
    },
  ];
}
