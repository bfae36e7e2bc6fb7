import type { MachineState } from "@millwright/contracts/states";

/** The machine state of a raw value under a binding's map; undefined when the map does not name it. */
export function stateOf(
  valueMap: Readonly<Record<string, MachineState>>,
  raw: string,
): MachineState | undefined {
  return valueMap[raw] ?? valueMap[booleanTwin[raw] ?? raw];
}

/** Booleans are stored as numbers, and people write either in a map. */
const booleanTwin: Readonly<Record<string, string>> = {
  true: "1",
  false: "0",
  "1": "true",
  "0": "false",
};

export type StatePoint = { state: MachineState; time: number };

/** Heartbeats come every 10 s; three missed and the device is silent (DOMAIN.md). */
export const silenceMs = 30_000;

/** Points of `[from, to]`, both inclusive: one `machine.state_backfilled`. */
export type Backfill = { from: number; to: number; points: StatePoint[] };

/**
 * What a machine did while its records were on their way. `provenTimes` are the times of replayed
 * records of the device: where two lie further apart than `silenceMs` nothing is known, so each
 * stretch becomes a window of its own. `before` is the state at the first proven time, if known.
 */
export function backfills(
  provenTimes: readonly number[],
  readings: readonly StatePoint[],
  before: MachineState | null,
): Backfill[] {
  const times = [...new Set(provenTimes)].sort((a, b) => a - b);
  const points = [...readings].sort((a, b) => a.time - b.time);
  const windows: Backfill[] = [];
  let state = before;
  for (const time of times) {
    const window = windows.at(-1);
    if (window !== undefined && time - window.to <= silenceMs) window.to = time;
    else windows.push({ from: time, to: time, points: [] });
  }
  for (const window of windows) {
    const inside = points.filter(({ time }) => time >= window.from && time <= window.to);
    if (state !== null && inside[0]?.time !== window.from) {
      window.points.push({ state, time: window.from });
    }
    for (const point of inside) {
      if (window.points.at(-1)?.state !== point.state) window.points.push(point);
    }
    state = inside.at(-1)?.state ?? state;
  }
  return windows.filter(({ points: known }) => known.length > 0);
}
