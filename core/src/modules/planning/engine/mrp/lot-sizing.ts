import { assertNever } from "@millwright/contracts/units";

import { createWagnerWhitinWork, wagnerWhitin, type WagnerWhitinWork } from "./wagner-whitin.ts";

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

/** Quantities by day, days ascending. `count` rows are meant; the columns are longer. */
export type QuantityByDay = { day: Int32Array; quantity: Float64Array; count: number };

/** What lot sizing reads and writes; one is reused for all points, so that no point allocates. */
export type LotWork = {
  /** What is missing: days strictly ascending, quantities > 0. */
  readonly needs: QuantityByDay;
  readonly orders: QuantityByDay;
  readonly wagnerWhitin: WagnerWhitinWork;
};

/** Room for needs on `days` different days. */
export function createLotWork(days: number): LotWork {
  return {
    needs: createQuantityByDay(days),
    orders: createQuantityByDay(days),
    wagnerWhitin: createWagnerWhitinWork(days),
  };
}

export function createQuantityByDay(rows: number): QuantityByDay {
  return { day: new Int32Array(rows), quantity: new Float64Array(rows), count: 0 };
}

/** Adds a row; the columns grow when full. */
export function pushQuantity(into: QuantityByDay, day: number, quantity: number): void {
  const row = into.count;
  if (row === into.day.length) {
    const { day, quantity } = into;
    into.day = new Int32Array(2 * row + 8);
    into.quantity = new Float64Array(2 * row + 8);
    into.day.set(day);
    into.quantity.set(quantity);
  }
  into.day[row] = day;
  into.quantity[row] = quantity;
  into.count = row + 1;
}

/** Above this many orders for one need a `maximum` is a typing error; the last order takes the rest. */
export const ordersPerNeedMax = 1_000;

/**
 * Turns `work.needs` into `work.orders`, due on a day of need, days ascending. What an order brings above
 * its needs serves later ones. Every quantity is a multiple of `step`. A maximum below its own minimum or
 * multiple is not for this: `checkInput` leaves such a rule out.
 *
 * @returns whether every rule was kept (false: `ordersPerNeedMax` was hit)
 */
export function sizeLots(rule: LotRule, step: number, work: LotWork): boolean {
  work.orders.count = 0;
  switch (rule.rule) {
    case "lot_for_lot":
      return sizeEachNeed(work, 0, step, Infinity);
    case "fixed":
      return sizeEachNeed(work, 0, roundUp(rule.quantity, step), Infinity);
    case "economic_order_quantity":
      return sizeEachNeed(work, rule.quantity, step, Infinity);
    case "min_max_multiple": {
      const maximum = rule.maximum === 0 ? Infinity : largestLot(rule, step);
      return sizeEachNeed(work, rule.minimum, multipleIn(rule, step), maximum);
    }
    case "period_order_quantity": {
      const { day, count } = work.needs;
      const { starts } = work.wagnerWhitin;
      let until = -Infinity;
      for (let row = 0; row < count; row += 1) {
        const today = day[row] ?? 0;
        starts[row] = today >= until ? 1 : 0;
        if (today >= until) until = today + rule.days;
      }
      sizeGroups(work, step);
      return true;
    }
    case "wagner_whitin":
      wagnerWhitin(work.needs, rule.partPeriods, work.wagnerWhitin);
      sizeGroups(work, step);
      return true;
    default:
      return assertNever(rule);
  }
}

/** The largest order that a maximum allows, in multiples that are whole steps; 0: none, so refuse the rule. */
export function largestLot(
  { maximum, multiple }: { maximum: number; multiple: number },
  step: number,
): number {
  return maximum - (maximum % multipleIn({ multiple }, step));
}

function multipleIn({ multiple }: { multiple: number }, step: number): number {
  return roundUp(Math.max(1, multiple), step);
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

/** For each need that the surplus does not cover, orders between minimum and maximum in multiples. */
function sizeEachNeed(
  { needs, orders }: LotWork,
  minimum: number,
  multiple: number,
  maximum: number,
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
      const lot = roundUp(Math.max(left, minimum), multiple);
      const isLast = piece === ordersPerNeedMax;
      const quantity = isLast ? lot : Math.min(lot, maximum);
      if (quantity > maximum) kept = false;
      pushQuantity(orders, day, quantity);
      left -= quantity;
    }
    surplus = -left;
  }
  return kept;
}

/**
 * One order per group of needs (`starts` marks their first ones), due on the first day that the surplus
 * of earlier orders does not cover; a group that the surplus covers needs none.
 */
function sizeGroups({ needs, orders, wagnerWhitin: { starts } }: LotWork, step: number): void {
  let surplus = 0;
  for (let start = 0; start < needs.count;) {
    let row = start;
    let missing = -surplus;
    let dueDay: number | null = null;
    do {
      missing += needs.quantity[row] ?? 0;
      if (missing > 0 && dueDay === null) dueDay = needs.day[row] ?? 0;
      row += 1;
    } while (row < needs.count && starts[row] === 0);
    const quantity = dueDay === null ? 0 : roundUp(missing, step);
    if (dueDay !== null) pushQuantity(orders, dueDay, quantity);
    surplus = quantity - missing;
    start = row;
  }
}

/**
 * The smallest multiple of `step` that is not below `quantity`; exact below 2^53, for the reason given in
 * `required`. Not by `%`, which on doubles is a call of about 30 ns.
 */
function roundUp(quantity: number, step: number): number {
  return step === 1 ? quantity : Math.ceil(quantity / step) * step;
}
