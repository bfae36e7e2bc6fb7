import { sql } from "kysely";

import { readNumber, type TenantFigure } from "../../platform/observe/figures.ts";

/** What production tells Prometheus of a company. */
export const productionFigures: readonly TenantFigure[] = [
  {
    name: "millwright_work_orders_late",
    help: "Work orders past their due date (and the company's grace) that are not made yet",
    read: (tx, { now, settings }) => {
      const graceMinutes = settings["work_order.late_grace_minutes"];
      return readNumber(
        tx,
        sql`
        select count(*) as n
          from production.work_order
         where state not in ('completed', 'closed', 'cancelled')
           and due_date < ${now}::timestamptz - ${graceMinutes} * interval '1 minute'`,
      );
    },
  },
  {
    name: "millwright_work_orders_open",
    help: "Work orders that are released or in progress, on hold or not",
    read: (tx) =>
      readNumber(
        tx,
        sql`
        select count(*) as n
          from production.work_order
         where state in ('released', 'in_progress', 'on_hold')`,
      ),
  },
];
