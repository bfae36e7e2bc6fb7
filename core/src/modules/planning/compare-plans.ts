import type { PlanComparison } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { unknownPlan } from "./unknown-plan.ts";
import { readPlan } from "./store/plans.ts";

type Row = PlanComparison["rows"][number];

/**
 * Two MRP plans side by side: items whose orders differ in number, quantity, first day or lateness.
 * @throws Refusal plan.unknown · plan.not_comparable
 */
export async function comparePlans(
  tx: Transaction,
  leftId: string,
  rightId: string,
): Promise<PlanComparison> {
  const plans = [await readPlan(tx, leftId), await readPlan(tx, rightId)].map((plan, index) => {
    if (plan === null) throw unknownPlan(index === 0 ? leftId : rightId);
    if (plan.kind !== "mrp" || plan.state !== "done" || plan.basePlanId !== null) {
      const what =
        plan.basePlanId === null
          ? `Plan ${plan.name} is a ${plan.kind} plan and ${plan.state}.`
          : `${plan.name} is a net change of plan ${plan.basePlanId}, which has its orders.`;
      throw new Refusal("plan.not_comparable", `${what} Compare MRP plans that are done.`);
    }
    return plan;
  });
  const { rows } = await sql<Row>`
    with l as (${side(leftId)}),
         r as (${side(rightId)})
    select i.item_id as "itemId", i.number as "itemNumber", i.name as "itemName", i.uom,
           ${shown("l")} as left, ${shown("r")} as right
      from l
      full join r using (item_id)
      join engineering.v_item i using (item_id)
     where (l.orders, l.quantity, l.first_due_day, l.late_days)
           is distinct from (r.orders, r.quantity, r.first_due_day, r.late_days)
     order by i.number
     limit ${rowsMax + 1}`.execute(tx.over());
  return { plans, rows: rows.slice(0, rowsMax), isComplete: rows.length <= rowsMax };
}

const rowsMax = 500;

/** Figures of a plan per item. */
const side = (planId: string) => sql`
  select item_id, count(*)::integer as orders, sum(quantity) as quantity,
         min(due_day) as first_due_day, max(late_days) as late_days
    from planning.planned_order
   where plan_id = ${planId}
   group by item_id`;

const shown = (table: string) => sql`
  jsonb_build_object('orders', coalesce(${sql.ref(table)}.orders, 0),
                     'quantity', coalesce(${sql.ref(table)}.quantity, 0)::text,
                     'firstDueDay', ${sql.ref(table)}.first_due_day,
                     'lateDays', coalesce(${sql.ref(table)}.late_days, 0))`;
