import { sql } from "kysely";

import { readNumber, type TenantFigure } from "../../platform/observe/figures.ts";
import { currentPlanId } from "./store/plans.ts";

/** Open operations that should have ended by now, as the current schedule has them. */
function overdue(now: Date) {
  return sql`
          from planning.scheduled_operation s
          join production.v_open_operation o using (work_order_id, step)
         where s.plan_id = ${currentPlanId(sql`'schedule'`)}
           and s.ends < ${now}`;
}

/** What planning tells Prometheus of a company. */
export const planningFigures: readonly TenantFigure[] = [
  {
    name: "millwright_schedule_lag_seconds",
    help: "How long ago the open operation that is furthest behind should have ended, by the current schedule; 0 without one",
    read: (tx, { now }) =>
      readNumber(
        tx,
        sql`select extract(epoch from ${now}::timestamptz - min(s.ends)) as n ${overdue(now)}`,
      ),
  },
  {
    name: "millwright_operations_behind_schedule",
    help: "Operations that should have ended by the current schedule and are still open",
    read: (tx, { now }) => readNumber(tx, sql`select count(*) as n ${overdue(now)}`),
  },
  {
    name: "millwright_items_below_safety_stock",
    help: "Items with a safety stock of which less than that can be taken now",
    read: (tx) =>
      readNumber(
        tx,
        sql`
        select count(*) as n
          from planning.item_policy p
         where p.safety_stock > coalesce((select sum(a.available)
                                            from inventory.v_available a
                                           where a.item_id = p.item_id), 0)`,
      ),
  },
];
