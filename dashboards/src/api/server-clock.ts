/**
 * The age of data is server time minus source time, and the clock of a shop-floor tablet may be
 * minutes off. Each plant answer tells the server's time; ages are counted on that clock.
 */
let offsetMs = 0;

/** `asOf`: the server's time in an answer that just arrived. */
export function noteServerTime(asOf: string): void {
  offsetMs = Date.parse(asOf) - Date.now();
}

/** Epoch milliseconds by the server's clock, as well as we know it. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}
