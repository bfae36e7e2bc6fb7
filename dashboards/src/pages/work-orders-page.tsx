import type { WorkOrderSummary } from "@millwright/contracts/api";
import { type WorkOrderState, workOrderStates } from "@millwright/contracts/states/tables";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../api/identity-queries.ts";
import { keys, workOrdersQuery } from "../api/queries.ts";
import { AddItem } from "../forms/add-item.tsx";
import { DraftWorkOrder } from "../forms/draft-work-order.tsx";
import { DueDate } from "../panels/due-date.tsx";
import { FileMenu } from "../panels/lists/list-files.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { paths } from "../paths.ts";
import { Icon } from "../ui/icon.tsx";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { WorkOrderStateMark } from "../ui/state-mark.tsx";
import { useFormat } from "../ui/use-format.ts";
import { useRowKeys } from "../ui/use-row-keys.ts";
import type { WorkOrderFilter } from "./work-order-filter.ts";

/** All work orders, newest first; the filter is in the URL. */
export function WorkOrdersPage() {
  const t = useTranslations();
  const filter: WorkOrderFilter = useSearch({ from: paths.workOrders });
  const query = useInfiniteQuery(workOrdersQuery(filter));
  const may = useMay();
  const [open, setOpen] = useState<"order" | "item" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <PageHead title={t("page.workOrders")}>
        <Filter filter={filter} />
        <FileMenu
          title={t("page.workOrders")}
          path="/api/work-orders"
          filter={filter}
          importKey={may("work_order:draft") ? keys.workOrders : null}
        />
        {may("item:create") && (
          <button type="button" className="button" onClick={() => setOpen("item")}>
            <Icon name="add" size={16} /> {t("item.new")}
          </button>
        )}
        {may("work_order:draft") && (
          <button type="button" className="button button-main" onClick={() => setOpen("order")}>
            <Icon name="add" size={16} /> {t("workOrder.new")}
          </button>
        )}
      </PageHead>
      <Loaded query={query} skeleton={<Skeleton count={10} height={52} />}>
        {({ pages }) => (
          <>
            <OrderTable orders={pages.flatMap((page) => page.rows)} filter={filter} />
            {query.hasNextPage && (
              <button
                type="button"
                className="button"
                disabled={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("action.older")}
              </button>
            )}
          </>
        )}
      </Loaded>
      {open === "order" && <DraftWorkOrder onClose={close} />}
      {open === "item" && <AddItem onClose={close} />}
    </>
  );
}

function Filter({ filter }: { filter: WorkOrderFilter }) {
  const t = useTranslations();
  const navigate = useNavigate();
  const [text, setText] = useState(filter.search ?? "");
  const show = (next: WorkOrderFilter) =>
    void navigate({ to: paths.workOrders, search: next, replace: true });
  useEffect(() => {
    if (text === (filter.search ?? "")) return undefined;
    const { search: _, ...rest } = filter;
    const timer = setTimeout(
      () => show({ ...rest, ...(text !== "" && { search: text }) }),
      typingPauseMs,
    );
    return () => clearTimeout(timer);
  });
  const chooseState = (value: string) => {
    const state = workOrderStates.find((one) => one === value);
    const { state: _, ...rest } = filter;
    show({ ...rest, ...(state !== undefined && { state }) });
  };
  return (
    <search className="filter">
      <span className="search">
        <Icon name="search" size={16} />
        <input
          type="search"
          aria-label={t("workOrder.search")}
          placeholder={t("workOrder.search")}
          maxLength={100}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <kbd aria-hidden="true">/</kbd>
      </span>
      <select
        className="select"
        aria-label={t("workOrder.stateFilter")}
        value={filter.state ?? ""}
        onChange={(event) => chooseState(event.target.value)}
      >
        <option value="">{t("workOrder.allStates")}</option>
        {workOrderStates.map((state: WorkOrderState) => (
          <option key={state} value={state}>
            {t(`workOrderState.${state}`)}
          </option>
        ))}
      </select>
    </search>
  );
}

/** A search per pause in typing, not per letter. */
const typingPauseMs = 250;

function OrderTable({
  orders,
  filter,
}: {
  orders: readonly WorkOrderSummary[];
  filter: WorkOrderFilter;
}) {
  const t = useTranslations();
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  if (orders.length === 0) {
    const isFiltered = filter.state !== undefined || filter.search !== undefined;
    return (
      <div className="empty">
        <p>{t(isFiltered ? "workOrder.noneFound" : "workOrder.none")}</p>
      </div>
    );
  }
  return (
    <div className="table-frame">
      <table className="table table-orders" aria-label={t("page.workOrders")}>
        <thead>
          <tr>
            <th>{t("column.order")}</th>
            <th>{t("column.item")}</th>
            <th>{t("column.state")}</th>
            <th>{t("column.operation")}</th>
            <th>{t("column.progress")}</th>
            <th className="number column-wide">{t("column.scrap")}</th>
            <th>{t("column.due")}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {orders.map((order) => (
            <OrderRow key={order.workOrderId} order={order} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OrderRow({ order }: { order: WorkOrderSummary }) {
  const format = useFormat();
  return (
    <tr className="row-link">
      <th scope="row">
        <Link to={paths.workOrder} params={{ workOrderId: order.workOrderId }} data-row>
          {order.number}
        </Link>
      </th>
      <td className="cell-item">
        {order.itemNumber}
        <span className="address">{order.itemName}</span>
      </td>
      <td>
        <WorkOrderStateMark state={order.state} />
      </td>
      <td>
        {order.currentStep === null
          ? "–"
          : `${order.currentStep} ${order.currentOperationName ?? ""}`}
      </td>
      <td className="cell-progress">
        <ProgressBar {...order} />
      </td>
      <td className="number column-wide">
        {format.quantity(order.scrap)} <span className="unit">{order.uom}</span>
      </td>
      <td>
        <DueDate order={order} />
      </td>
    </tr>
  );
}
