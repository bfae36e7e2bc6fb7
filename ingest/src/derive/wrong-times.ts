import type { CounterPoint } from "./counter-state.ts";

/**
 * Readings by time without those that would make the counter fall faster than any machine makes up for:
 * there a clock was wrong, and no counter was reset. Of two that contradict each other the later goes;
 * with `older` only those in it, which are older by their log than all the others.
 */
export function withoutWrongTimes<Point extends CounterPoint>(
  points: readonly Point[],
  { after, older }: { after?: CounterPoint; older?: ReadonlySet<Point> } = {},
): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    let before = kept.at(-1);
    while (before !== undefined && older?.has(before) === true && isImpossible(before, point)) {
      kept.pop();
      before = kept.at(-1);
    }
    const isDoubted = older === undefined || older.has(point);
    const least = before ?? after;
    if (!isDoubted || least === undefined || !isImpossible(least, point)) kept.push(point);
  }
  return kept;
}

/** Whether `b` pieces cannot have been made between two readings, so that it was no reset. */
function isImpossible(a: CounterPoint, b: CounterPoint): boolean {
  return b.value.lt(a.value) && b.value.gt((piecesPerSecondMax * (b.time - a.time)) / 1000);
}

// Faster than presses, fillers and label printers count.
const piecesPerSecondMax = 1000;
