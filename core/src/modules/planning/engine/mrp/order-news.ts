import { daysBefore } from "./lead-time.ts";
import { type OrderRows, quantityIn, rowsOfRank } from "./orders.ts";
import type { MrpPlan } from "./plan.ts";
import { leadTermsOf } from "./point-terms.ts";

/**
 * How the orders of points differ from those before a net change: what is no longer there, as a negative
 * quantity, and what is new. Their components ask for it instead of reading all orders of all parents.
 */
export type OrderNews = {
  /** By rank: 1 + the place in `first`, or 0 where the orders are as they were. */
  readonly ofRank: Int32Array;
  /** News of place p: rows `first[p]` to `first[p + 1] - 1`. */
  first: number[];
  /** Day on which components are needed. */
  start: number[];
  quantity: number[];
  /** The ranks of places, to forget them again. */
  rank: number[];
};

export function createOrderNews(points: number): OrderNews {
  return { ofRank: new Int32Array(points), first: [0], start: [], quantity: [], rank: [] };
}

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

/** The rows since the last seal are the news of this rank. */
export function sealNews(news: OrderNews, rank: number): void {
  news.first.push(news.start.length);
  news.rank.push(rank);
  news.ofRank[rank] = news.rank.length;
}

/** Forgets all news; the room stays. */
export function clearNews(news: OrderNews): void {
  for (const rank of news.rank) news.ofRank[rank] = 0;
  news.first.length = 1;
  news.start.length = 0;
  news.quantity.length = 0;
  news.rank.length = 0;
}
