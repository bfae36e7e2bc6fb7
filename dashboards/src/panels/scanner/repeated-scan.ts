/** What was scanned last, and when (ms of one clock). */
export type LastScan = { text: string; time: number };

/**
 * Whether a scan is the trigger pulled twice: the same label again within two seconds. Who really has a
 * second box with the same label waits that long, or types the quantity.
 */
export function isRepeatedScan(last: LastScan | null, next: LastScan): boolean {
  return last !== null && last.text === next.text && next.time - last.time < repeatMsMax;
}

const repeatMsMax = 2_000;
