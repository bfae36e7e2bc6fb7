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
