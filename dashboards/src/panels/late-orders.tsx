import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslations } from "use-intl";

import { openOrdersQuery } from "../api/queries.ts";
import { paths } from "../paths.ts";
import { useNow } from "../ui/use-now.ts";
import { Panel } from "../ui/panel.tsx";
import { DueDate } from "./due-date.tsx";
import { isLate } from "./late.ts";

/** The work orders that are late by name, most urgent first; nothing when none is. */
export function LateOrders() {
  const t = useTranslations();
  const now = useNow();
  const reads = useQueries({
    queries: [
      openOrdersQuery("firmed"),
      openOrdersQuery("released"),
      openOrdersQuery("in_progress"),
      openOrdersQuery("on_hold"),
    ],
  });
  const late = reads
    .flatMap((read) => read.data?.rows ?? [])
    .filter((order) => isLate(order, now))
    .sort((a, b) => ((a.dueDate ?? "") < (b.dueDate ?? "") ? -1 : 1))
    .slice(0, shownMax);
  if (late.length === 0) return null;
  return (
    <Panel title={t("plant.lateOrders")}>
      <ul className="late-orders">
        {late.map((order) => (
          <li key={order.workOrderId}>
            <Link to={paths.workOrder} params={{ workOrderId: order.workOrderId }}>
              {order.number}
            </Link>{" "}
            {order.itemName} <DueDate order={order} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

// More than a person acts on at a glance; the list of orders has them all.
const shownMax = 10;
