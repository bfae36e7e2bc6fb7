import { daysBefore } from "./lead-time.ts";
import { addNews, type OrderNews, sealNews } from "./order-news.ts";
import { type OrderRows, quantityIn, rowsOfRank } from "./orders.ts";
import type { MrpPlan } from "./plan.ts";
import { leadTermsOf } from "./point-terms.ts";

/** Notes how the orders of a point differ from what it had before, and returns the number of the news. */
export function noteNews(plan: MrpPlan, news: OrderNews, point: number, before: OrderRows): number {
  const { orders, structure, terms } = plan;
  const rank = structure.rank[point] ?? 0;
  const after = rowsOfRank(orders, rank);
  const { calendar, leadDays } = leadTermsOf(terms, rank);
  let old = 0;
  let made = 0;
  while (old < before.count || made < after.count) {
    const oldDue = old < before.count ? (orders.due[before.first + old] ?? 0) : Infinity;
    const madeDue = made < after.count ? (orders.due[after.first + made] ?? 0) : Infinity;
    const gone = oldDue <= madeDue ? quantityIn(orders, before, before.first + old) : 0;
    const come = madeDue <= oldDue ? quantityIn(orders, after, after.first + made) : 0;
    if (gone !== come) {
      const day = Math.min(oldDue, madeDue);
      addNews(news, daysBefore(plan, calendar, { day, days: leadDays }), gone, come);
    }
    if (oldDue <= madeDue) old += 1;
    if (madeDue <= oldDue) made += 1;
  }
  return sealNews(news);
}
