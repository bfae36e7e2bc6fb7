import { wide } from "./orders.ts";
import { noWord, type OrderNews } from "./order-news.ts";
import { required } from "./quantity.ts";
import type { Structure } from "./structure.ts";
import type { Window } from "./window.ts";

/**
 * The gross requirements of points as they were last added up, so that net change only adds what is new:
 * the orders of a point's parents are a hundred times more rows than those of them that changed. Not of
 * points whose orders tell (see `reviseLotForLot`).
 *
 * What is not kept, or finds no room, is added up again when it is asked for: nothing depends on it but
 * time.
 */
export type Requirements = {
  /** The next free row. */
  length: number;
  /** Lower 32 bits by day; the upper ones follow in as many rows where a point `keepsWide`. */
  readonly quantity: Uint32Array;
  /** By rank, four numbers side by side: how it is kept, first row, first day, days. */
  readonly record: Int32Array;
};

const keepsNothing = 0;
const keepsNarrow = 1;
const keepsWide = 2;

// Twice what 1 M points of 60 weeks take; the operating system backs only what is written.
const rowsMax = 128_000_000;

/** Room for `points` times `days` rows, within bounds. */
export function createRequirements(points: number, days: number): Requirements {
  const rows = Math.min(points * days, rowsMax);
  return { length: 0, quantity: new Uint32Array(rows), record: new Int32Array(4 * points) };
}

/** From now on the point of this rank is added up anew. */
export function forgetRequirements({ record }: Requirements, rank: number): void {
  record[4 * rank] = keepsNothing;
}

/** Keeps what the window holds for the point of this rank. */
export function keepRequirements(kept: Requirements, rank: number, window: Window): void {
  const { gross, low, high, origin } = window;
  const days = Math.max(0, high - low + 1);
  let most = 0;
  for (let slot = low; slot <= high; slot += 1) most = Math.max(most, gross[slot] ?? 0);
  if (!(most <= Number.MAX_SAFE_INTEGER)) return forgetRequirements(kept, rank);
  const isWide = most >= wide;
  const first = placeFor(kept, rank, isWide ? 2 * days : days);
  if (first === null) return forgetRequirements(kept, rank);
  const { record, quantity } = kept;
  // A Uint32Array keeps the lower 32 bits of what is written to it.
  for (let day = 0; day < days; day += 1) quantity[first + day] = gross[low + day] ?? 0;
  if (isWide) {
    for (let day = 0; day < days; day += 1) {
      quantity[first + days + day] = Math.floor((gross[low + day] ?? 0) / wide);
    }
  }
  record[4 * rank] = isWide ? keepsWide : keepsNarrow;
  record[4 * rank + 1] = first;
  record[4 * rank + 2] = low + origin;
  record[4 * rank + 3] = days;
}

/** The first of so many rows: where the point was kept before, or behind the last row; null when full. */
function placeFor(kept: Requirements, rank: number, rows: number): number | null {
  const { record } = kept;
  const how = record[4 * rank] ?? keepsNothing;
  const had = (record[4 * rank + 3] ?? 0) * how;
  if (how !== keepsNothing && rows <= had) return record[4 * rank + 1] ?? 0;
  if (kept.length + rows > kept.quantity.length) return null;
  const first = kept.length;
  kept.length = first + rows;
  return first;
}

/**
 * Puts into the window what was kept of a point and what is new of its parents' orders, and keeps that.
 * False, and the window is empty, when nothing was kept or a sum would not be exact.
 */
export function recallRequirements(plan: Holder, change: Change, point: number): boolean {
  const { window, structure } = plan;
  const rank = structure.rank[point] ?? 0;
  const { record, quantity } = change.requirements;
  const how = record[4 * rank] ?? keepsNothing;
  if (how === keepsNothing) return false;
  const first = record[4 * rank + 1] ?? 0;
  const days = record[4 * rank + 3] ?? 0;
  const { gross } = window;
  const low = (record[4 * rank + 2] ?? 0) - window.origin;
  for (let day = 0; day < days; day += 1) gross[low + day] = quantity[first + day] ?? 0;
  if (how === keepsWide) {
    for (let day = 0; day < days; day += 1) {
      const upper = quantity[first + days + day] ?? 0;
      gross[low + day] = (gross[low + day] ?? 0) + upper * wide;
    }
  }
  window.low = days === 0 ? gross.length : low;
  window.high = days === 0 ? -1 : low + days - 1;
  return addNews(plan, change, point);
}

/** Of a net change: what is kept, and what is new of the orders since. */
type Change = Word & { readonly requirements: Requirements };

/** Of a net change: what is new, and the last word left for a step (see `DirtySteps`). */
export type Word = { readonly news: OrderNews; readonly marks: Int32Array };

type Holder = {
  readonly structure: Structure;
  readonly window: Window;
};

/** False when a sum would not be exact: then nothing of the window can be trusted. */
function addNews({ structure, window }: Holder, change: Change, point: number) {
  const { requirements } = change;
  const { record, quantity } = requirements;
  const rank = structure.rank[point] ?? 0;
  const { gross, low, high, origin } = window;
  const place = (record[4 * rank + 1] ?? 0) - low;
  let isKept = record[4 * rank] === keepsNarrow;
  const isExact = forEachNews(structure, change, point, (start, more) => {
    const slot = start - origin;
    const sum = (gross[slot] ?? 0) + more;
    if (!(sum <= Number.MAX_SAFE_INTEGER)) return false;
    gross[slot] = sum;
    if (slot < window.low) window.low = slot;
    if (slot > window.high) window.high = slot;
    if (isKept && slot >= low && slot <= high && sum < wide) quantity[place + slot] = sum;
    else isKept = false;
    return true;
  });
  if (!isExact) gross.fill(0);
  else if (!isKept) keepRequirements(requirements, rank, window);
  return isExact;
}

/**
 * What is new of the orders of a point's parents, as changes of its gross requirements by day. Stops, and
 * returns false, where `take` does.
 */
export function forEachNews(
  { uses }: Structure,
  { news, marks }: Word,
  point: number,
  take: (day: number, change: number) => boolean,
): boolean {
  for (let word = ~(marks[point] ?? 0); word > noWord; word = news.next[word] ?? noWord) {
    const of = news.of[word] ?? 0;
    const factor = news.factor[word] ?? 0;
    const numerator = uses.numerator[factor] ?? 0;
    const denominator = uses.denominator[factor] ?? 1;
    const end = news.first[of + 1] ?? 0;
    for (let row = news.first[of] ?? 0; row < end; row += 1) {
      const before = required(news.before[row] ?? 0, numerator, denominator);
      const after = required(news.after[row] ?? 0, numerator, denominator);
      if (!take(news.start[row] ?? 0, after - before)) return false;
    }
  }
  return true;
}
