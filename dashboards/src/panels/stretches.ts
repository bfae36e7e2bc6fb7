import type { MachineState } from "@millwright/contracts/states/tables";

import type { StateInterval } from "../api/shapes.ts";

/** An interval cut to a window; times in epoch milliseconds. */
export type Stretch = { state: MachineState; from: number; to: number; isOpen: boolean };

/** The parts of `intervals` inside the window, ascending; what lies outside is dropped. */
export function cutToWindow(
  intervals: readonly StateInterval[],
  window: { from: number; to: number },
): Stretch[] {
  return intervals
    .map((interval) => ({
      state: interval.state,
      from: Math.max(window.from, Date.parse(interval.from)),
      to: Math.min(window.to, interval.to === null ? window.to : Date.parse(interval.to)),
      isOpen: interval.to === null,
    }))
    .filter((one) => one.to > one.from);
}

/** Milliseconds in each state. */
export function stateTotals(stretches: readonly Stretch[]): Record<MachineState, number> {
  const totals = { producing: 0, idle: 0, setup: 0, down: 0, planned_stop: 0, no_data: 0 };
  for (const { state, from, to } of stretches) totals[state] += to - from;
  return totals;
}
