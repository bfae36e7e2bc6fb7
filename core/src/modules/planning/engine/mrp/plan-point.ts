import { coverClaims } from "./cover-claims.ts";
import { gatherAndKeep, gatherRequirements } from "./gather.ts";
import { everyDay } from "./input.ts";
import { createQuantityByDay, pushQuantity, type QuantityByDay, sizeLots } from "./lot-sizing.ts";
import { daysBefore } from "./lead-time.ts";
import { listNeeds } from "./needs.ts";
import { oneByOne, reserveOrders, wide } from "./orders.ts";
import { type MrpPlan, noTrouble, tooLarge, tooManyOrders } from "./plan.ts";
import {
  fenceOf,
  freeStockOf,
  hasDates,
  isLotForLotOfStock,
  leadTermsOf,
  lotRuleAt,
  stepOf,
} from "./point-terms.ts";
import { giveBack, offerStock, takeInstead } from "./substitute.ts";
import { ranksAtOnce, touchRun } from "./touch-ahead.ts";

/** Takes a step of the sequence: nets a point, or finds out what it can spare (see `Alternates`). */
export function takeStep(plan: MrpPlan, step: number): void {
  const { alternates } = plan.structure;
  if (alternates === null) return planPoint(plan, step);
  const main = alternates.mains[step - plan.input.points.count];
  if (main !== undefined) return planMain(plan, main);
  if (!alternates.stepOfMain.has(step)) planPoint(plan, step);
  if (alternates.takersOf.has(step)) offerStock(plan, step);
}

/**
 * Plans the points from rank `from` to before `to`, where none of them needs another whose rank is not
 * lower: a level, a piece of one, or the whole sequence.
 */
export function planRanks(plan: MrpPlan, from: number, to: number): void {
  const { byRank } = plan.structure;
  for (let start = from; start < to; start += ranksAtOnce) {
    const end = Math.min(start + ranksAtOnce, to);
    touchRun(plan, start, end);
    for (let rank = start; rank < end; rank += 1) planPoint(plan, byRank[rank] ?? 0);
  }
}

/**
 * Nets one point and writes its planned orders after the last row. Its parents are planned already; the
 * rows it had before are left behind.
 */
export function planPoint(plan: MrpPlan, point: number): void {
  const rank = plan.structure.rank[point] ?? 0;
  plan.trouble[rank] = noTrouble;
  if (isLotForLotOfStock(plan.terms, rank)) {
    gatherRequirements(plan, point);
    planLotForLot(plan, rank);
  } else {
    gatherAndKeep(plan, point);
    planByRule(plan, { point, rank });
  }
}

/** The common case in one pass: stock is one number, and each day's shortage is one order. */
function planLotForLot(plan: MrpPlan, rank: number): void {
  const { gross, low, high, origin, lots } = plan.window;
  const { day, quantity } = lots.orders;
  let free = freeStockOf(plan.terms, rank);
  let isExact = true;
  let row = 0;
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
    day[row] = slot + origin;
    quantity[row] = missing;
    row += 1;
  }
  lots.orders.count = row;
  // Nobody needs it, but the safety stock is missing: it is restored on day 0.
  if (free < 0) pushQuantity(lots.orders, 0, -free);
  if (!isExact) {
    plan.trouble[rank] = tooLarge;
    lots.orders.count = 0;
  }
  writeOrders(plan, rank, lots.orders);
}

/** A point that alternates may stand in for: needs are netted one by one, as each has its own. */
function planMain(plan: MrpPlan, main: number): void {
  const rank = plan.structure.rank[main] ?? 0;
  plan.trouble[rank] = noTrouble;
  giveBack(plan, main);
  const { needs } = plan.window.lots;
  needs.count = 0;
  const claims = listNeeds(plan, main);
  const isExact = claims.quantity.every((quantity) => quantity <= Number.MAX_SAFE_INTEGER);
  if (isExact) {
    const fence = fenceOf(plan.terms, rank);
    coverClaims(plan, main, claims, {
      taken: () => {},
      missing: (claim, day, quantity) => {
        const need = claims.need[claim];
        const open =
          need === undefined ? quantity : takeInstead(plan, main, { need, day, quantity });
        if (open > 0) addNeed(needs, Math.max(day, fence), open);
      },
    });
  }
  orderMissing(plan, rank, isExact);
  if (plan.trouble[rank] === tooLarge) giveBack(plan, main);
}

/** Any lot rule, fence and dated supply: what is missing by day, then lots, then orders. */
function planByRule(plan: MrpPlan, { point, rank }: { point: number; rank: number }): void {
  plan.window.lots.needs.count = 0;
  const isDated = hasDates(plan.terms, rank);
  orderMissing(plan, rank, isDated ? netDated(plan, point) : netPlain(plan, rank));
}

/** Orders for what `window.lots.needs` holds; none when what was gathered is not exact. */
function orderMissing(plan: MrpPlan, rank: number, gathered: boolean): void {
  const { terms } = plan;
  const { lots } = plan.window;
  const { needs, orders } = lots;
  const total = totalQuantity(needs);
  let isExact = gathered && total <= Number.MAX_SAFE_INTEGER;
  orders.count = 0;
  if (isExact) {
    const kept = sizeLots(lotRuleAt(terms, rank), stepOf(terms, rank), lots);
    isExact = totalQuantity(orders) <= Number.MAX_SAFE_INTEGER;
    if (!kept) plan.trouble[rank] = tooManyOrders;
  }
  if (!isExact) {
    plan.trouble[rank] = tooLarge;
    orders.count = 0;
  }
  writeOrders(plan, rank, orders);
}

/** Fills `window.needs` from stock that is one number. Returns whether all requirements were exact. */
function netPlain({ terms, window }: MrpPlan, rank: number): boolean {
  const { gross, low, high, origin } = window;
  const { needs } = window.lots;
  const fence = fenceOf(terms, rank);
  let free = freeStockOf(terms, rank);
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
    addNeed(needs, Math.max(slot + origin, fence), need - free);
    free = 0;
  }
  if (free < 0) addNeed(needs, Math.max(0, fence), -free);
  return isExact;
}

/** The same with receipts and lots that expire. */
function netDated(plan: MrpPlan, point: number): boolean {
  const { window } = plan;
  const claims = createQuantityByDay(Math.max(0, window.high - window.low + 1));
  let isExact = true;
  for (let slot = window.low; slot <= window.high; slot += 1) {
    const need = window.gross[slot] ?? 0;
    if (need === 0) continue;
    window.gross[slot] = 0;
    if (!(need <= Number.MAX_SAFE_INTEGER)) isExact = false;
    pushQuantity(claims, slot + window.origin, need);
  }
  if (!isExact) return false;
  const fence = fenceOf(plan.terms, plan.structure.rank[point] ?? 0);
  coverClaims(plan, point, claims, {
    taken: () => {},
    missing: (_, day, quantity) => addNeed(window.lots.needs, Math.max(day, fence), quantity),
  });
  return true;
}

/** Days come ascending; what falls on the same day, as all needs before a fence do, is one need. */
function addNeed(needs: QuantityByDay, day: number, quantity: number): void {
  const last = needs.count - 1;
  if (last >= 0 && needs.day[last] === day) {
    needs.quantity[last] = (needs.quantity[last] ?? 0) + quantity;
    return;
  }
  pushQuantity(needs, day, quantity);
}

/** Writes the orders of the point of this rank behind the last row; `lots.day` is the day of need, days ascending. */
export function writeOrders(plan: MrpPlan, rank: number, lots: QuantityByDay): void {
  const { orders } = plan;
  const { count } = lots;
  reserveOrders(orders, 2 * count);
  const { due, quantity } = orders;
  const { calendar, leadDays, safetyLeadDays } = leadTermsOf(plan.terms, rank);
  const isPlain = calendar === everyDay;
  const first = orders.length;
  let isWide = false;
  for (let lot = 0; lot < count; lot += 1) {
    const day = lots.day[lot] ?? 0;
    const exact = lots.quantity[lot] ?? 0;
    due[first + lot] = isPlain
      ? day - safetyLeadDays
      : daysBefore(plan, calendar, { day, days: safetyLeadDays });
    // A Uint32Array keeps the lower 32 bits of what is written to it.
    quantity[first + lot] = exact;
    if (exact >= wide) isWide = true;
  }
  if (isWide) {
    for (let lot = 0; lot < count; lot += 1) {
      quantity[first + count + lot] = Math.floor((lots.quantity[lot] ?? 0) / wide);
    }
  }
  orders.ofRank[4 * rank] = first;
  orders.ofRank[4 * rank + 1] = count;
  orders.ofRank[4 * rank + 2] = isPlain && !isWide ? leadDays : oneByOne;
  orders.ofRank[4 * rank + 3] = isWide ? 1 : 0;
  orders.length = first + (isWide ? 2 * count : count);
}

function totalQuantity({ quantity, count }: QuantityByDay): number {
  let total = 0;
  for (let row = 0; row < count; row += 1) total += quantity[row] ?? 0;
  return total;
}
