import type { WorkOrderSummary } from "@millwright/contracts/api";
import { useTranslations } from "use-intl";

import { Icon } from "../ui/icon.tsx";
import { useFormat } from "../ui/use-format.ts";
import { useNow } from "../ui/use-now.ts";
import { isLate } from "./late.ts";

/** When an order is wanted, and that it is late if it is. */
export function DueDate({ order }: { order: Pick<WorkOrderSummary, "dueDate" | "state"> }) {
  const t = useTranslations();
  const format = useFormat();
  const now = useNow();
  if (order.dueDate === null) return "–";
  return (
    <span className="due">
      {format.siteTime(order.dueDate, "date")}
      {isLate(order, now) && (
        <span className="due-late">
          <Icon name="late" size={16} /> {t("workOrder.late")}
        </span>
      )}
    </span>
  );
}
