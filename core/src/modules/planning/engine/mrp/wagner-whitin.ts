/** Columns that a run writes, with room for so many needs; reused, because allocating costs more. */
export type WagnerWhitinWork = {
  /** Least cost of serving the needs before a row, and where its last order starts. */
  readonly cheapest: Float64Array;
  readonly lastStart: Int32Array;
  /** Cost of holding when the order that starts with a need serves all needs so far. */
  readonly held: Float64Array;
  /** Result: 1 where an order starts with a need. */
  readonly starts: Uint8Array;
};

export function createWagnerWhitinWork(needs: number): WagnerWhitinWork {
  return {
    cheapest: new Float64Array(needs + 1),
    lastStart: new Int32Array(needs + 1),
    held: new Float64Array(needs),
    starts: new Uint8Array(needs),
  };
}

/**
 * The cheapest way to group needs into orders, exactly: each order is received on the day of its first
 * need and holds the rest in stock until used. Writes `work.starts`; the first need always starts one.
 *
 * Costs are counted in part periods (quantity × days held): an order costs `partPeriods`, which is the
 * order cost divided by the cost of holding one unit for one day. All numbers are then whole and the
 * optimum is exact as long as the total stays below 2^53. Of equally cheap plans the one whose last
 * order is latest wins, so the result does not depend on the machine.
 *
 * @source H. M. Wagner, T. M. Whitin, "Dynamic Version of the Economic Lot Size Model", Management
 *   Science 5(1), 1958: the recursion and the planning horizon theorem.
 * @param needs days strictly ascending, quantities > 0
 */
export function wagnerWhitin(
  needs: { day: Int32Array; quantity: Float64Array; count: number },
  partPeriods: number,
  work: WagnerWhitinWork,
): void {
  const { day, quantity, count } = needs;
  const { cheapest, lastStart, held, starts } = work;
  cheapest[0] = 0;
  let earliestStart = 0;
  for (let end = 0; end < count; end += 1) {
    held[end] = 0;
    let best = Infinity;
    let bestStart = end;
    // Planning horizon theorem: once the best last order starts at s, it never again starts before s.
    for (let start = earliestStart; start <= end; start += 1) {
      const span = (day[end] ?? 0) - (day[start] ?? 0);
      const holding = (held[start] ?? 0) + (quantity[end] ?? 0) * span;
      held[start] = holding;
      const cost = (cheapest[start] ?? 0) + partPeriods + holding;
      if (cost <= best) {
        best = cost;
        bestStart = start;
      }
    }
    cheapest[end + 1] = best;
    lastStart[end + 1] = bestStart;
    earliestStart = bestStart;
  }
  starts.fill(0, 0, count);
  for (let end = count; end > 0; end = lastStart[end] ?? 0) starts[lastStart[end] ?? 0] = 1;
}
