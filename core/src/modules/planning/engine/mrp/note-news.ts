import { daysBefore } from "./lead-time.ts";
import { type OrderNews, sealNews } from "./order-news.ts";
import { type OrderRows, quantityIn, rowsOfRank } from "./orders.ts";
import type { MrpPlan } from "./plan.ts";
import { leadTermsOf } from "./point-terms.ts";

/** Notes how the orders of a point differ from what it had before. */
export function noteNews(plan: MrpPlan, news: OrderNews, point: number, before: OrderRows): void {
  const { orders, structure, terms } = plan;
  const rank = structure.rank[point] ?? 0;
  const after = rowsOfRank(orders, rank);
  const { calendar, leadDays } = leadTermsOf(terms, rank);
  const note = (row: number, quantity: number): void => {
    const day = orders.due[row] ?? 0;
    news.start.push(daysBefore(plan, calendar, { day, days: leadDays }));
    news.quantity.push(quantity);
  };
  let old = 0;
  let made = 0;
  while (old < before.count || made < after.count) {
    const oldDue = old < before.count ? (orders.due[before.first + old] ?? 0) : Infinity;
    const madeDue = made < after.count ? (orders.due[after.first + made] ?? 0) : Infinity;
    const gone = oldDue <= madeDue ? quantityIn(orders, before, before.first + old) : 0;
    const come = madeDue <= oldDue ? quantityIn(orders, after, after.first + made) : 0;
    if (gone !== come && gone > 0) note(before.first + old, -gone);
    if (gone !== come && come > 0) note(after.first + made, come);
    if (oldDue <= madeDue) old += 1;
    if (madeDue <= oldDue) made += 1;
  }
  sealNews(news, rank);
}
