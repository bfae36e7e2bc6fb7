import { setTimeout as delay } from "node:timers/promises";

/** Waits for a condition, asked every 50 ms; a throw counts as "not yet". Rejects after the deadline. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs = 20_000,
): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUpAt) {
      throw new Error(`not within ${deadlineMs} ms: ${what}`, { cause: last });
    }
    await delay(50);
  }
}
