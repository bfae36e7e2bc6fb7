import type { MachineState } from "@millwright/contracts/states";

/** The machine is in `state` from `at` (epoch ms) on. */
export type StatePoint = { at: number; state: MachineState };
export type StateInterval = { state: MachineState; from: number; to: number };

/**
 * Gapless intervals over [from, to), ascending. `points` ascending; one before `from` says how the
 * window begins, and time before the first point is no_data. Neighbours of one state are joined.
 */
export function stateIntervals(
  points: readonly StatePoint[],
  window: { from: number; to: number },
): StateInterval[] {
  const intervals: StateInterval[] = [];
  let state: MachineState = "no_data";
  let from = window.from;
  for (const point of [...points, { at: window.to, state: null }]) {
    const to = Math.min(Math.max(point.at, window.from), window.to);
    const last = intervals.at(-1);
    if (to > from && last?.state === state) last.to = to;
    else if (to > from) intervals.push({ state, from, to });
    from = to;
    if (point.state !== null) state = point.state;
  }
  return intervals;
}

/** Milliseconds per state; states that do not occur are left out. */
export function sumByState(
  intervals: readonly StateInterval[],
): Partial<Record<MachineState, number>> {
  const sums: Partial<Record<MachineState, number>> = {};
  for (const { state, from, to } of intervals) sums[state] = (sums[state] ?? 0) + to - from;
  return sums;
}
