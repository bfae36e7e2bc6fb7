import { daysBefore } from "./lead-time.ts";
import { quantityIn, rowsOfRank } from "./orders.ts";
import type { OrderRef } from "./need.ts";
import type { MrpPlan } from "./plan.ts";
import { leadTermsOf } from "./point-terms.ts";

/** A planned order as it is read: components are needed on `start`, the supply is received on `due`. */
export type PlannedOrder = {
  readonly start: number;
  readonly due: number;
  readonly quantity: number;
};

/** How many orders a point has. */
export function orderCountOf({ orders, structure }: MrpPlan, point: number): number {
  return rowsOfRank(orders, structure.rank[point] ?? 0).count;
}

/** All orders of a plan. */
export function orderCount({ orders, input }: MrpPlan): number {
  let sum = 0;
  for (let rank = 0; rank < input.points.count; rank += 1) sum += rowsOfRank(orders, rank).count;
  return sum;
}

/** The orders of a point, due days ascending: the place in the list is the ordinal. */
export function ordersOf(plan: MrpPlan, point: number): PlannedOrder[] {
  return rowsOf(plan, point, { from: 0, to: orderCountOf(plan, point) });
}

/** An order that is there. */
export function orderAt(plan: MrpPlan, { point, ordinal }: OrderRef): PlannedOrder {
  const [order] = rowsOf(plan, point, { from: ordinal, to: ordinal + 1 });
  return order ?? noOrder;
}

const noOrder: PlannedOrder = { start: 0, due: 0, quantity: 0 };

function rowsOf(
  plan: MrpPlan,
  point: number,
  { from, to }: { from: number; to: number },
): PlannedOrder[] {
  const { orders, structure, terms } = plan;
  const rank = structure.rank[point] ?? 0;
  const rows = rowsOfRank(orders, rank);
  const { calendar, leadDays } = leadTermsOf(terms, rank);
  const made: PlannedOrder[] = [];
  for (let row = rows.first + from; row < rows.first + to; row += 1) {
    const due = orders.due[row] ?? 0;
    const start = daysBefore(plan, calendar, { day: due, days: leadDays });
    made.push({ start, due, quantity: quantityIn(orders, rows, row) });
  }
  return made;
}
