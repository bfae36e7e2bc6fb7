import type { ThreadTask } from "./run-in-thread.ts";

/** A task for the test: counts to a number, fails at 13, or never ends. */
export const run: ThreadTask<number, { sum: number }> = (upTo, tell) => {
  let sum = 0;
  for (let i = 1; i <= upTo; i += 1) {
    if (i === 13) throw new RangeError("13 is refused");
    sum += i;
    tell(i, upTo, "counting");
  }
  if (upTo === 0) for (;;) sum += 1;
  return { sum };
};
