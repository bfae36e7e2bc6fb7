/**
 * How long to wait before attempt `attempt + 1`: doubled each time from `firstMs`, at most `maxMs`. A
 * tenth is taken off by chance, so that a thousand deliveries that failed together do not return together.
 */
export function backoffMs(
  attempt: number,
  bounds: { firstMs: number; maxMs: number; random: () => number },
): number {
  // 2^30 is beyond every bound, and the shift stays exact.
  const doubled = bounds.firstMs * 2 ** Math.min(attempt - 1, 30);
  return Math.round(Math.min(doubled, bounds.maxMs) * (1 - bounds.random() * jitter));
}

const jitter = 0.1;
