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
import { FilterSelect } from "../panels/lists/filter-select.tsx";
import { ListPage } from "../panels/lists/list-page.tsx";
import type { Column } from "../panels/lists/list-table.tsx";
import { paths } from "../paths.ts";
import { Icon } from "../ui/icon.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { WorkOrderStateMark } from "../ui/state-mark.tsx";
import { readWorkOrderFilter, type WorkOrderFilter } from "./work-order-filter.ts";

/** All work orders, newest first; the filter is in the URL. */
export function WorkOrdersPage() {
  const t = useTranslations();
  const navigate = useNavigate();
  const filter: WorkOrderFilter = useSearch({ from: paths.workOrders });
  const query = useInfiniteQuery(workOrdersQuery(filter));
  const columns = useColumns();
  const mayDraft = useMay()("work_order:draft");
  const [isDrafting, setDrafting] = useState(false);
  const show = (asked: Record<string, unknown>) =>
    void navigate({ to: paths.workOrders, search: readWorkOrderFilter(asked), replace: true });
  const isFiltered = filter.state !== undefined || filter.search !== undefined;
  return (
    <>
      <ListPage
        name="work-orders"
        title={t("page.workOrders")}
        to={paths.workOrders}
        filter={filter}
        onFilter={show}
        searchLabel={t("workOrder.search")}
        filters={
          <FilterSelect
            label={t("workOrder.stateFilter")}
            all={t("workOrder.allStates")}
            value={filter.state}
            options={workOrderStates.map((value) => ({
              value,
              title: t(`workOrderState.${value}`),
            }))}
            onChoose={(state) => show({ ...filter, state })}
          />
        }
        query={query}
        columns={columns}
        keyOf={({ workOrderId }) => workOrderId}
        files={{ path: "/api/work-orders", importKey: mayDraft ? keys.workOrders : null }}
        empty={t(isFiltered ? "workOrder.noneFound" : "workOrder.none")}
        action={
          mayDraft && (
            <button type="button" className="button button-main" onClick={() => setDrafting(true)}>
              <Icon name="add" size={16} /> {t("workOrder.new")}
            </button>
          )
        }
      />
      {isDrafting && <DraftWorkOrder onClose={() => setDrafting(false)} />}
    </>
  );
}

function useColumns(): Column<WorkOrderSummary>[] {
  const t = useTranslations();
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
      renderCell: ({ scrap, uom }) => <Quantity value={scrap} uom={uom} />,
    },
    {
      name: "due",
      title: t("column.due"),
      sort: "dueDate",
      renderCell: (order) => <DueDate order={order} />,
    },
  ];
}
