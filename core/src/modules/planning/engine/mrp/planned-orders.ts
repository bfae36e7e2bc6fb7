import { startBefore } from "./lead-time.ts";
import { quantityIn } from "./orders.ts";
import type { MrpPlan, OrderRef } from "./plan.ts";

/** A planned order as it is read: components are needed on `start`, the supply is received on `due`. */
export type PlannedOrder = {
  readonly start: number;
  readonly due: number;
  readonly quantity: number;
};

/** How many orders a point has. */
export function orderCountOf({ orders, structure }: MrpPlan, point: number): number {
  return orders.count[structure.rank[point] ?? 0] ?? 0;
}

/** All orders of a plan. */
export function orderCount({ orders }: MrpPlan): number {
  return orders.count.reduce((sum, count) => sum + count, 0);
}

/** The orders of a point, due days ascending: the place in the list is the ordinal. */
export function ordersOf(plan: MrpPlan, point: number): PlannedOrder[] {
  const count = orderCountOf(plan, point);
  const made: PlannedOrder[] = [];
  for (let ordinal = 0; ordinal < count; ordinal += 1) made.push(orderAt(plan, { point, ordinal }));
  return made;
}

export function orderAt(plan: MrpPlan, { point, ordinal }: OrderRef): PlannedOrder {
  const { orders, structure } = plan;
  const rank = structure.rank[point] ?? 0;
  const row = (orders.first[rank] ?? 0) + ordinal;
  const due = orders.due[row] ?? 0;
  return { start: startBefore(plan, point, due), due, quantity: quantityIn(orders, rank, row) };
}
