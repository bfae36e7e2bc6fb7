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

type StateMs = Partial<Record<MachineState, number>>;

/**
 * Milliseconds per state inside of `spans` (without overlap) and outside of them; states that do not
 * occur are left out. Null: all is inside.
 */
export function sumByState(
  intervals: readonly StateInterval[],
  spans: readonly { from: number; to: number }[] | null,
): { inside: StateMs; outside: StateMs } {
  const sums: { inside: StateMs; outside: StateMs } = { inside: {}, outside: {} };
  for (const { state, from, to } of intervals) {
    const shared = (spans ?? [{ from, to }]).reduce(
      (ms, span) => ms + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)),
      0,
    );
    if (shared > 0) sums.inside[state] = (sums.inside[state] ?? 0) + shared;
    if (shared < to - from) sums.outside[state] = (sums.outside[state] ?? 0) + to - from - shared;
  }
  return sums;
}
