/** Inclusive range of offsets. */
export type OffsetRange = { first: number; last: number };

/** More stored ranges than this above `contiguous` and live waits in the edge log (decision 7). */
export const rangesMax = 1000;

/**
 * What of one edge log (edge node, epoch) is stored: every offset ≤ `contiguous`, and `ranges` above
 * it, ascending, apart by at least one offset. Offsets stay below 2^53.
 */
export type Watermark = { contiguous: number; ranges: OffsetRange[] };

/** What a new offset is to the watermark. `full`: it would open one range too many; do not store it. */
export type OffsetVerdict = "new" | "duplicate" | "full";

/** Marks an offset as stored, in place, unless it is a duplicate or there is no room. */
export function admit(watermark: Watermark, offset: number): OffsetVerdict {
  if (offset <= watermark.contiguous) return "duplicate";
  const { ranges } = watermark;
  if (offset === watermark.contiguous + 1) {
    watermark.contiguous = offset;
    const [next] = ranges;
    if (next?.first === offset + 1) {
      watermark.contiguous = next.last;
      ranges.shift();
    }
    return "new";
  }
  // The newest offset is nearly always at the end: search from there.
  let at = ranges.length;
  while (at > 0 && (ranges[at - 1]?.first ?? 0) > offset) at -= 1;
  const before = ranges[at - 1];
  const after = ranges[at];
  if (before !== undefined && offset <= before.last) return "duplicate";
  const touchesBefore = before !== undefined && before.last + 1 === offset;
  const touchesAfter = after !== undefined && after.first - 1 === offset;
  if (touchesBefore && touchesAfter) {
    before.last = after.last;
    ranges.splice(at, 1);
  } else if (touchesBefore) before.last = offset;
  else if (touchesAfter) after.first = offset;
  else if (ranges.length >= rangesMax) return "full";
  else ranges.splice(at, 0, { first: offset, last: offset });
  return "new";
}

/** The highest offset that is stored. */
export function highestOf({ contiguous, ranges }: Watermark): number {
  return ranges.at(-1)?.last ?? contiguous;
}

/** The ranges between what is stored: what the edge is asked to send again. */
export function missingOf({ contiguous, ranges }: Watermark): OffsetRange[] {
  return ranges.map(({ first }, index) => ({
    first: (ranges[index - 1]?.last ?? contiguous) + 1,
    last: first - 1,
  }));
}

/**
 * The log now begins at `firstOffset`: what is missing below can never come. Moves the watermark over
 * it, in place, and returns the lost ranges for the gap ledger.
 */
export function giveUpBelow(watermark: Watermark, firstOffset: number): OffsetRange[] {
  if (firstOffset <= watermark.contiguous + 1) return [];
  const lost: OffsetRange[] = [];
  let next = watermark.contiguous + 1;
  while (next < firstOffset) {
    const [range] = watermark.ranges;
    if (range === undefined || range.first > firstOffset) {
      lost.push({ first: next, last: firstOffset - 1 });
      next = firstOffset;
    } else {
      if (range.first > next) lost.push({ first: next, last: range.first - 1 });
      next = range.last + 1;
      watermark.ranges.shift();
    }
  }
  watermark.contiguous = next - 1;
  const [range] = watermark.ranges;
  if (range?.first === next) {
    watermark.contiguous = range.last;
    watermark.ranges.shift();
  }
  return lost;
}

export function copyWatermark({ contiguous, ranges }: Watermark): Watermark {
  return { contiguous, ranges: ranges.map((range) => ({ ...range })) };
}

/** As PostgreSQL writes an int8multirange: half-open ranges. */
export function toMultirange(ranges: readonly OffsetRange[]): string {
  return `{${ranges.map(({ first, last }) => `[${first},${last + 1})`).join(",")}}`;
}

export function fromMultirange(text: string): OffsetRange[] {
  return [...text.matchAll(/\[(\d+),(\d+)\)/g)].map(([, first, end]) => ({
    first: Number(first),
    last: Number(end) - 1,
  }));
}
