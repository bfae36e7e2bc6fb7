import type { MrpInput } from "./input.ts";
import { createQuantityByDay, pushQuantity } from "./lot-sizing.ts";
import { type MrpPlan, preparePlan } from "./plan.ts";
import { planPoint, writeOrders } from "./plan-point.ts";
import { widenWindow } from "./window.ts";

/** An order of a point that is not planned in this run. Due days of a point ascend. */
export type FixedOrder = { readonly due: number; readonly quantity: number };

/**
 * Plans a part of a factory: points in `fixed` keep the orders given there, all others are planned, as
 * `runMrp` would plan them in the whole factory. For that the input must have every line and by-product
 * whose component or product is planned here, without alternates, and fixed points no safety lead time:
 * their due days have it in them.
 */
export function runMrpPart(
  given: MrpInput,
  fixed: ReadonlyMap<number, readonly FixedOrder[]>,
): MrpPlan {
  const plan = preparePlan(given);
  if (plan.structure.alternates !== null) {
    throw new RangeError("stock of alternates is dealt out over the whole plan, not in a part");
  }
  for (const { due } of [...fixed.values()].flat()) widenWindow(plan.window, due, plan.structure);
  for (const point of plan.structure.sequence) {
    const orders = fixed.get(point);
    if (orders === undefined) planPoint(plan, point);
    else writeOrders(plan, plan.structure.rank[point] ?? 0, lotsOf(orders));
  }
  return plan;
}

function lotsOf(orders: readonly FixedOrder[]) {
  const lots = createQuantityByDay(orders.length);
  for (const { due, quantity } of orders) pushQuantity(lots, due, quantity);
  return lots;
}
