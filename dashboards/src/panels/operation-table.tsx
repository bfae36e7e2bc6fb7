import type { Operation, WorkOrder } from "@millwright/contracts/api";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { paths } from "../paths.ts";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { Quantity } from "../ui/quantity.tsx";
import { OperationStateMark } from "../ui/state-mark.tsx";
import { useFormat } from "../ui/use-format.ts";

/** The routing steps of an order, in order, with what each has made. */
export function OperationTable({ order }: { order: WorkOrder }) {
  const t = useTranslations();
  return (
    <div className="table-frame">
      <table className="table table-orders" aria-label={t("workOrder.operations")}>
        <thead>
          <tr>
            <th>{t("column.operation")}</th>
            <th>{t("column.workCenter")}</th>
            <th>{t("column.state")}</th>
            <th>{t("column.progress")}</th>
            <th className="number">{t("column.scrap")}</th>
            <th className="number column-wide">{t("column.planned")}</th>
            <th>{t("column.started")}</th>
            <th className="column-wide">{t("column.done")}</th>
          </tr>
        </thead>
        <tbody>
          {order.operations.map((operation) => (
            <OperationRow key={operation.step} operation={operation} order={order} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OperationRow({ operation, order }: { operation: Operation; order: WorkOrder }) {
  const t = useTranslations();
  const format = useFormat();
  const { workUnitId } = operation;
  const when = (time: string | null) => (time === null ? "–" : format.siteTime(time, "dayMinute"));
  return (
    <tr>
      <th scope="row">
        {operation.step} {operation.name}
      </th>
      <td>
        {workUnitId === null ? (
          operation.workCenterName
        ) : (
          <Link to={paths.machine} params={{ workUnitId }}>
            {operation.workCenterName}
          </Link>
        )}
      </td>
      <td>
        <OperationStateMark state={operation.state} />
      </td>
      <td className="cell-progress">
        <ProgressBar
          good={operation.good}
          scrap={operation.scrap}
          quantity={order.quantity}
          uom={order.uom}
        />
      </td>
      <td className="number">
        <Quantity value={operation.scrap} uom={order.uom} />
      </td>
      <td className="number column-wide">
        {t("operation.runTime", {
          seconds: format.quantity(String(operation.runMsPerUnit / 1_000)),
          uom: order.uom,
        })}
      </td>
      <td className="moment">{when(operation.startedTime)}</td>
      <td className="moment column-wide">{when(operation.doneTime)}</td>
    </tr>
  );
}
