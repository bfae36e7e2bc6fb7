import { type OrderNews, sealNews } from "./order-news.ts";
import { leadDaysOfRank, oneByOne, rowsOfRank, wide } from "./orders.ts";
import type { MrpPlan } from "./plan.ts";
import { isLotForLotOfStock, leadTermsOf } from "./point-terms.ts";
import { forEachNews } from "./requirements.ts";

/**
 * Plans a point anew without netting it, where that is plain: once its first order is due, stock is used
 * up, and what is planned lot for lot orders each day what the day requires. So where only such
 * requirements change, and none comes or goes, their orders change alike. Null, and nothing is done,
 * where it is not as plain as that. Of the point itself nothing has changed, but its parents' orders.
 */
export function reviseLotForLot(plan: MrpPlan, news: OrderNews, point: number): boolean | null {
  const rank = plan.structure.rank[point] ?? 0;
  if (!canRevise(plan, point, rank)) return null;
  const revisions = revisionsOf(plan, news, rank);
  if (revisions === null) return null;
  if (revisions.length === 0) return false;
  const { orders } = plan;
  const lead = leadDaysOfRank(orders, rank);
  for (const { order, before, after } of revisions) {
    orders.quantity[order] = after;
    const start = (orders.due[order] ?? 0) - lead;
    news.start.push(start, start);
    news.quantity.push(-before, after);
  }
  sealNews(news, rank);
  return true;
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

/** A requirement that changes, and the row of the order that is made for it alone. */
type Revision = {
  readonly order: number;
  readonly before: number;
  readonly after: number;
};

function revisionsOf(plan: MrpPlan, news: OrderNews, rank: number): Revision[] | null {
  const { orders, window, terms } = plan;
  const { safetyLeadDays } = leadTermsOf(terms, rank);
  // The first order is more or less than its day requires: it makes good what stock lacks or gives.
  const firstDay = (orders.due[rowsOfRank(orders, rank).first] ?? 0) + safetyLeadDays;
  const days = addUpNews(plan, news, rank);
  const revisions: Revision[] = [];
  let isPlain = true;
  for (const day of days) {
    const change = window.gross[day - window.origin] ?? 0;
    window.gross[day - window.origin] = 0;
    if (change === 0 || !isPlain) continue;
    const order = orderDueOn(plan, rank, day - safetyLeadDays);
    const before = order === null ? 0 : (orders.quantity[order] ?? 0);
    const after = before + change;
    isPlain = order !== null && day > firstDay && after > 0 && after < wide;
    if (order !== null) revisions.push({ order, before, after });
  }
  return isPlain ? revisions : null;
}

/** Leaves the changes of requirements in the window, and returns the days that have one. */
function addUpNews(plan: MrpPlan, news: OrderNews, rank: number): number[] {
  const { gross, origin } = plan.window;
  const days: number[] = [];
  forEachNews(plan, { rank, news }, (day, change) => {
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
