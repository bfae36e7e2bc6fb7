/** Moves to try out in one iteration. */
export interface Trials {
  count: number;
  u: Int32Array;
  row: Int32Array;
  x: Int32Array;
  /** 1: forbidden. */
  tabu: Int32Array;
  /** What it would change by a rough guess, see guess.ts; 0 where nobody guessed. */
  guess: Float64Array;
}

/** Instead of an alternative: `u` goes ahead of `x` in the order, its machine's sequence stays. */
export const aheadRow = -1;

/** Moves noted in one iteration; beyond it they are not looked at, which only long blocks reach. */
const notedMax = 1024;
export function createTrials(): Trials {
  return {
    count: 0,
    u: new Int32Array(notedMax),
    row: new Int32Array(notedMax),
    x: new Int32Array(notedMax),
    tabu: new Int32Array(notedMax),
    guess: new Float64Array(notedMax),
  };
}

export function noteTrial(
  trials: Trials,
  isTabu: boolean,
  u: number,
  row: number,
  x: number,
  guess = 0,
): void {
  const { count } = trials;
  if (count === notedMax) return;
  trials.u[count] = u;
  trials.row[count] = row;
  trials.x[count] = x;
  trials.tabu[count] = isTabu ? 1 : 0;
  trials.guess[count] = guess;
  trials.count = count + 1;
}
