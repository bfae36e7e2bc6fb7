import { type Alternates, withAlternates } from "./alternates.ts";
import { daysOff, type IndexedCalendar, indexCalendar } from "./calendar.ts";
import { int32Column } from "./columns.ts";
import { firstOfGroups, type Grouping, groupByPoint, refusedRow } from "./grouping.ts";
import { everyDay, type MrpInput } from "./input.ts";
import { lowLevelCodes, type LowLevelCodes } from "./low-level-codes.ts";

/** What follows from the input alone and stays the same while demands and stock change. */
export type Structure = LowLevelCodes & {
  /**
   * Points in the order of their levels, and where each stands in it. What is written for one point after
   * the other is kept by rank: then the parents of a point are near in memory.
   */
  readonly byRank: Int32Array;
  readonly rank: Int32Array;
  /** Null without any. */
  readonly alternates: Alternates | null;
  /** Where each point is used, in the order of the lines. */
  readonly uses: Uses;
  readonly calendars: readonly IndexedCalendar[];
  readonly lots: Grouping;
  readonly receipts: Grouping;
  /** By-products by the point that they are. */
  readonly outputs: Grouping;
  /** No chain of lead times is longer. Unit: days. */
  readonly reachDays: number;
};

/**
 * Uses of the point of rank r: `first[r]` to `first[r + 1] - 1`. Use u takes place in the point of rank
 * `row[2u]` with the factor `row[2u + 1]` of `numerator` and `denominator`.
 */
export type Uses = {
  readonly first: Int32Array;
  readonly row: Int32Array;
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
};

export function buildStructure(input: MrpInput): Structure {
  const { points, lines, byProducts, onHand, receipts } = input;
  const plain = lowLevelCodes(points.count, lines, byProducts);
  const byRank = plain.sequence;
  const rank = ranksOf(plain);
  const { codes, alternates } = withAlternates(input, plain, rank);
  const calendars = input.calendars.map(indexCalendar);
  return {
    ...codes,
    byRank,
    rank,
    alternates,
    uses: whereUsed(input, codes.componentOfLine, rank),
    calendars,
    lots: groupByPoint(onHand.point, onHand.count, points.count),
    receipts: groupByPoint(receipts.point, receipts.count, points.count),
    outputs: groupByPoint(codes.productOfRow, byProducts.count, points.count),
    reachDays: longestChain(input, codes, calendars),
  };
}

function ranksOf({ sequence }: LowLevelCodes): Int32Array {
  const rank = int32Column(sequence.length);
  for (let at = 0; at < sequence.length; at += 1) rank[sequence[at] ?? 0] = at;
  return rank;
}

/** One scatter of both columns side by side: the places are random, so each write costs a cache miss. */
function whereUsed(
  { points, lines, factors }: MrpInput,
  componentOfLine: Int32Array,
  rank: Int32Array,
): Uses {
  const rankOfLine = new Int32Array(lines.count);
  for (let line = 0; line < lines.count; line += 1) {
    const component = componentOfLine[line] ?? refusedRow;
    rankOfLine[line] = component === refusedRow ? refusedRow : (rank[component] ?? 0);
  }
  const first = firstOfGroups(rankOfLine, lines.count, points.count);
  const row = int32Column(2 * (first[points.count] ?? 0));
  const next = first.slice(0, points.count);
  for (let line = 0; line < lines.count; line += 1) {
    const component = rankOfLine[line] ?? refusedRow;
    if (component === refusedRow) continue;
    const use = next[component] ?? 0;
    next[component] = use + 1;
    row[2 * use] = rank[lines.parent[line] ?? 0] ?? 0;
    row[2 * use + 1] = lines.factor[line] ?? 0;
  }
  return {
    first,
    row,
    numerator: Float64Array.from(factors, (factor) => factor.numerator),
    denominator: Float64Array.from(factors, (factor) => factor.denominator),
  };
}

/**
 * No chain of lead times is longer than the longest lead times of all levels together, days off counted
 * in full. A bound is enough for sizing the window, and this one needs no walk along the lines.
 */
function longestChain(
  { points }: MrpInput,
  { level, levels }: LowLevelCodes,
  calendars: readonly IndexedCalendar[],
): number {
  const off = calendars.map(daysOff);
  const longest = new Int32Array(levels);
  for (let point = 0; point < points.count; point += 1) {
    const lead = (points.leadDays[point] ?? 0) + (points.safetyLeadDays[point] ?? 0);
    const calendar = points.calendar[point] ?? everyDay;
    // The lead time and the safety lead time may each pass over all of the days off.
    const extra = lead === 0 || calendar === everyDay ? 0 : 2 * (off[calendar] ?? 0);
    const of = level[point] ?? 0;
    if (lead + extra > (longest[of] ?? 0)) longest[of] = lead + extra;
  }
  return longest.reduce((sum, days) => sum + days, 0);
}
