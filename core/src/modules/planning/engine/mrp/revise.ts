import { addNews, sealNews } from "./order-news.ts";
import { leadDaysOfRank, oneByOne, rowsOfRank, wide } from "./orders.ts";
import { pushQuantity } from "./lot-sizing.ts";
import type { MrpPlan, NetChange } from "./plan.ts";
import { isLotForLotOfStock, leadTermsOf } from "./point-terms.ts";
import { forEachNews } from "./requirements.ts";

/** Instead of the number of news: the orders are as they were. */
export const unchanged = -1;

/**
 * Plans a point anew without netting it, where that is plain: once its first order is due, stock is used
 * up, and what is planned lot for lot orders each day what the day requires. So where only such
 * requirements change, and none comes or goes, their orders change alike. Null, and nothing is done,
 * where it is not as plain as that. Of the point itself nothing has changed, but its parents' orders.
 * Returns the number of its news, or `unchanged`.
 */
export function reviseLotForLot(plan: MrpPlan, netChange: NetChange, point: number): number | null {
  const { news } = netChange;
  const rank = plan.structure.rank[point] ?? 0;
  if (!canRevise(plan, point, rank)) return null;
  if (!findRevised(plan, netChange, point)) return null;
  const { orders, window } = plan;
  const revised = window.lots.orders;
  if (revised.count === 0) return unchanged;
  const lead = leadDaysOfRank(orders, rank);
  for (let at = 0; at < revised.count; at += 1) {
    const due = revised.day[at] ?? 0;
    const after = revised.quantity[at] ?? 0;
    const row = orderDueOn(plan, rank, due) ?? 0;
    addNews(news, due - lead, orders.quantity[row] ?? 0, after);
    orders.quantity[row] = after;
  }
  return sealNews(news);
}

/** Planned lot for lot from stock that is one number, and orders that are read at once. */
function canRevise(plan: MrpPlan, point: number, rank: number): boolean {
  const { orders } = plan;
  const { alternates } = plan.structure;
  const isLeftAlone =
    alternates === null || (!alternates.stepOfMain.has(point) && !alternates.takersOf.has(point));
  const hasPlainOrders =
    rowsOfRank(orders, rank).count > 0 && leadDaysOfRank(orders, rank) !== oneByOne;
  return hasPlainOrders && isLeftAlone && isLotForLotOfStock(plan.terms, rank);
}

/**
 * Leaves in `lots.orders` the orders that change, as they will be: each is made for the requirement of one
 * day alone. False where it is not as plain as that.
 */
function findRevised(plan: MrpPlan, netChange: NetChange, point: number): boolean {
  const { orders, window, terms, structure } = plan;
  const { gross, origin } = window;
  const revised = window.lots.orders;
  revised.count = 0;
  const rank = structure.rank[point] ?? 0;
  const { safetyLeadDays } = leadTermsOf(terms, rank);
  // The first order is more or less than its day requires: it makes good what stock lacks or gives.
  const firstDue = orders.due[rowsOfRank(orders, rank).first] ?? 0;
  let isPlain = true;
  for (const day of addUpNews(plan, netChange, point)) {
    const change = gross[day - origin] ?? 0;
    gross[day - origin] = 0;
    if (change === 0 || !isPlain) continue;
    const due = day - safetyLeadDays;
    const row = orderDueOn(plan, rank, due);
    const after = row === null ? 0 : (orders.quantity[row] ?? 0) + change;
    isPlain = row !== null && due > firstDue && after > 0 && after < wide;
    if (isPlain) pushQuantity(revised, due, after);
  }
  return isPlain;
}

/** Leaves the changes of requirements in the window, and returns the days that have one. */
function addUpNews(plan: MrpPlan, netChange: NetChange, point: number): number[] {
  const { gross, origin } = plan.window;
  const days: number[] = [];
  forEachNews(plan.structure, netChange, point, (day, change) => {
    if (gross[day - origin] === 0) days.push(day);
    gross[day - origin] = (gross[day - origin] ?? 0) + change;
    return true;
  });
  return days;
}

/** The row of the only order due on a day, or null. */
function orderDueOn({ orders }: MrpPlan, rank: number, due: number): number | null {
  const { first, count } = rowsOfRank(orders, rank);
  let low = first;
  let high = first + count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((orders.due[middle] ?? 0) < due) low = middle + 1;
    else high = middle;
  }
  return low < first + count && orders.due[low] === due ? low : null;
}
