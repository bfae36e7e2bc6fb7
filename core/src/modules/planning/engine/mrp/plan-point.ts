import { workingDaysBefore } from "./calendar.ts";
import { coverClaims } from "./cover-claims.ts";
import { gatherRequirements } from "./gather.ts";
import { everyDay, noFence, supplyKinds } from "./input.ts";
import { type QuantityByDay, sizeLots } from "./lot-sizing.ts";
import { reserveOrders } from "./orders.ts";
import type { MrpPlan } from "./plan.ts";

const phantom = supplyKinds.indexOf("phantom");
const lotForLot = { rule: "lot_for_lot" } as const;

/**
 * Nets one point and writes its planned orders after the last row. Its parents are planned already; the
 * rows it had before are left behind.
 */
export function planPoint(plan: MrpPlan, point: number): void {
  gatherRequirements(plan, point);
  if (plan.pointFindings.size > 0) plan.pointFindings.delete(point);
  const { points } = plan.input;
  const isDated = plan.structure.hasDatedSupply[point] === 1;
  const isPlain =
    points.kind[point] === phantom ||
    (points.step[point] === 1 &&
      points.planningFence[point] === noFence &&
      plan.input.lotRules[points.lotRule[point] ?? 0]?.rule === "lot_for_lot");
  if (isPlain && !isDated) planLotForLot(plan, point);
  else planByRule(plan, point, isDated);
}

/** The common case in one pass: stock is one number, and each day's shortage is one order. */
function planLotForLot(plan: MrpPlan, point: number): void {
  const { orders, window } = plan;
  const { gross, low, high } = window;
  reserveOrders(orders, Math.max(0, high - low + 1) + 1);
  const { due, start, quantity } = orders;
  const terms = leadTerms(plan, point);
  const first = orders.length;
  let row = first;
  let free = freeStock(plan, point);
  let isExact = true;
  for (let slot = low; slot <= high; slot += 1) {
    const need = gross[slot] ?? 0;
    if (need === 0) continue;
    gross[slot] = 0;
    if (!(need <= Number.MAX_SAFE_INTEGER)) isExact = false;
    if (free >= need) {
      free -= need;
      continue;
    }
    const missing = need - free;
    free = 0;
    if (!(missing <= Number.MAX_SAFE_INTEGER)) isExact = false;
    const needDay = slot + window.origin;
    if (terms.calendar === everyDay) {
      const dueDay = needDay - terms.safetyLeadDays;
      due[row] = dueDay;
      start[row] = dueDay - terms.leadDays;
    } else {
      due[row] = daysBefore(plan, terms.calendar, needDay, terms.safetyLeadDays);
      start[row] = daysBefore(plan, terms.calendar, due[row] ?? 0, terms.leadDays);
    }
    quantity[row] = missing;
    row += 1;
  }
  if (free < 0) {
    // Nobody needs it, but the safety stock is missing: it is restored on day 0.
    due[row] = daysBefore(plan, terms.calendar, 0, terms.safetyLeadDays);
    start[row] = daysBefore(plan, terms.calendar, due[row] ?? 0, terms.leadDays);
    quantity[row] = -free;
    row += 1;
  }
  if (!isExact) {
    reportTooLarge(plan, point);
    row = first;
  }
  orders.first[point] = first;
  orders.count[point] = row - first;
  orders.length = row;
}

/** Any lot rule, fence and dated supply: what is missing by day, then lots, then orders. */
function planByRule(plan: MrpPlan, point: number, isDated: boolean): void {
  const { points, lotRules } = plan.input;
  const { needs, lots } = plan.window;
  const isPhantom = points.kind[point] === phantom;
  needs.count = 0;
  const gathered = isDated ? netDated(plan, point) : netPlain(plan, point);
  const total = totalQuantity(needs);
  let isExact = gathered && total <= Number.MAX_SAFE_INTEGER;
  lots.count = 0;
  if (isExact) {
    const rule = isPhantom ? lotForLot : (lotRules[points.lotRule[point] ?? 0] ?? lotForLot);
    const kept = sizeLots(rule, isPhantom ? 1 : (points.step[point] ?? 1), needs, lots);
    isExact = totalQuantity(lots) <= Number.MAX_SAFE_INTEGER;
    if (!kept) reportTooManyOrders(plan, point);
  }
  if (!isExact) {
    reportTooLarge(plan, point);
    lots.count = 0;
  }
  writeOrders(plan, point, lots);
}

/** Fills `window.needs` from stock that is one number. Returns whether all requirements were exact. */
function netPlain(plan: MrpPlan, point: number): boolean {
  const { window } = plan;
  const { gross, low, high } = window;
  let free = freeStock(plan, point);
  let isExact = true;
  for (let slot = low; slot <= high; slot += 1) {
    const need = gross[slot] ?? 0;
    if (need === 0) continue;
    gross[slot] = 0;
    if (!(need <= Number.MAX_SAFE_INTEGER)) isExact = false;
    if (need > free) addNeed(plan, point, slot + window.origin, need - free);
    free = Math.max(0, free - need);
  }
  if (free < 0) addNeed(plan, point, 0, -free);
  return isExact;
}

/** The same with receipts and lots that expire. */
function netDated(plan: MrpPlan, point: number): boolean {
  const { window } = plan;
  const claims: QuantityByDay = { day: [], quantity: [], count: 0 };
  let isExact = true;
  for (let slot = window.low; slot <= window.high; slot += 1) {
    const need = window.gross[slot] ?? 0;
    if (need === 0) continue;
    window.gross[slot] = 0;
    if (!(need <= Number.MAX_SAFE_INTEGER)) isExact = false;
    claims.day[claims.count] = slot + window.origin;
    claims.quantity[claims.count] = need;
    claims.count += 1;
  }
  if (!isExact) return false;
  coverClaims(plan, point, claims, {
    taken: () => {},
    missing: (_, day, quantity) => addNeed(plan, point, day, quantity),
  });
  return true;
}

/** Days come ascending; needs before the planning fence all fall on it. */
function addNeed(plan: MrpPlan, point: number, needDay: number, quantity: number): void {
  const { needs } = plan.window;
  const { points } = plan.input;
  const fence = points.planningFence[point] ?? noFence;
  const day = points.kind[point] === phantom ? needDay : Math.max(needDay, fence);
  const last = needs.count - 1;
  if (last >= 0 && needs.day[last] === day) {
    needs.quantity[last] = (needs.quantity[last] ?? 0) + quantity;
    return;
  }
  needs.day[needs.count] = day;
  needs.quantity[needs.count] = quantity;
  needs.count += 1;
}

function writeOrders(plan: MrpPlan, point: number, lots: QuantityByDay): void {
  const { orders } = plan;
  reserveOrders(orders, lots.count);
  const terms = leadTerms(plan, point);
  const first = orders.length;
  for (let lot = 0; lot < lots.count; lot += 1) {
    const dueDay = daysBefore(plan, terms.calendar, lots.day[lot] ?? 0, terms.safetyLeadDays);
    orders.due[first + lot] = dueDay;
    orders.start[first + lot] = daysBefore(plan, terms.calendar, dueDay, terms.leadDays);
    orders.quantity[first + lot] = lots.quantity[lot] ?? 0;
  }
  orders.first[point] = first;
  orders.count[point] = lots.count;
  orders.length = first + lots.count;
}

function leadTerms({ input }: MrpPlan, point: number) {
  const { points } = input;
  const takesTime = points.kind[point] !== phantom;
  return {
    calendar: points.calendar[point] ?? everyDay,
    leadDays: takesTime ? (points.leadDays[point] ?? 0) : 0,
    safetyLeadDays: takesTime ? (points.safetyLeadDays[point] ?? 0) : 0,
  };
}

function daysBefore(plan: MrpPlan, calendar: number, day: number, days: number): number {
  const indexed = calendar === everyDay ? undefined : plan.structure.calendars[calendar];
  return indexed === undefined ? day - days : workingDaysBefore(indexed, day, days);
}

/** Stock above the safety stock; below 0 when the safety stock is not complete. */
function freeStock(plan: MrpPlan, point: number): number {
  return (plan.stock[point] ?? 0) - (plan.input.points.safetyStock[point] ?? 0);
}

function totalQuantity({ quantity, count }: QuantityByDay): number {
  let total = 0;
  for (let row = 0; row < count; row += 1) total += quantity[row] ?? 0;
  return total;
}

function reportTooLarge(plan: MrpPlan, point: number): void {
  plan.pointFindings.set(point, {
    code: "quantity.too_large",
    points: [point],
    message: "a requirement or an order exceeds 2^53 units of the last decimal; not planned",
  });
}

function reportTooManyOrders(plan: MrpPlan, point: number): void {
  plan.pointFindings.set(point, {
    code: "lot_rule.too_many_orders",
    points: [point],
    message:
      "the maximum order quantity splits one need into more orders than can be meant; the last takes the rest",
  });
}
