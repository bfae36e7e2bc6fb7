import type { WorkOrder } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { workOrderEventsQuery, workOrderQuery } from "../api/queries.ts";
import { ReportProgress } from "../forms/report-progress.tsx";
import { DueDate } from "../panels/due-date.tsx";
import { EventList } from "../panels/events/event-list.tsx";
import { OperationTable } from "../panels/operation-table.tsx";
import { PageHead } from "../panels/page-head.tsx";
import { WorkOrderCommands } from "../panels/work-order-commands.tsx";
import { paths } from "../paths.ts";
import { Loaded, Skeleton } from "../ui/loaded.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { WorkOrderStateMark } from "../ui/state-mark.tsx";

/** One work order: what can be done with it, how far its operations are, what happened to it. */
export function WorkOrderPage() {
  const { workOrderId } = useParams({ from: paths.workOrder });
  const query = useQuery(workOrderQuery(workOrderId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={4} height={132} />}>
      {(order) => <OrderView key={order.workOrderId} order={order} />}
    </Loaded>
  );
}

function OrderView({ order }: { order: WorkOrder }) {
  const t = useTranslations();
  return (
    <>
      <Link to={paths.workOrders} className="back">
        ← {t("page.workOrders")}
      </Link>
      <PageHead title={order.number} beside={<WorkOrderStateMark state={order.state} />} />
      <Facts order={order} />
      <WorkOrderCommands order={order} />
      <Panel title={t("workOrder.operations")}>
        <OperationTable order={order} />
        <ReportProgress order={order} />
      </Panel>
      <Panel title={t("workOrder.history")}>
        <EventList query={workOrderEventsQuery(order.workOrderId)} label={t("workOrder.history")} />
      </Panel>
    </>
  );
}

function Facts({ order }: { order: WorkOrder }) {
  const t = useTranslations();
  return (
    <dl className="facts">
      <div>
        <dt>{t("column.item")}</dt>
        <dd>
          {order.itemNumber}
          <span className="address">{order.itemName}</span>
        </dd>
      </div>
      <div>
        <dt>{t("column.due")}</dt>
        <dd>
          <DueDate order={order} />
        </dd>
      </div>
      <div>
        <dt>{t("column.scrap")}</dt>
        <dd>
          <Quantity value={order.scrap} uom={order.uom} />
        </dd>
      </div>
      <div className="facts-progress">
        <dt>{t("column.progress")}</dt>
        <dd>
          <ProgressBar {...order} />
        </dd>
      </div>
    </dl>
  );
}
