import type { MachineState } from "@millwright/contracts/states";

/** What happened to a machine: a state that holds from `at` (epoch ms) on, or pieces of the minute at it. */
export type MachineTimeRow = {
  workUnitId: string;
  at: number;
  state: MachineState | null;
  good: number;
  scrap: number;
  /** Planned run time a piece; null: the pieces belong to no operation. */
  runMs: number | null;
};

/**
 * Ascending times: window i is [bounds[i], bounds[i + 1]), and in planned operation time where
 * `isPlanned[i]`.
 */
export type Cuts = { bounds: readonly number[]; isPlanned: readonly boolean[] };

/** Of one machine in one window. Pieces in millionths, so that sums of decimals are exact. */
export type WindowSums = {
  stateMs: Partial<Record<MachineState, number>>;
  /** Times it was down, in the first planned window each of them lies in. */
  stops: number;
  goodMillionths: number;
  scrapMillionths: number;
  plannedPieces: number;
  plannedMs: number;
};

type Machine = Cuts & {
  windows: WindowSums[];
  state: MachineState;
  since: number;
  /** It is down, and that is counted. */
  isStopped: boolean;
};

/**
 * Sums machine time into windows, row by row, so that years of it need no memory. The rows of a machine
 * come ascending; one before the first window says how it begins, and time before the first state is
 * no_data. A state told again changes nothing, so the same fact may come from two places.
 */
export class MachineTimeFold {
  readonly #machines: ReadonlyMap<string, Machine>;

  constructor(cutsOf: ReadonlyMap<string, Cuts>) {
    this.#machines = new Map(
      [...cutsOf].map(([workUnitId, { bounds, isPlanned }]) => [
        workUnitId,
        {
          bounds,
          isPlanned,
          windows: bounds.slice(1).map(noSums),
          state: "no_data",
          since: bounds[0] ?? 0,
          isStopped: false,
        },
      ]),
    );
  }

  add(row: MachineTimeRow): void {
    const machine = this.#machines.get(row.workUnitId);
    if (machine === undefined) return;
    if (row.state === null) count(machine, row);
    else turnTo(machine, row.state, row.at);
  }

  /** Ends every machine's last state at `to` (its windows' end, or now) and gives the sums. */
  finish(to: number): Map<string, WindowSums[]> {
    for (const machine of this.#machines.values()) turnTo(machine, machine.state, to);
    return new Map([...this.#machines].map(([workUnitId, { windows }]) => [workUnitId, windows]));
  }
}

function noSums(): WindowSums {
  return {
    stateMs: {},
    stops: 0,
    goodMillionths: 0,
    scrapMillionths: 0,
    plannedPieces: 0,
    plannedMs: 0,
  };
}

function turnTo(machine: Machine, state: MachineState, time: number): void {
  const { bounds, windows } = machine;
  const at = Math.min(Math.max(time, machine.since), bounds.at(-1) ?? 0);
  for (let i = windowAt(bounds, machine.since); i < windows.length; i += 1) {
    const [start = 0, end = 0] = [bounds[i], bounds[i + 1]];
    if (start >= at) break;
    const spent = Math.min(end, at) - Math.max(start, machine.since);
    const sums = windows[i];
    if (sums === undefined || spent <= 0) continue;
    sums.stateMs[machine.state] = (sums.stateMs[machine.state] ?? 0) + spent;
    if (machine.state === "down" && machine.isPlanned[i] === true && !machine.isStopped) {
      machine.isStopped = true;
      sums.stops += 1;
    }
  }
  if (state !== machine.state) machine.isStopped = false;
  machine.state = state;
  machine.since = at;
}

function count({ bounds, windows }: Machine, row: MachineTimeRow): void {
  if (row.at < (bounds[0] ?? 0) || row.at >= (bounds.at(-1) ?? 0)) return;
  const sums = windows[windowAt(bounds, row.at)];
  if (sums === undefined) return;
  sums.goodMillionths += Math.round(row.good * 1e6);
  sums.scrapMillionths += Math.round(row.scrap * 1e6);
  if (row.runMs === null) return;
  sums.plannedPieces += row.good + row.scrap;
  sums.plannedMs += (row.good + row.scrap) * row.runMs;
}

/** The last window that begins at or before `time`; 0 when none does. */
function windowAt(bounds: Cuts["bounds"], time: number): number {
  let [low, high] = [0, bounds.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((bounds[middle] ?? Infinity) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
