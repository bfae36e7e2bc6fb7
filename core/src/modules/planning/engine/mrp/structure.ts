import { daysOff, type IndexedCalendar, indexCalendar } from "./calendar.ts";
import { type Grouping, groupByPoint, refusedRow } from "./grouping.ts";
import { everyDay, type MrpInput, neverExpires } from "./input.ts";
import { lowLevelCodes, type LowLevelCodes } from "./low-level-codes.ts";

/** What follows from the input alone and stays the same while demands and stock change. */
export type Structure = LowLevelCodes & {
  /** Where each point is used, parents in planning sequence, so that their orders lie in ascending memory. */
  readonly uses: Uses;
  readonly calendars: readonly IndexedCalendar[];
  readonly lots: Grouping;
  readonly receipts: Grouping;
  /** 1 where receipts or expiring lots make netting a matter of dates, 0 where stock is one number. */
  readonly hasDatedSupply: Uint8Array;
  /** No chain of lead times is longer. Unit: days. */
  readonly reachDays: number;
};

export type Uses = {
  readonly first: Int32Array;
  readonly parent: Int32Array;
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
};

export function buildStructure(input: MrpInput): Structure {
  const { points, lines, onHand, receipts } = input;
  const codes = lowLevelCodes(points.count, lines);
  const calendars = input.calendars.map(indexCalendar);
  const hasDatedSupply = new Uint8Array(points.count);
  for (let row = 0; row < onHand.count; row += 1) {
    const point = onHand.point[row] ?? refusedRow;
    if (point !== refusedRow && onHand.lastDay[row] !== neverExpires) hasDatedSupply[point] = 1;
  }
  for (let row = 0; row < receipts.count; row += 1) {
    const point = receipts.point[row] ?? refusedRow;
    if (point !== refusedRow) hasDatedSupply[point] = 1;
  }
  return {
    ...codes,
    uses: whereUsed(input, codes),
    calendars,
    lots: groupByPoint(onHand.point, onHand.count, points.count),
    receipts: groupByPoint(receipts.point, receipts.count, points.count),
    hasDatedSupply,
    reachDays: longestChain(input, codes, calendars),
  };
}

function whereUsed({ points, lines }: MrpInput, codes: LowLevelCodes): Uses {
  const byParent = groupByPoint(lines.parent, lines.count, points.count);
  const { componentOfLine, sequence } = codes;
  const first = new Int32Array(points.count + 1);
  let used = 0;
  for (let line = 0; line < lines.count; line += 1) {
    const component = componentOfLine[line] ?? refusedRow;
    if (component === refusedRow) continue;
    first[component + 1] = (first[component + 1] ?? 0) + 1;
    used += 1;
  }
  for (let point = 0; point < points.count; point += 1) {
    first[point + 1] = (first[point + 1] ?? 0) + (first[point] ?? 0);
  }
  const parent = new Int32Array(used);
  const numerator = new Float64Array(used);
  const denominator = new Float64Array(used);
  const next = first.slice(0, points.count);
  for (let step = 0; step < points.count; step += 1) {
    const point = sequence[step] ?? 0;
    const end = byParent.first[point + 1] ?? 0;
    for (let place = byParent.first[point] ?? 0; place < end; place += 1) {
      const line = byParent.row[place] ?? 0;
      const component = componentOfLine[line] ?? refusedRow;
      if (component === refusedRow) continue;
      const use = next[component] ?? 0;
      next[component] = use + 1;
      parent[use] = point;
      numerator[use] = lines.numerator[line] ?? 0;
      denominator[use] = lines.denominator[line] ?? 1;
    }
  }
  return { first, parent, numerator, denominator };
}

/** The longest sum of lead times down any path; days off count in full, so it is an upper bound. */
function longestChain(
  { points }: MrpInput,
  { sequence, components }: LowLevelCodes,
  calendars: readonly IndexedCalendar[],
): number {
  const off = calendars.map(daysOff);
  const before = new Float64Array(points.count);
  let longest = 0;
  for (let step = 0; step < points.count; step += 1) {
    const point = sequence[step] ?? 0;
    const lead = (points.leadDays[point] ?? 0) + (points.safetyLeadDays[point] ?? 0);
    const calendar = points.calendar[point] ?? everyDay;
    const extra = lead === 0 || calendar === everyDay ? 0 : 2 * (off[calendar] ?? 0);
    const reach = (before[point] ?? 0) + lead + extra;
    if (reach > longest) longest = reach;
    const end = components.first[point + 1] ?? 0;
    for (let place = components.first[point] ?? 0; place < end; place += 1) {
      const component = components.component[place] ?? 0;
      if (reach > (before[component] ?? 0)) before[component] = reach;
    }
  }
  return longest;
}
