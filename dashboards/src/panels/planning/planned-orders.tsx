import type { Plan, PlannedOrder } from "@millwright/contracts/api";
import { plannedOrderKinds, plannedOrderStates } from "@millwright/contracts/states/planning";
import { type PlannedOrderSort, plannedOrderSorts } from "@millwright/contracts/states/sorts";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { plannedOrdersQuery, planningKeys } from "../../api/planning-queries.ts";
import { paths } from "../../paths.ts";
import { ProblemNote } from "../../ui/problem.tsx";
import { Quantity } from "../../ui/quantity.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useFormat } from "../../ui/use-format.ts";
import { FilterSelect } from "../lists/filter-select.tsx";
import { useListChoices } from "../lists/list-choices.ts";
import { type Column, ListTable } from "../lists/list-table.tsx";
import { ListTools } from "../lists/list-tools.tsx";
import { Paged } from "../lists/paged.tsx";
import { readSort } from "../lists/read-filter.ts";
import { SearchBox } from "../lists/search-box.tsx";
import { Pegging } from "./pegging.tsx";

/** Orders of an MRP plan; one that is chosen shows its pegging, both ways. */
export function PlannedOrders({ plan }: { plan: Plan }) {
  const t = useTranslations();
  const [search, setSearch] = useState("");
  const [isLate, setLate] = useState(false);
  const [kind, setKind] = useState<PlannedOrder["kind"]>();
  const [state, setState] = useState<PlannedOrder["state"]>();
  const [sort, setSort] = useState<PlannedOrderSort>();
  const [chosen, setChosen] = useState<number | null>(null);
  const filter = {
    ...(search !== "" && { search }),
    ...(isLate && { isLate: "true" as const }),
    ...(kind !== undefined && { kind }),
    ...(state !== undefined && { state }),
    ...(sort !== undefined && { sort }),
  };
  const query = useInfiniteQuery(plannedOrdersQuery(plan.planId, filter));
  const columns = useColumns(plan, setChosen);
  const choices = useListChoices("planned-orders");
  return (
    <section aria-label={t("planning.orders")}>
      <h2>{t("planning.orders")}</h2>
      <search className="filter">
        <SearchBox label={t("planning.searchItem")} value={search} onSearch={setSearch} />
        <FilterSelect
          label={t("planning.kind")}
          all={t("items.allKinds")}
          value={kind}
          options={plannedOrderKinds.map((value) => ({
            value,
            title: t(`planning.orderKind.${value}`),
          }))}
          onChoose={setKind}
        />
        <FilterSelect
          label={t("column.state")}
          all={t("workOrder.allStates")}
          value={state}
          options={plannedOrderStates.map((value) => ({
            value,
            title: t(`planning.orderState.${value}`),
          }))}
          onChoose={setState}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={isLate}
            onChange={(event) => setLate(event.target.checked)}
          />{" "}
          {t("planning.lateOnly")}
        </label>
        <ListTools
          choices={choices}
          columns={columns}
          filter={filter}
          files={{
            title: t("planning.orders"),
            path: `/api/planning/plans/${plan.planId}/orders`,
            importKey: null,
          }}
        />
      </search>
      <Paged query={query} empty={<p>{t("planning.noneOrders")}</p>}>
        {(rows) => (
          <ListTable
            label={t("planning.orders")}
            rows={rows}
            columns={columns}
            hidden={choices.choices.hidden}
            isLinked={false}
            keyOf={({ orderNumber }) => String(orderNumber)}
            sorting={{ sort, onSort: (next) => setSort(readSort(next, plannedOrderSorts).sort) }}
          />
        )}
      </Paged>
      {chosen !== null && (
        <Pegging planId={plan.planId} orderNumber={chosen} onClose={() => setChosen(null)} />
      )}
    </section>
  );
}

function useColumns(plan: Plan, onChoose: (orderNumber: number) => void): Column<PlannedOrder>[] {
  const t = useTranslations();
  const format = useFormat();
  return [
    {
      name: "number",
      title: t("planning.number"),
      sort: "orderNumber",
      renderCell: ({ orderNumber }) => (
        <button type="button" className="button button-small" onClick={() => onChoose(orderNumber)}>
          {orderNumber}
        </button>
      ),
    },
    {
      name: "item",
      title: t("column.item"),
      sort: "itemNumber",
      renderCell: ({ itemNumber, itemName }) => (
        <>
          {itemNumber} <span className="address">{itemName}</span>
        </>
      ),
    },
    {
      name: "kind",
      title: t("planning.kind"),
      sort: "kind",
      isWide: true,
      renderCell: ({ kind }) => t(`planning.orderKind.${kind}`),
    },
    {
      name: "site",
      title: t("planning.site"),
      renderCell: ({ siteCode, fromSiteCode }) =>
        fromSiteCode === null
          ? (siteCode ?? "–")
          : t("planning.route", { from: fromSiteCode, to: siteCode ?? "–" }),
    },
    {
      name: "quantity",
      title: t("planning.quantity"),
      sort: "quantity",
      isNumber: true,
      renderCell: ({ quantity, uom }) => <Quantity value={quantity} uom={uom} />,
    },
    {
      name: "start",
      title: t("planning.start"),
      sort: "startDay",
      className: "moment",
      isWide: true,
      renderCell: ({ startDay }) => format.day(startDay),
    },
    {
      name: "due",
      title: t("column.due"),
      sort: "dueDay",
      className: "moment",
      renderCell: ({ dueDay }) => format.day(dueDay),
    },
    {
      name: "late",
      title: t("planning.late"),
      sort: "lateDays",
      className: "moment",
      renderCell: ({ lateDays }) =>
        lateDays > 0 ? (
          <b className="plan-late">{t("planning.lateDays", { days: lateDays })}</b>
        ) : (
          t("planning.inTime")
        ),
    },
    {
      name: "state",
      title: t("column.state"),
      sort: "state",
      renderCell: (order) => <OrderState plan={plan} order={order} />,
    },
  ];
}

function OrderState({ plan, order }: { plan: Plan; order: PlannedOrder }) {
  const t = useTranslations();
  const may = useMay();
  const client = useQueryClient();
  const act = useCommand<"firm" | "release", PlannedOrder>(
    (command) => `/api/planning/plans/${order.planId}/orders/${order.orderNumber}/${command}`,
    {
      body: () => ({}),
      onSuccess: () => client.invalidateQueries({ queryKey: planningKeys.all }),
    },
  );
  const isOpen = plan.isCurrent && order.kind !== "phantom";
  return (
    <span className="plan-state">
      {t(`planning.orderState.${order.state}`)}
      {order.workOrderId !== null && (
        <Link to={paths.workOrder} params={{ workOrderId: order.workOrderId }}>
          {order.workOrderNumber ?? t("planning.pegKind.work_order")}
        </Link>
      )}
      {order.transferId !== null && (
        <Link to={paths.transfer} params={{ transferId: order.transferId }}>
          {order.transferNumber ?? t("planning.pegKind.transfer")}
        </Link>
      )}
      {order.purchaseProposalId !== null && (
        <Link to={paths.purchaseProposals}>{t("planning.pegKind.purchase_proposal")}</Link>
      )}
      {isOpen && order.state === "proposed" && may("planned_order:firm") && (
        <button
          type="button"
          className="button button-small"
          disabled={act.isPending}
          onClick={() => act.mutate("firm")}
        >
          {t("planning.firm")}
        </button>
      )}
      {isOpen && order.state !== "released" && may("planned_order:release") && (
        <button
          type="button"
          className="button button-small"
          disabled={act.isPending}
          onClick={() => act.mutate("release")}
        >
          {t("planning.release")}
        </button>
      )}
      {act.error !== null && <ProblemNote error={act.error} />}
    </span>
  );
}
