/**
 * How the orders of points differ from those before a net change, and who has yet to hear of it. A point
 * whose orders change leaves word with its components; they read what was left for them instead of all
 * orders of all parents, of which one in a hundred has changed.
 */
export type OrderNews = {
  /** News n: rows `first[n]` to `first[n + 1] - 1`. */
  readonly first: number[];
  /** Day on which components are needed, and the quantity that was ordered for it and that is. */
  readonly start: number[];
  readonly before: number[];
  readonly after: number[];
  /** Word w: news `of[w]` is for a component with the factor `factor[w]`, and word `next[w]` is for it too. */
  readonly of: number[];
  readonly factor: number[];
  readonly next: number[];
};

/** The first word is none. */
export const noWord = 0;

export function createOrderNews(): OrderNews {
  return { first: [0], start: [], before: [], after: [], of: [0], factor: [0], next: [noWord] };
}

/** Orders that start on a day were this much, and are that much. */
export function addNews(news: OrderNews, start: number, before: number, after: number): void {
  news.start.push(start);
  news.before.push(before);
  news.after.push(after);
}

/** The rows since the last seal are news: returns its number. */
export function sealNews(news: OrderNews): number {
  return news.first.push(news.start.length) - 2;
}

/** Returns a new word of news `of`; `next` is what was left there before. */
export function leaveWord(news: OrderNews, of: number, factor: number, next: number): number {
  news.of.push(of);
  news.factor.push(factor);
  return news.next.push(next) - 1;
}

/** Forgets all news; the room stays. */
export function clearNews(news: OrderNews): void {
  news.first.length = 1;
  news.start.length = 0;
  news.before.length = 0;
  news.after.length = 0;
  news.of.length = 1;
  news.factor.length = 1;
  news.next.length = 1;
}
