import { assertNever } from "@millwright/contracts/units";

import { wagnerWhitin } from "./wagner-whitin.ts";

/**
 * The lot rules of DOMAIN.md. Quantities as in the input: whole, scaled.
 *
 * - `lot_for_lot`: what is missing, on the day it is missing.
 * - `fixed`: as many whole lots of `quantity` as are missing, in one order.
 * - `min_max_multiple`: at least `minimum`, a multiple of `multiple`, split into orders of at most
 *   `maximum` (0: no limit).
 * - `period_order_quantity`: one order for what is missing on `days` days from the first one.
 * - `economic_order_quantity`: `quantity` (from `economicOrderQuantity`), or what is missing if more.
 * - `wagner_whitin`: the cheapest grouping; `partPeriods` from `economicPartPeriod`.
 */
export type LotRule =
  | { readonly rule: "lot_for_lot" }
  | { readonly rule: "fixed"; readonly quantity: number }
  | {
      readonly rule: "min_max_multiple";
      readonly minimum: number;
      readonly maximum: number;
      readonly multiple: number;
    }
  | { readonly rule: "period_order_quantity"; readonly days: number }
  | { readonly rule: "economic_order_quantity"; readonly quantity: number }
  | { readonly rule: "wagner_whitin"; readonly partPeriods: number };

/** Quantities by day, days ascending. `count` rows are meant; the arrays may be longer. */
export type QuantityByDay = { day: number[]; quantity: number[]; count: number };

/** Above this many orders for one need a `maximum` is a typing error; the last order takes the rest. */
export const ordersPerNeedMax = 1_000;

/**
 * Turns what is missing into orders, due on a day of need, days ascending. What an order brings above
 * its needs serves later ones. Every quantity is a multiple of `step`.
 *
 * @param needs what is missing: days strictly ascending, quantities > 0
 * @param orders is overwritten
 * @returns whether every rule was kept (false: `ordersPerNeedMax` was hit)
 */
export function sizeLots(
  rule: LotRule,
  step: number,
  needs: QuantityByDay,
  orders: QuantityByDay,
): boolean {
  orders.count = 0;
  switch (rule.rule) {
    case "lot_for_lot":
      return sizeEachNeed(needs, orders, (missing) => roundUp(missing, step));
    case "fixed":
      return sizeEachNeed(needs, orders, (missing) =>
        roundUp(roundUp(missing, rule.quantity), step),
      );
    case "economic_order_quantity":
      return sizeEachNeed(needs, orders, (missing) =>
        roundUp(Math.max(missing, rule.quantity), step),
      );
    case "min_max_multiple": {
      const multiple = roundUp(Math.max(1, rule.multiple), step);
      const maximum = rule.maximum === 0 ? Infinity : rule.maximum - (rule.maximum % multiple);
      return sizeEachNeed(
        needs,
        orders,
        (missing) => roundUp(Math.max(missing, rule.minimum), multiple),
        maximum,
      );
    }
    case "period_order_quantity":
      sizeGroups(needs, orders, step, (start, row) => {
        return (needs.day[row] ?? 0) >= (needs.day[start] ?? 0) + rule.days;
      });
      return true;
    case "wagner_whitin": {
      const starts = wagnerWhitin(needs, rule.partPeriods);
      sizeGroups(needs, orders, step, (_, row) => starts[row] === 1);
      return true;
    }
    default:
      return assertNever(rule);
  }
}

/**
 * The order quantity with the least cost of ordering and holding per year, scaled, rounded up, ≥ 1.
 * @source F. W. Harris, "How Many Parts to Make at Once", 1913: √(2 × demand × order cost ÷ holding cost).
 * @param annualDemand scaled; @param holdingCost money per scaled unit and year, > 0
 */
export function economicOrderQuantity(given: {
  annualDemand: number;
  orderCost: number;
  holdingCost: number;
}): number {
  const square = (2 * given.annualDemand * given.orderCost) / given.holdingCost;
  return Math.max(1, Math.ceil(Math.sqrt(square)));
}

/**
 * How much stock, held how long, costs as much as one order: scaled quantity × days, rounded.
 * @param holdingCost money per scaled unit and day, > 0
 */
export function economicPartPeriod(given: { orderCost: number; holdingCost: number }): number {
  return Math.round(given.orderCost / given.holdingCost);
}

function sizeEachNeed(
  needs: QuantityByDay,
  orders: QuantityByDay,
  lot: (missing: number) => number,
  maximum = Infinity,
): boolean {
  let surplus = 0;
  let kept = true;
  for (let row = 0; row < needs.count; row += 1) {
    const missing = (needs.quantity[row] ?? 0) - surplus;
    surplus = -missing;
    if (missing <= 0) continue;
    const day = needs.day[row] ?? 0;
    let left = missing;
    for (let piece = 1; left > 0; piece += 1) {
      const isLast = piece === ordersPerNeedMax;
      const quantity = isLast ? lot(left) : Math.min(lot(left), maximum);
      if (quantity > maximum) kept = false;
      push(orders, day, quantity);
      left -= quantity;
    }
    surplus = -left;
  }
  return kept;
}

/** One order per group; a group that the surplus of earlier ones covers needs none. */
function sizeGroups(
  needs: QuantityByDay,
  orders: QuantityByDay,
  step: number,
  startsGroup: (start: number, row: number) => boolean,
): void {
  let surplus = 0;
  for (let start = 0; start < needs.count;) {
    let row = start;
    let total = 0;
    do {
      total += needs.quantity[row] ?? 0;
      row += 1;
    } while (row < needs.count && !startsGroup(start, row));
    surplus = sizeGroup({ needs, start, end: row, orders, step, total, surplus });
    start = row;
  }
}

/** The order is due on the first day that the surplus does not cover. Returns the new surplus. */
function sizeGroup(group: {
  needs: QuantityByDay;
  start: number;
  end: number;
  orders: QuantityByDay;
  step: number;
  total: number;
  surplus: number;
}): number {
  const { needs, orders, total } = group;
  if (total <= group.surplus) return group.surplus - total;
  let row = group.start;
  for (let left = group.surplus; row < group.end; row += 1) {
    left -= needs.quantity[row] ?? 0;
    if (left < 0) break;
  }
  const quantity = roundUp(total - group.surplus, group.step);
  push(orders, needs.day[row] ?? 0, quantity);
  return group.surplus + quantity - total;
}

function push(orders: QuantityByDay, day: number, quantity: number): void {
  orders.day[orders.count] = day;
  orders.quantity[orders.count] = quantity;
  orders.count += 1;
}

/** The smallest multiple of `step` that is not below `quantity`; exact below 2^53. */
function roundUp(quantity: number, step: number): number {
  const over = quantity % step;
  return over === 0 ? quantity : quantity - over + step;
}
