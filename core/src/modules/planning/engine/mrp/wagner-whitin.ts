/**
 * The cheapest way to group needs into orders, exactly: each order is received on the day of its first
 * need and holds the rest in stock until used.
 *
 * Costs are counted in part periods (quantity × days held): an order costs `partPeriods`, which is the
 * order cost divided by the cost of holding one unit for one day. All numbers are then whole and the
 * optimum is exact as long as the total stays below 2^53. Of equally cheap plans the one whose last
 * order is latest wins, so the result does not depend on the machine.
 *
 * @source H. M. Wagner, T. M. Whitin, "Dynamic Version of the Economic Lot Size Model", Management
 *   Science 5(1), 1958: the recursion and the planning horizon theorem.
 * @param day strictly ascending; @param quantity > 0
 * @returns for each need, whether an order starts with it; the first always does.
 */
export function wagnerWhitin(
  needs: { day: ArrayLike<number>; quantity: ArrayLike<number>; count: number },
  partPeriods: number,
): Uint8Array {
  const { day, quantity, count } = needs;
  const cheapest = new Float64Array(count + 1);
  const lastStart = new Int32Array(count + 1);
  // Cost of holding when the order that starts with need `start` also serves the needs up to `end`;
  // grown by one need per round instead of summed anew.
  const held = new Float64Array(count);
  let earliestStart = 0;
  for (let end = 0; end < count; end += 1) {
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
  const starts = new Uint8Array(count);
  for (let end = count; end > 0; end = lastStart[end] ?? 0) starts[lastStart[end] ?? 0] = 1;
  return starts;
}
