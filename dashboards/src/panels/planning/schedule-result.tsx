import type { Gantt } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { ganttQuery } from "../../api/planning-queries.ts";
import { paths } from "../../paths.ts";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { useFormat } from "../../ui/use-format.ts";
import { GanttChart } from "./gantt-chart.tsx";

/** A schedule: its Gantt, and who is late and why. */
export function ScheduleResult({ planId }: { planId: string }) {
  const t = useTranslations();
  const query = useQuery(ganttQuery(planId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={4} height={60} />}>
      {(gantt) =>
        gantt.operations.length === 0 ? (
          <div className="empty">
            <p>{t("planning.noneOperations")}</p>
          </div>
        ) : (
          <>
            {gantt.isCut && (
              <p className="notice">
                {t("planning.operationsCut", { count: gantt.operations.length })}
              </p>
            )}
            <GanttChart gantt={gantt} />
            {gantt.late.length > 0 && <LateOrders late={gantt.late} isCut={gantt.isLateCut} />}
          </>
        )
      }
    </Loaded>
  );
}

/** `isCut`: more orders are late than these. */
function LateOrders({ late, isCut }: { late: Gantt["late"]; isCut: boolean }) {
  const t = useTranslations();
  const format = useFormat();
  return (
    <section aria-label={t("planning.lateOrders")}>
      <h2>{t("planning.lateOrders")}</h2>
      <div className="table-frame">
        <table className="table">
          <thead>
            <tr>
              <th>{t("column.order")}</th>
              <th>{t("column.item")}</th>
              <th>{t("planning.lateBy")}</th>
              <th>{t("planning.reasons")}</th>
            </tr>
          </thead>
          <tbody>
            {late.map((order) => (
              <tr key={order.workOrderId}>
                <th scope="row">
                  <Link to={paths.workOrder} params={{ workOrderId: order.workOrderId }}>
                    {order.number}
                  </Link>
                </th>
                <td>{order.itemNumber}</td>
                <td className="plan-late">{format.duration(order.lateMinutes * minuteMs)}</td>
                <td>
                  <ul className="plan-reasons">
                    {order.reasons.map((reason) => (
                      <li
                        key={`${reason.kind} ${reason.workCenter} ${reason.operation} ${reason.capability}`}
                      >
                        <Reason reason={reason} />
                      </li>
                    ))}
                  </ul>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isCut && <p className="notice">{t("planning.lateCut", { count: late.length })}</p>}
    </section>
  );
}

const minuteMs = 60_000;

function Reason({ reason }: { reason: Gantt["late"][number]["reasons"][number] }) {
  const t = useTranslations();
  const format = useFormat();
  const { kind, minutes, workCenter, operation, item } = reason;
  const what = t(`planning.lateness.${kind}`, {
    place: workCenter ?? "–",
    item: item ?? "–",
    capability: reason.capability ?? t("planning.skillOrTool"),
  });
  const by = operation === null || kind === "work" ? "" : ` (${operation})`;
  return t("planning.reason", { minutes: format.duration(minutes * minuteMs), what: what + by });
}
